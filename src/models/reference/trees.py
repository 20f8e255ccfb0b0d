"""Writes ../trees.reference.json: boosted trees by LightGBM's own Python front end, and the losses of scikit-learn's, which grows them by other code.

    pip install lightgbm==4.7.0 scikit-learn==1.9.1 && python trees.py
"""
import json, os
import lightgbm as lgb
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import log_loss, mean_squared_error

draw = np.random.default_rng(0)
def rows(n):
    x = draw.integers(-40, 41, (n, 4)) / 8  # exact in JSON
    mean = np.sin(x[:, 0]) + x[:, 1] * (x[:, 2] > 0)
    return x, np.round(mean + 0.5 * draw.standard_normal(n), 3), (mean + draw.standard_normal(n) > 0).astype(float)
parts = dict(train=rows(600), validation=rows(200), test=rows(40))
cases = {}
for loss, objective, metric, at, theirs, judge in [
    ("squared", "regression", "l2", 1, HistGradientBoostingRegressor, mean_squared_error),
    ("logistic", "binary", "binary_logloss", 2, HistGradientBoostingClassifier, log_loss),
]:
    data = {k: (v[0], v[at]) for k, v in parts.items()}
    options = dict(objective=objective, metric=metric, learning_rate=0.1, num_leaves=8, min_data_in_leaf=20, num_threads=1, deterministic=True, force_row_wise=True, verbosity=-1)
    train = lgb.Dataset(*data["train"])
    booster = lgb.train(options, train, 300, [train.create_valid(*data["validation"])], callbacks=[lgb.early_stopping(20, verbose=False)])
    other = theirs(learning_rate=0.1, max_leaf_nodes=8, min_samples_leaf=20, max_iter=booster.best_iteration, early_stopping=False).fit(*data["train"])
    predict = other.predict if loss == "squared" else lambda x: other.predict_proba(x)[:, 1]
    cases[loss] = dict(
        rounds=booster.best_iteration,
        validation=list(booster.best_score["valid_0"].values())[0],
        forecasts=booster.predict(data["test"][0]).tolist(),
        scikitLearn=judge(data["validation"][1], predict(data["validation"][0])),
    )
data = {k: dict(x=v[0].flatten().tolist(), squared=v[1].tolist(), logistic=v[2].tolist()) for k, v in parts.items()}
with open(os.path.join(os.path.dirname(__file__), "..", "trees.reference.json"), "w") as file:
    json.dump(dict(cols=4, **data, cases=cases), file)
    file.write("\n")
