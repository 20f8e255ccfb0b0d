"""Writes day05.reference.json with PyTorch 2.13 in float64: multi-head attention.

    pip install torch==2.13.0 && python day05.py
"""
import os, sys
import torch
import torch.nn.functional as F

here = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(here, "..", "..", "..", "src", "nn", "reference"))
from cases import case, rand, write

D, H = 8, 2

def heads(x, wq, bq, wk, bk, wv, bv, wo, bo):
    """torch's own multi-head attention, of one sequence."""
    w, b = torch.cat([wq.T, wk.T, wv.T]), torch.cat([bq, bk, bv])
    y, _ = F.multi_head_attention_forward(x[:, None], x[:, None], x[:, None], D, H, w, b, None, None, False, 0.0, wo.T, bo, need_weights=False)
    return y[:, 0]

write("day05", dict(multiHead=case(heads, rand(5, D), *[part for _ in range(4) for part in (rand(D, D), rand(D))])), here)
