"""Reference values for src/stats/transport: POT 0.9.7.post1 for plans, scipy 1.17.1 for CORAL.

    python -m venv venv && venv/bin/pip install POT==0.9.7.post1 scipy==1.17.1 && venv/bin/python src/stats/reference/transport.py
"""

import json
from pathlib import Path

import numpy as np
import ot
from scipy.linalg import fractional_matrix_power

rng = np.random.default_rng(23)

plans = []
for n, m, reg in [(1, 3, 0.5), (4, 4, 1.0), (6, 9, 0.3), (12, 10, 0.05), (8, 8, 0.02)]:
    p, q = rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(m))
    if n > 4:
        p[0], p[1] = 0.0, p[0] + p[1]
    x, y = rng.normal(size=(n, 2)), rng.normal(size=(m, 2)) + 0.5
    cost = ot.dist(x, y)
    plan = ot.sinkhorn(p, q, cost, reg, method="sinkhorn_log", numItermax=1_000_000, stopThr=1e-14)
    exact = ot.emd(p, q, cost, numItermax=1_000_000)
    inside = plan > 0
    entropy = np.sum(plan[inside] * np.log(plan[inside] / np.outer(p, q)[inside]))
    some = plan.sum(1) > 0
    plans.append(
        {
            "p": p.tolist(),
            "q": q.tolist(),
            "x": x.tolist(),
            "y": y.tolist(),
            "epsilon": reg,
            "cost": cost.tolist(),
            "plan": plan.tolist(),
            "spent": float(np.sum(plan * cost)),
            "entropic": float(np.sum(plan * cost) + reg * entropy),
            "exact": float(np.sum(exact * cost)),
            "exactPlan": exact.tolist(),
            "barycentric": np.where(some[:, None], plan @ y / np.where(some, plan.sum(1), 1)[:, None], np.nan)[some].tolist(),
        }
    )

corals = []
for n, m, d, ridge in [(40, 30, 3, 0.0), (25, 50, 4, 1.0), (12, 60, 6, 0.01)]:
    source, target = rng.normal(size=(n, d)) @ rng.normal(size=(d, d)) + 1, rng.normal(size=(m, d)) @ rng.normal(size=(d, d)) - 2
    s, t = (np.cov(sample, rowvar=False) + ridge * np.eye(d) for sample in (source, target))
    a = fractional_matrix_power(s, -0.5) @ fractional_matrix_power(t, 0.5)
    mapped = (source - source.mean(0)) @ a + target.mean(0)
    corals.append({"source": source.tolist(), "target": target.tolist(), "ridge": ridge, "transform": a.tolist(), "mapped": mapped.tolist()})

path = Path(__file__).parent.parent / "transport.reference.json"
path.write_text(json.dumps({"plans": plans, "corals": corals}) + "\n")
print(path, path.stat().st_size)
