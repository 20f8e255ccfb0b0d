"""Writes ../lasso.reference.json: the lasso by scikit-learn 1.9.1, by coordinate descent and by LARS.

    pip install scikit-learn==1.9.1 && python lasso.py
"""
import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import Lasso, lars_path

rng = np.random.default_rng(4)
n, p = 30, 8
x = rng.normal(size=(n, p)) @ (np.eye(p) + 0.4 * rng.normal(size=(p, p)))  # correlated columns
y = 1.5 + x[:, 0] - 2 * x[:, 3] + 0.5 * rng.normal(size=n)
x, y = x.round(6), y.round(6)


def fit(penalty):
    model = Lasso(alpha=penalty, tol=1e-14, max_iter=1_000_000).fit(x, y)
    return {"lambda": penalty, "coefficients": model.coef_.tolist(), "intercept": model.intercept_}


# The path is piecewise linear: LARS finds its corners, the penalties at which a column enters or leaves.
corners, _, path = lars_path(x - x.mean(0), y - y.mean(), method="lasso")
out = {
    "columns": x.T.tolist(),
    "y": y.tolist(),
    "fits": [fit(penalty) for penalty in (0.01, 0.1, 0.5)],
    "corners": corners.tolist(),
    "path": path.T.tolist(),
}
Path(__file__).parent.with_name("lasso.reference.json").write_text(json.dumps(out) + "\n")
