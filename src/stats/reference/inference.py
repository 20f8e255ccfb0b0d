"""Reference values for src/stats/inference: statsmodels 0.15.0, scipy 1.17.1, arch 8.0.0 and numpy.

    python -m venv venv && venv/bin/pip install statsmodels==0.15.0 scipy==1.17.1 arch==8.0.0
    venv/bin/python src/stats/reference/inference.py

DeLong's variances are by their definition over all pairs, which the library's ranks avoid. The Stambaugh block follows Amihud & Hurvich
2004 with statsmodels' regressions.
"""
import json
from pathlib import Path

import numpy as np
import statsmodels.api as sm
from arch.bootstrap import optimal_block_length
from scipy import stats
from statsmodels.regression.rolling import RollingOLS
from statsmodels.stats.diagnostic import acorr_ljungbox
from statsmodels.stats.multitest import multipletests
from statsmodels.tsa.stattools import acf

rng = np.random.default_rng(20)


def rounded(a, digits=6):
    """Data with few digits, so that the file shows all of them."""
    return np.round(np.asarray(a, float), digits)


def ar1(n, rho, scale=1.0):
    z = rng.standard_normal(n) * scale
    x = np.zeros(n)
    x[0] = z[0] / np.sqrt(1 - rho**2)
    for t in range(1, n):
        x[t] = rho * x[t - 1] + z[t]
    return x


def robust():
    n = 60
    x = rounded(rng.standard_normal((n, 2)))
    y = rounded(0.5 + x @ [1.0, -0.4] + rng.standard_normal(n) * (0.3 + np.abs(x[:, 0])))
    fit = sm.OLS(y, sm.add_constant(x)).fit()
    return {
        "columns": x.T.tolist(),
        "y": y.tolist(),
        "errors": {kind: np.sqrt(np.diag(getattr(fit, f"cov_{kind}"))).tolist() for kind in ("HC0", "HC1", "HC2", "HC3")},
        "pValuesHC3": fit.get_robustcov_results("HC3", use_t=False).pvalues.tolist(),
        "rolling": [
            {"end": end, "coefficients": RollingOLS(y, sm.add_constant(x), window=20).fit().params[end].tolist(),
             "errors": RollingOLS(y, sm.add_constant(x), window=20).fit().bse[end].tolist(),
             "hac": sm.OLS(y[end - 19:end + 1], sm.add_constant(x[end - 19:end + 1])).fit(
                 cov_type="HAC", cov_kwds={"maxlags": 3, "use_correction": False}).bse.tolist()}
            for end in (19, 37, 59)
        ],
    }


def hac_mean(d, lags):
    fit = sm.OLS(d, np.ones(len(d))).fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": False})
    return float(fit.params[0]), float(fit.bse[0]), float(fit.pvalues[0])


def series():
    x = rounded(ar1(120, 0.4))
    lb = acorr_ljungbox(x, lags=[10], model_df=1)
    mean, error, p = hac_mean(x + 0.3, 4)
    block = optimal_block_length(x)
    white = rounded(rng.standard_normal(120))
    return {
        "x": x.tolist(),
        "acf": acf(x, nlags=5, adjusted=False)[1:].tolist(),
        "ljungBox": {"statistic": float(lb.lb_stat.iloc[0]), "pValue": float(lb.lb_pvalue.iloc[0])},
        "hac": {"mean": mean, "error": error, "pValue": p},
        "block": {"stationary": float(block.stationary.iloc[0]), "circular": float(block.circular.iloc[0])},
        "white": white.tolist(),
        "whiteBlock": {"stationary": float(optimal_block_length(white).stationary.iloc[0]),
                       "circular": float(optimal_block_length(white).circular.iloc[0])},
    }


def forecasts():
    n = 90
    signal = ar1(n, 0.8, 0.01)
    y = rounded(0.005 + 0.5 * signal + 0.04 * rng.standard_normal(n))
    model = rounded(0.004 + 0.6 * signal + 0.005 * rng.standard_normal(n))
    benchmark = rounded(np.full(n, 0.006) + 0.0005 * rng.standard_normal(n))
    f = (y - benchmark) ** 2 - ((y - model) ** 2 - (benchmark - model) ** 2)
    mean, error, _ = hac_mean(f, 3)
    a, b = (y - model) ** 2, (y - benchmark) ** 2
    h, lags = 3, 6
    m, e, _ = hac_mean(b - a, lags)
    k = np.sqrt((n + 1 - 2 * h + h * (h - 1) / n) / n)
    t = k * m / e
    df = n / sum((1 - abs(l) / (lags + 1)) ** 2 for l in range(-lags, lags + 1)) - 1  # Priestley 1981
    iid = np.sqrt((n - 1) / n) * (b - a).mean() / np.sqrt(((b - a) - (b - a).mean()).var() / n)
    return {
        "y": y.tolist(), "model": model.tolist(), "benchmark": benchmark.tolist(),
        "clarkWest": {"t": mean / error, "pValue": float(stats.norm.sf(mean / error))},
        "dieboldMariano": {"horizon": h, "lags": lags, "t": float(t), "pValue": float(2 * stats.t.sf(abs(t), df))},
        "independent": {"t": float(iid), "pValue": float(2 * stats.t.sf(abs(iid), n - 1))},
    }


def delong():
    n = 80
    labels = (rng.random(n) < 0.45).astype(int)
    a = np.round(0.8 * labels + rng.standard_normal(n), 1)  # one decimal: ties
    b = np.round(0.5 * labels + 0.6 * a + rng.standard_normal(n), 1)

    def placements(s):
        pairs = (s[labels == 1][:, None] > s[labels == 0][None]) + 0.5 * (s[labels == 1][:, None] == s[labels == 0][None])
        return pairs.mean(1), pairs.mean(0)

    (a1, a0), (b1, b0) = placements(a), placements(b)
    s = np.cov([a1, b1]) / len(a1) + np.cov([a0, b0]) / len(a0)
    difference = a1.mean() - b1.mean()
    error = np.sqrt(s[0, 0] + s[1, 1] - 2 * s[0, 1])
    return {"labels": labels.tolist(), "a": a.tolist(), "b": b.tolist(), "areas": [float(a1.mean()), float(b1.mean())],
            "errors": np.sqrt(np.diag(s)).tolist(),
            "difference": {"value": float(difference), "error": float(error), "pValue": float(2 * stats.norm.sf(abs(difference / error)))}}


def stambaugh():
    n = 121
    v = rng.standard_normal(n)
    x = np.zeros(n)
    x[0] = v[0] / np.sqrt(1 - 0.81)
    for t in range(1, n):
        x[t] = 0.9 * x[t - 1] + v[t]
    x = rounded(x)
    r = rounded(0.05 * np.r_[0, x[:-1]] - 0.8 * v + 0.5 * rng.standard_normal(n))
    lag, now, ret = x[:-1], x[1:], r[1:]
    T = len(lag)
    ar = sm.OLS(now, sm.add_constant(lag)).fit()
    rho, se_rho = ar.params[1], ar.bse[1]
    rho_c = rho + (1 + 3 * rho) / T
    theta_c = now.mean() - rho_c * lag.mean()
    v_c = now - theta_c - rho_c * lag
    augmented = sm.OLS(ret, np.column_stack([np.ones(T), lag, v_c])).fit()
    phi = augmented.params[2]
    error = np.sqrt(phi**2 * (1 + 3 / T) ** 2 * se_rho**2 + augmented.bse[1] ** 2)
    lb = acorr_ljungbox(ar.resid, lags=[12], model_df=1)
    return {"returns": r.tolist(), "predictor": x.tolist(), "betaCorrected": float(augmented.params[1]), "error": float(error),
            "phi": float(phi), "rhoError": float(se_rho),
            "ljungBox": {"statistic": float(lb.lb_stat.iloc[0]), "pValue": float(lb.lb_pvalue.iloc[0])}}


P = [0.001, 0.04, 0.03, 0.5, 0.012, 0.9]
out = {
    "robust": robust(),
    "series": series(),
    "forecasts": forecasts(),
    "holm": {"pValues": P, "adjusted": multipletests(P, method="holm")[1].tolist()},
    "delong": delong(),
    "stambaugh": stambaugh(),
}
Path(__file__).parent.parent.joinpath("inference.reference.json").write_text(json.dumps(out) + "\n")
