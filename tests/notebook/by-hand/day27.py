"""Writes day27.reference.json with POT 0.9.7: a plan with an entropy, and where it sends each point.

    pip install POT==0.9.7.post1 && python day27.py
"""
import json
import os

import numpy as np
import ot

rng = np.random.default_rng(27)
packed = lambda values: dict(shape=list(np.shape(values)), data=np.ravel(values).tolist())

def case(n, m, epsilon, of):
    p, q = rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(m))
    x, y = rng.normal(size=(n, 2)), 1.5 * rng.normal(size=(m, 2)) + 0.5
    plan = ot.sinkhorn(p, q, ot.dist(x, y), epsilon, method="sinkhorn_log", numItermax=1_000_000, stopThr=1e-15)
    found = of(plan, y)
    return dict(inputs=[packed(value) for value in (p, q, x, y, [epsilon])], dy=packed(np.ones_like(found)), y=packed(found), grads=[])

here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "day27.reference.json"), "w") as file:
    json.dump(dict(
        plan=case(5, 7, 0.8, lambda plan, y: plan),
        map=case(6, 4, 0.5, lambda plan, y: plan @ y / plan.sum(1, keepdims=True)),
    ), file)
