"""Writes day16.reference.json with PyTorch 2.13 in float64: windows in their own units, and a PatchTST of one layer and one head.

    pip install torch==2.13.0 && python day16.py
"""
import os, sys
import torch
import torch.nn.functional as F

here = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(here, "..", "..", "..", "src", "nn", "reference"))
from cases import case, rand, write

T, patch, stride, D, M = 8, 4, 4, 4, 8
P = (T - patch) // stride + 2

def units(x):
    level, deviation = x.mean(1, keepdim=True), (x.var(1, keepdim=True, unbiased=False) + 1e-5).sqrt()
    return (x - level) / deviation, level, deviation

def patch_tst(x, embed, b, positions, query, key, value, out, expand, contract, head):
    z, level, deviation = units(x)
    longer = torch.cat([z, z[:, -1:].expand(-1, stride)], 1)
    h = longer.unfold(1, patch, stride) @ embed + b + positions
    norm = lambda h: F.layer_norm(h, (D,))
    n = norm(h)
    h = h + F.scaled_dot_product_attention(n @ query, n @ key, n @ value) @ out
    h = h + F.gelu(norm(h) @ expand) @ contract
    return (norm(h).flatten(1) @ head) * deviation + level

write("day16", dict(
    units=case(lambda x: units(x)[0], rand(3, 8)),
    patchTst=case(patch_tst, rand(3, T), rand(patch, D), rand(D), rand(P, D), rand(D, D), rand(D, D), rand(D, D), rand(D, D),
                  rand(D, M), rand(M, D), rand(P * D, 1)),
), here)
