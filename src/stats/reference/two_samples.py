"""Reference values for src/stats/inference/two-samples.ts: scipy 1.17.1.

    python -m venv venv && venv/bin/pip install scipy==1.17.1 && venv/bin/python src/stats/reference/two_samples.py
"""
import json
from pathlib import Path

import numpy as np
from scipy import stats

TABLES = [
    [[12, 20], [19, 20]],
    [[8, 10], [1, 6]],
    [[3, 4], [1, 4]],
    [[0, 20], [20, 20]],
    [[0, 5], [0, 9]],
    [[7, 7], [9, 9]],
    [[10, 20], [10, 20]],
    [[61, 250], [30, 250]],
    [[1, 1000], [9, 1000]],
    [[500, 1000], [560, 1000]],
    [[2, 23], [7, 24]],
]
tables = []
for (k1, n1), (k2, n2) in TABLES:
    p = stats.fisher_exact([[k1, n1 - k1], [k2, n2 - k2]]).pvalue
    tables.append({"first": [k1, n1], "second": [k2, n2], "p": float(p)})

rng = np.random.default_rng(4)
pairs = []
for n, m, scale, shift in [(20, 20, 1.0, 0.0), (20, 20, 5.0, 1.0), (5, 40, 0.2, 0.4), (2, 3, 1.0, 2.0)]:
    x = np.round(rng.normal(size=n) * scale + shift, 4)
    y = np.round(rng.normal(size=m), 4)
    test = stats.ttest_ind(x, y, equal_var=False)
    interval = test.confidence_interval(0.95)
    pairs.append(
        {
            "x": x.tolist(),
            "y": y.tolist(),
            "difference": float(x.mean() - y.mean()),
            "t": float(test.statistic),
            "degrees": float(test.df),
            "p": float(test.pvalue),
            "low": float(interval.low),
            "high": float(interval.high),
        }
    )

Path(__file__).parent.parent.joinpath("two-samples.reference.json").write_text(json.dumps({"tables": tables, "pairs": pairs}) + "\n")
