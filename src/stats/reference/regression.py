"""Reference values for src/stats: statsmodels 0.15.0 and numpy 2.4.6.

    python -m venv venv && venv/bin/pip install statsmodels==0.15.0 && venv/bin/python src/stats/reference/regression.py

Coefficients on the Longley data are also computed in exact rational arithmetic; NIST's certified values are their roundings.
"""
import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import statsmodels.api as sm
from statsmodels.stats.stattools import durbin_watson, jarque_bera


def exact_least_squares(x, y):
    """Coefficients of the normal equations by elimination over the rationals; rounded once, at the end."""
    x = [[Fraction(v) for v in row] for row in x]
    y = [Fraction(v) for v in y]
    p = len(x[0])
    a = [[sum(r[i] * r[j] for r in x) for j in range(p)] + [sum(r[i] * v for r, v in zip(x, y))] for i in range(p)]
    for i in range(p):
        pivot = next(k for k in range(i, p) if a[k][i] != 0)
        a[i], a[pivot] = a[pivot], a[i]
        for k in range(p):
            if k != i:
                f = a[k][i] / a[i][i]
                a[k] = [u - f * v for u, v in zip(a[k], a[i])]
    return [float(a[i][p] / a[i][i]) for i in range(p)]


LONGLEY = """60323 83.0 234289 2356 1590 107608 1947
61122 88.5 259426 2325 1456 108632 1948
60171 88.2 258054 3682 1616 109773 1949
61187 89.5 284599 3351 1650 110929 1950
63221 96.2 328975 2099 3099 112075 1951
63639 98.1 346999 1932 3594 113270 1952
64989 99.0 365385 1870 3547 115094 1953
63761 100.0 363112 3578 3350 116219 1954
66019 101.2 397469 2904 3048 117388 1955
67857 104.6 419180 2822 2857 118734 1956
68169 108.4 442769 2936 2798 120445 1957
66513 110.8 444546 4681 2637 121950 1958
68655 112.6 482704 3813 2552 123366 1959
69564 114.2 502601 3931 2514 125368 1960
69331 115.7 518173 4806 2572 127852 1961
70551 116.9 554894 4007 2827 130081 1962"""


def longley():
    rows = [line.split() for line in LONGLEY.splitlines()]
    y, x = [r[0] for r in rows], [["1"] + r[1:] for r in rows]
    fit = sm.OLS(np.array(y, float), np.array(x, float)).fit()
    jb, p, skew, kurtosis = jarque_bera(fit.resid)
    assert np.array_equal(sm.datasets.longley.load_pandas().data.values, np.array([r for r in rows], float))
    return {
        "y": [float(v) for v in y],
        "columns": [[float(r[j]) for r in x] for j in range(1, 7)],
        "exact": exact_least_squares(x, y),
        "durbinWatson": durbin_watson(fit.resid),
        "jarqueBera": [jb, p],
        "skewness": skew,
        "kurtosis": kurtosis,
        "leverage": fit.get_influence().hat_matrix_diag.tolist(),
        "adjustedRSquared": fit.rsquared_adj,
        "logLikelihood": fit.llf,
        "press": float(np.sum(fit.get_influence().resid_press ** 2)),
    }


def hac():
    """A regression with autocorrelated errors and HAC standard errors."""
    rng = np.random.default_rng(1)
    n = 200
    noise, x = rng.normal(size=n), rng.normal(size=(n, 2))
    e = np.zeros(n)
    for t in range(1, n):
        e[t] = 0.6 * e[t - 1] + noise[t] * (1 + 0.5 * abs(x[t, 0]))
    x[:, 1] = np.convolve(x[:, 1], [0.5, 0.3, 0.2], "same")
    y = 0.1 + 0.8 * x[:, 0] - 0.4 * x[:, 1] + e
    design = sm.add_constant(x)
    errors = {lags: sm.OLS(y, design).fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": False}).bse.tolist() for lags in (0, 4, 12)}
    return {"y": y.tolist(), "columns": x.T.tolist(), "standardErrors": errors}


def logit():
    """Spector & Mazzeo 1980, Greene's example: does a teaching method raise grades?"""
    data = sm.datasets.spector.load()
    names = ["GPA", "TUCE", "PSI"]
    fit = sm.Logit(data.endog, sm.add_constant(data.exog[names])).fit(disp=0, method="newton", tol=1e-14)
    return {
        "y": data.endog.tolist(),
        "columns": {name: data.exog[name].tolist() for name in names},
        "coefficients": fit.params.tolist(),
        "standardErrors": fit.bse.tolist(),
        "logLikelihood": fit.llf,
        "pseudoRSquared": fit.prsquared,
    }


def ridge():
    """Closed form by solving, leave-one-out by refitting n times; an intercept that is not penalised."""
    rng = np.random.default_rng(2)
    n, p, lam = 30, 4, 3.7
    x = rng.normal(size=(n, p)) @ np.array([[1, 0.9, 0, 0], [0, 0.3, 0, 0], [0, 0, 2, 0.5], [0, 0, 0, 1]]) + 2
    y = x @ np.array([1, -1, 0.5, 0]) + rng.normal(size=n) + 4

    def solve(x, y):
        xm, ym = x.mean(0), y.mean()
        b = np.linalg.solve((x - xm).T @ (x - xm) + lam * np.eye(p), (x - xm).T @ (y - ym))
        return b, ym - xm @ b

    b, a = solve(x, y)
    press = 0.0
    for i in range(n):
        bi, ai = solve(np.delete(x, i, 0), np.delete(y, i))
        press += (y[i] - ai - x[i] @ bi) ** 2
    xc = x - x.mean(0)
    df = 1 + np.trace(xc @ np.linalg.solve(xc.T @ xc + lam * np.eye(p), xc.T))
    gcv = np.mean((y - a - x @ b) ** 2) / (1 - df / n) ** 2
    return {"y": y.tolist(), "columns": x.T.tolist(), "lambda": lam, "coefficients": b.tolist(), "intercept": a, "press": press, "df": df, "gcv": gcv}


reference = {"longley": longley(), "hac": hac(), "logit": logit(), "ridge": ridge()}
target = Path(__file__).parents[1] / "regression.reference.json"
target.write_text(json.dumps(reference, indent=1) + "\n")
