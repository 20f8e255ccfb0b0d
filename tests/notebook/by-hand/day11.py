"""Writes day11.reference.json with PyTorch 2.13 in float64: attention and multi-head attention under masks.

    pip install torch==2.13.0 && python day11.py
"""
import os, sys
import torch
import torch.nn.functional as F

here = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(here, "..", "..", "..", "src", "nn", "reference"))
from cases import case, rand, write

D, H, T = 8, 2, 5
holes = torch.tensor([[1, 0, 0, 1], [1, 1, 0, 1], [1, 1, 0, 1]], dtype=torch.bool)

def causal(q, k, v):
    return F.scaled_dot_product_attention(q, k, v, is_causal=True)

def with_holes(q, k, v):
    return F.scaled_dot_product_attention(q, k, v, attn_mask=holes)

def heads(x, wq, bq, wk, bk, wv, bv, wo, bo):
    """torch's own multi-head attention, of one sequence; its masks say what is hidden."""
    w, b = torch.cat([wq.T, wk.T, wv.T]), torch.cat([bq, bk, bv])
    hidden = torch.ones(T, T, dtype=torch.bool).triu(1)
    y, _ = F.multi_head_attention_forward(x[:, None], x[:, None], x[:, None], D, H, w, b, None, None, False, 0.0, wo.T, bo, need_weights=False, attn_mask=hidden)
    return y[:, 0]

write("day11", dict(
    causal=case(causal, rand(6, 4), rand(6, 4), rand(6, 2)),
    holes=case(with_holes, rand(3, 4), rand(4, 4), rand(4, 3)),
    causalHeads=case(heads, rand(T, D), *[part for _ in range(4) for part in (rand(D, D), rand(D))]),
), here)
