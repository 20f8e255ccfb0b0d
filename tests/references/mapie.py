"""Split conformal intervals and conformalised quantiles by mapie 1.6.0.

    python -m venv venv && venv/bin/pip install mapie==1.6.0
    venv/bin/python tests/references/mapie.py

The models are the data's own columns: mapie is given forecasts, not trained. Its quantile method corrects both ends by one number
(symmetric_correction=True), as the paper does. With fewer than 1/(1 - level) rows and one it refuses: 9 rows at 90 % it does not take.
"""
import json
import sys
import warnings
from pathlib import Path

sys.path.pop(0)  # this folder, whose files have names of packages
import numpy as np
from mapie.regression import ConformalizedQuantileRegressor, SplitConformalRegressor
from sklearn.base import BaseEstimator, RegressorMixin

warnings.simplefilter("ignore")
rng = np.random.default_rng(5)


class Column(RegressorMixin, BaseEstimator):
    def __init__(self, column=0):
        self.column = column
        self.is_fitted_ = True

    def fit(self, x, y):
        return self

    def predict(self, x):
        return x[:, self.column]


def case(n, level, m=3):
    x = np.round(rng.standard_normal((n + m, 1)), 3)
    x = np.hstack([x, np.round(x - rng.uniform(0.2, 1, (n + m, 1)), 3), np.round(x + rng.uniform(0.2, 1, (n + m, 1)), 3)])  # f, low, high
    y = np.round(x[:, 0] + rng.standard_normal(n + m), 3)
    split = SplitConformalRegressor(Column(0), confidence_level=level, prefit=True).conformalize(x[:n], y[:n])
    _, intervals = split.predict_interval(x[n:])
    out = {"level": level, "y": y[:n].tolist(), "x": x[:n].T.tolist(), "target": x[n:].T.tolist(),
           "split": [intervals[:, side, 0].tolist() for side in (0, 1)]}
    quantiles = ConformalizedQuantileRegressor([Column(1), Column(2), Column(0)], confidence_level=level, prefit=True)
    quantiles.conformalize(x[:n], y[:n])
    _, intervals = quantiles.predict_interval(x[n:], symmetric_correction=True)
    out["quantiles"] = [intervals[:, side, 0].tolist() for side in (0, 1)]
    return out


cases = [case(n, level) for n, level in [(11, 0.9), (19, 0.55), (20, 0.9), (50, 0.9), (50, 0.8), (120, 0.95)]]
Path(__file__).with_suffix(".json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")
