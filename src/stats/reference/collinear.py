"""Writes ../collinear.reference.json: ridge regression on columns that differ by a millionth, exactly in rational numbers, beside numpy.

    pip install numpy==2.4.6 && python collinear.py

The design is made of integers by the minimal standard generator, so that the test makes the same one. Solving X'X + lambda I in double
precision instead loses what the columns differ by: `normalEquations` is numpy's error when it does.
"""
import json
from fractions import Fraction
from pathlib import Path

import numpy as np

N, P, M = 300, 5, 2
state = 1


def draw():
    global state
    state = state * 16807 % 2147483647
    return state % 65536 - 32768


common = [draw() for _ in range(N)]
x = [[Fraction(common[i]) + Fraction(draw(), 2**20) for _ in range(P)] for i in range(N)]
own = [[row[j] - common[i] for j in range(P)] for i, row in enumerate(x)]
y = [[common[i] + (k + 1) * 2**20 * (own[i][k] - own[i][4]) + Fraction(draw(), 4) for k in range(M)] for i in range(N)]


def centred(rows):
    means = [sum(column) / N for column in zip(*rows)]
    return [[value - mean for value, mean in zip(row, means)] for row in rows]


def solve(a, b):
    """Gaussian elimination on [a | b], exactly."""
    rows = [ra + rb for ra, rb in zip(a, b)]
    for k in range(P):
        pivot = next(i for i in range(k, P) if rows[i][k] != 0)
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [value / rows[k][k] for value in rows[k]]
        for i in range(P):
            if i != k:
                rows[i] = [value - rows[i][k] * top for value, top in zip(rows[i], rows[k])]
    return [row[P:] for row in rows]


def product(a, b):
    return [[sum(p * q for p, q in zip(ca, cb)) for cb in zip(*b)] for ca in zip(*a)]


xc, yc = centred(x), centred(y)
gram, moments = product(xc, xc), product(xc, yc)
X, Y = np.array(xc, dtype=float), np.array(yc, dtype=float)


def fit(penalty):
    exact = solve([[g + (Fraction(penalty) if i == j else 0) for j, g in enumerate(row)] for i, row in enumerate(gram)], moments)
    exact = np.array(exact, dtype=float)
    wrong = np.linalg.solve(X.T @ X + penalty * np.eye(P), X.T @ Y)
    return {"lambda": penalty, "coefficients": exact.tolist(), "normalEquations": abs(wrong / exact - 1).max()}


out = {"fits": [fit(penalty) for penalty in (0, 0.125, 16)], "singularValues": np.linalg.svd(X, compute_uv=False).tolist()}
Path(__file__).parent.with_name("collinear.reference.json").write_text(json.dumps(out) + "\n")
