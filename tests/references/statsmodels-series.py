"""Unit-root, stationarity and ARCH tests by statsmodels 0.15.0.

    python -m venv venv && venv/bin/pip install statsmodels==0.15.0
    venv/bin/python tests/references/statsmodels-series.py
"""
import json
import sys
import warnings
from pathlib import Path

sys.path.pop(0)  # this folder, whose files have names of packages
import numpy as np
from statsmodels.stats.diagnostic import het_arch
from statsmodels.tsa.adfvalues import mackinnoncrit, mackinnonp
from statsmodels.tsa.stattools import adfuller, kpss

warnings.simplefilter("ignore")
rng = np.random.default_rng(3)
NAMES = {"n": "none", "c": "constant", "ct": "trend"}


def ar(n, phi, drift=0.0, trend=0.0):
    y = np.zeros(n)
    z = rng.standard_normal(n)
    for t in range(1, n):
        y[t] = drift + phi * y[t - 1] + z[t] + (0.3 * z[t - 1])
    return np.round(y + trend * np.arange(n), 3)


series = {"walk": ar(120, 1), "drifting": ar(90, 1, 0.2), "returning": ar(150, 0.8), "trending": ar(100, 0.5, 0, 0.05), "short": ar(15, 0.3)}
z = rng.standard_normal(200)
e = np.zeros(200)
h = 1.0
for t in range(200):
    e[t] = np.sqrt(h) * z[t]
    h = 0.2 + 0.5 * e[t] ** 2 + 0.3 * h
e = np.round(e, 4)


def adf(y):
    out = []
    for regression, name in NAMES.items():
        for rule, autolag, maxlag in (("aic", "AIC", None), ("bic", "BIC", None), ("t", "t-stat", None), (2, None, 2), (0, None, 0)):
            stat, p, lags, rows, critical = adfuller(y, maxlag=maxlag, regression=regression, autolag=autolag, result_object=False)[:5]
            out.append({"deterministic": name, "lags": rule, "statistic": float(stat), "pValue": float(p), "used": int(lags), "rows": int(rows),
                        "critical": [float(critical[c]) for c in ("1%", "5%", "10%")]})
    return out


def stationary(y):
    out = []
    for regression, name in (("c", "constant"), ("ct", "trend")):
        for lags in ("auto", 3):
            stat, p, used, _ = kpss(y, regression=regression, nlags=lags, result_object=False)[:4]
            out.append({"around": name, "lags": None if lags == "auto" else lags, "statistic": float(stat), "pValue": float(p), "used": int(used)})
    return out


TAUS = [-25, -6, -4.5, -3.2, -2.9, -2, -1.61, -1, 0, 0.6, 1, 3]
out = {
    "series": {name: y.tolist() for name, y in series.items()},
    "adf": {name: adf(y) for name, y in series.items()},
    "kpss": {name: stationary(y) for name, y in series.items()},
    "mackinnon": {"taus": TAUS, **{name: [float(mackinnonp(t, r, 1)) for t in TAUS] for r, name in NAMES.items()}},
    "critical": {name: mackinnoncrit(1, r, 60).tolist() for r, name in NAMES.items()},
    "arch": {"e": e.tolist(), "tests": [{"lags": k, "statistic": float(het_arch(e, k)[0]), "pValue": float(het_arch(e, k)[1])} for k in (1, 5, 12)]},
}
Path(__file__).with_suffix(".json").write_text(json.dumps(out, separators=(",", ":")) + "\n")
