"""Writes day18.reference.json with PyTorch 2.13 in float64: Wilder's average, a gate on a branch and one on scores.

    pip install torch==2.13.0 && python day18.py
"""
import os, sys
import torch
import torch.nn.functional as F

here = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(here, "..", "..", "..", "src", "nn", "reference"))
from cases import case, rand, write

def wilder(x, n=4):
    means = [x[:n].mean()]
    for now in x[n:]:
        means.append(torch.lerp(means[-1], now, 1 / n))
    return torch.stack(means)

write("day18", dict(
    wilder=case(wilder, rand(12)),
    gate=case(lambda x, f, v, a, c: x + torch.sigmoid(F.linear(v, a.T, c)) * f, rand(5, 4), rand(5, 4), rand(5, 3), rand(3, 1), rand(1)),
    cooled=case(lambda q, k, v, g: F.scaled_dot_product_attention(q * g, k, v), rand(5, 4), rand(6, 4), rand(6, 2), rand(5, 1)),
), here)
