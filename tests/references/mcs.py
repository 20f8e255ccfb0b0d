"""Model confidence sets and the test for superior predictive ability, by arch 8.0.0 and model-confidence-set 0.1.3.

    python -m venv venv && venv/bin/pip install arch==8.0.0 model-confidence-set==0.1.3
    venv/bin/python tests/references/mcs.py

Both tools are handed the bootstrap rows that the file records, so that p-values can be compared to the last digit. arch's SPA does not
studentise (it computes the variances and uses them only to choose which models to recentre), so the gains that it is given are divided by
the standard deviation of Hansen 2005, section 3; on those, studentising changes nothing.
"""
import json
from pathlib import Path

import numpy as np
from arch.bootstrap import MCS, SPA
from model_confidence_set import ModelConfidenceSet, core

rng = np.random.default_rng(7)
T, DRAWS, BLOCK = 40, 99, 4


def stationary(n, block):
    rows = np.zeros(n, int)
    for t in range(n):
        rows[t] = rng.integers(n) if t == 0 or rng.random() < 1 / block else (rows[t - 1] + 1) % n
    return rows


class Rows:
    """A bootstrap of arch that draws the rows it was given."""

    def __init__(self, rows, data):
        self.rows, self.data = rows, data

    def bootstrap(self, reps):
        for r in self.rows[:reps]:
            yield (self.data[r],), {}


def case(gaps, common):
    shock = rng.standard_normal((T, 1))
    losses = np.round(2 + common * shock + rng.standard_normal((T, len(gaps))) * np.linspace(0.6, 1.4, len(gaps)) + gaps, 3)
    rows = [stationary(T, BLOCK) for _ in range(DRAWS)]
    out = {"losses": losses.tolist(), "rows": [r.tolist() for r in rows]}
    for method in ("R", "max"):
        mcs = MCS(losses, size=0.1, reps=DRAWS, block_size=BLOCK, method=method, seed=1)
        mcs.bootstrap = Rows(rows, np.arange(T))
        mcs.compute()
        out[method] = {"order": [int(i) for i in mcs.pvalues.index], "pValues": mcs.pvalues.Pvalue.tolist()}
    core.block_bootstrap = lambda n, reps, block: iter(rows)
    other = ModelConfidenceSet(losses, n_boot=DRAWS, alpha=0.1, block_len=BLOCK, method="R")
    other.compute()
    out["package"] = {"order": [int(i) - 1 for i in np.r_[other.excluded, other.included]], "pValues": other.pvalues.tolist()}

    gains = losses[:, :1] - losses[:, 1:]
    spa = SPA(losses[:, 0], losses[:, 1:], block_size=BLOCK, reps=DRAWS, seed=1)
    spa._compute_variance()
    omega = np.sqrt(spa._loss_diff_var)
    scaled = SPA(np.zeros(T), -gains / omega, block_size=BLOCK, reps=DRAWS, seed=1)
    scaled.bootstrap = Rows(rows, gains / omega)
    scaled.compute()
    out["spa"] = {"omega": omega.tolist(), "pValues": {k: float(v) for k, v in scaled.pvalues.items()}}
    return out


cases = [case([0.3, 0.1, 0.3, 0.8, 0], 0.8), case([0.9, 0.2, 0, 0.4], 0.5), case([0, 0, 0, 0.02, 1.5, -0.1], 0.3)]
Path(__file__).with_suffix(".json").write_text(json.dumps({"block": BLOCK, "cases": cases}, separators=(",", ":")) + "\n")
