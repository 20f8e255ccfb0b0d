"""Reference values for src/stats/distributions: mpmath 1.3.0 at 40 digits for tails, scipy 1.17.1 for quantiles.

    python -m venv venv && venv/bin/pip install scipy==1.17.1 mpmath==1.3.0 && venv/bin/python src/stats/reference/distributions.py
"""
import json
from pathlib import Path

import mpmath as mp
from scipy import stats

mp.mp.dps = 40


def beta(a, b, x):
    return mp.betainc(a, b, 0, x, regularized=True)


def t_upper(t, df):
    half = beta(mp.mpf(df) / 2, mp.mpf(1) / 2, df / (df + mp.mpf(t) ** 2)) / 2
    return half if t > 0 else 1 - half


def f_upper(x, a, b):
    return beta(mp.mpf(b) / 2, mp.mpf(a) / 2, b / (b + a * mp.mpf(x)))


def chi_upper(x, df):
    return mp.gammainc(mp.mpf(df) / 2, mp.mpf(x) / 2, mp.inf, regularized=True)


T = [(t, df) for df in (1, 2, 3.5, 10, 60, 1000, 8310) for t in (-40, -3, -0.7, -1e-4, 0.2, 1.96, 5, 12)]
CHI = [(x, df) for df in (1, 2, 5, 11, 40, 500) for x in (1e-3, 0.5, 3.84, 11, 45, 600, 900)]
F = [(x, a, b) for a, b in ((1, 1), (2, 10), (5, 2), (3, 200), (40, 8000)) for x in (1e-3, 0.4, 1, 2.5, 30)]
Z = [-37, -8, -3, -1.1, -1e-6, 0.3, 1.5, 1.9, 2.5, 6, 20]
P = [1e-12, 0.001, 0.025, 0.3, 0.5, 0.8, 0.975, 0.9999]

out = {
    "normal": [[z, float(mp.ncdf(z)), float(mp.ncdf(-z))] for z in Z],
    "t": [[t, df, float(t_upper(-t, df)), float(t_upper(t, df))] for t, df in T],
    "chiSquared": [[x, df, float(mp.gammainc(mp.mpf(df) / 2, 0, mp.mpf(x) / 2, regularized=True)), float(chi_upper(x, df))] for x, df in CHI],
    "f": [[x, a, b, float(beta(mp.mpf(a) / 2, mp.mpf(b) / 2, a * mp.mpf(x) / (b + a * mp.mpf(x)))), float(f_upper(x, a, b))] for x, a, b in F],
    "quantiles": {
        "normal": [[p, stats.norm.ppf(p)] for p in P],
        "t": [[p, df, stats.t.ppf(p, df)] for df in (1, 3.5, 30, 8310) for p in P if p != 0.5],
        "chiSquared": [[p, df, stats.chi2.ppf(p, df)] for df in (1, 11, 500) for p in P],
        "f": [[p, a, b, stats.f.ppf(p, a, b)] for a, b in ((2, 10), (3, 200)) for p in P],
    },
}
Path(__file__).parent.parent.joinpath("distributions.reference.json").write_text(json.dumps(out, indent=1) + "\n")
