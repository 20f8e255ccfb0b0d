"""Scores of probability forecasts by scoringrules 0.10.0, intervals for a share by statsmodels 0.15.0.

    python -m venv venv && venv/bin/pip install scoringrules==0.10.0 statsmodels==0.15.0
    venv/bin/python tests/references/scoringrules.py
"""
import json
import sys
from pathlib import Path

sys.path = [p for p in sys.path if Path(p or ".").resolve() != Path(__file__).resolve().parent]  # this file has the package's name
import numpy as np
import scoringrules as sr
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

rng = np.random.default_rng(11)
n, m, k = 40, 7, 3
r = lambda a, digits=4: np.round(a, digits)

y = r(rng.standard_normal(n) * 2)
mean, sd = r(rng.standard_normal(n)), r(rng.uniform(0.2, 3, n))
df = r(rng.uniform(1.1, 40, n), 2)
weights = r(rng.dirichlet(np.ones(k), n), 3)
weights[:, -1] = r(1 - weights[:, :-1].sum(1), 3)
means, sds = r(rng.standard_normal((n, k)) * 2), r(rng.uniform(0.3, 2, (n, k)))
members = r(rng.standard_normal((n, m)), 1)  # one decimal: ties
levels = np.arange(1, 10) / 10
quantiles = r(np.sort(rng.standard_normal((n, 9)), axis=1))
low, high = r(-rng.uniform(0.2, 3, n)), r(rng.uniform(0.2, 3, n))
out = {
    "y": y, "mean": mean, "sd": sd, "df": df, "weights": weights, "means": means, "sds": sds, "members": members,
    "levels": levels, "quantiles": quantiles, "low": low, "high": high,
    "crps": {
        "normal": sr.crps_normal(y, mean, sd),
        "student": sr.crps_t(y, df, mean, sd),
        "mixture": sr.crps_mixnorm(y, means, sds, weights),
        "plain": sr.crps_ensemble(y, members, estimator="nrg"),
        "fair": sr.crps_ensemble(y, members, estimator="fair"),
        "quantiles": sr.crps_quantile(y, quantiles, levels),
    },
    "log": {
        "normal": sr.logs_normal(y, mean, sd),
        "student": sr.logs_t(y, df, mean, sd),
        "mixture": sr.logs_mixnorm(y, means, sds, weights),
    },
    "pit": {"normal": stats.norm.cdf(y, mean, sd), "student": stats.t.cdf(y, df, mean, sd),
            "mixture": (weights * stats.norm.cdf(y[:, None], means, sds)).sum(1)},
    "interval": sr.interval_score(y, low, high, 0.1),
    "quantile": sr.quantile_score(y, mean, 0.3),
    "shares": [
        {"k": a, "n": b, "level": c, "wilson": list(map(float, proportion_confint(a, b, 1 - c, "wilson"))),
         "clopperPearson": list(map(float, proportion_confint(a, b, 1 - c, "beta")))}
        for a, b, c in [(0, 10, 0.95), (10, 10, 0.95), (3, 17, 0.9), (450, 500, 0.99), (1, 2000, 0.95)]
    ],
}
plain = lambda v: {a: plain(b) for a, b in v.items()} if isinstance(v, dict) else v if isinstance(v, list) else np.asarray(v).tolist()
Path(__file__).with_suffix(".json").write_text(json.dumps(plain(out), separators=(",", ":")) + "\n")
