"""Reference values for src/stats/distances: scipy 1.17.1, numpy for the kernels' means.

    python -m venv venv && venv/bin/pip install scipy==1.17.1 && venv/bin/python src/stats/reference/distances.py
"""
import json
from pathlib import Path

import numpy as np
from scipy.optimize import linprog
from scipy.spatial.distance import cdist, jensenshannon, pdist
from scipy.stats import entropy, wasserstein_distance

rng = np.random.default_rng(9)

laws = []
for n in [2, 5, 9]:
    p, q = rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(n))
    if n > 2:
        p[0], p[1] = 0, p[0] + p[1]
    laws.append(
        {
            "p": p.tolist(),
            "q": q.tolist(),
            "kullbackLeibler": float(entropy(p, q)),
            "jensenShannon": float(jensenshannon(p, q) ** 2),
        }
    )

lines = []
for n, m in [(1, 1), (6, 6), (5, 8), (20, 3)]:
    x, y = np.round(rng.normal(size=n), 1), np.round(rng.normal(size=m) * 2 + 0.3, 1)
    lines.append({"x": x.tolist(), "y": y.tolist(), "distance": float(wasserstein_distance(x, y))})

plans = []
for n, m in [(1, 4), (4, 4), (7, 5), (12, 15)]:
    p, q, c = rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(m)), rng.normal(size=(n, m)) + 1
    margins = np.zeros((n + m, n * m))
    for i in range(n):
        margins[i, i * m : (i + 1) * m] = 1
    for j in range(m):
        margins[n + j, j::m] = 1
    best = linprog(c.ravel(), A_eq=margins, b_eq=np.concatenate([p, q]), method="highs")
    plans.append({"p": p.tolist(), "q": q.tolist(), "cost": c.tolist(), "value": float(best.fun)})

kernels = []
for n, m, d in [(2, 3, 1), (6, 4, 2), (9, 9, 4)]:
    x, y = rng.normal(size=(n, d)), rng.normal(size=(m, d)) * 1.5 + 0.5
    both = np.vstack([x, y])
    median = float(np.median(pdist(both)))
    gram = np.exp(-(cdist(both, both) ** 2) / (2 * median**2))
    a, b, ab = gram[:n, :n], gram[n:, n:], gram[:n, n:]
    centre = np.eye(n + m) - 1 / (n + m)
    centred = centre @ gram @ centre
    v = (np.sum(centred**2) - np.sum(np.diag(centred) ** 2)) / ((n + m) * (n + m - 1))
    kernels.append(
        {
            "x": x.tolist(),
            "y": y.tolist(),
            "median": median,
            "squared": float((a.sum() - n) / (n * (n - 1)) + (b.sum() - m) / (m * (m - 1)) - 2 * ab.mean()),
            "biased": float(a.mean() + b.mean() - 2 * ab.mean()),
            "nullError": float(np.sqrt(v * (2 / (n * (n - 1)) + 2 / (m * (m - 1)) + 4 / (n * m)))),
        }
    )

out = Path(__file__).parent.parent / "distances.reference.json"
out.write_text(json.dumps({"laws": laws, "lines": lines, "plans": plans, "kernels": kernels}) + "\n")
