"""Writes day07.reference.json with PyTorch 2.13 in float64: a layer norm and an encoder layer.

    pip install torch==2.13.0 && python day07.py
"""
import os, sys
import torch
import torch.nn.functional as F

here = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(here, "..", "..", "..", "src", "nn", "reference"))
from cases import case, rand, write

D, H, M = 8, 2, 12

def encoder(x, g1, b1, wq, bq, wk, bk, wv, bv, wo, bo, g2, b2, w1, c1, w2, c2):
    """torch's own encoder layer, pre-norm, of a batch [B, T, D]."""
    layer = torch.nn.TransformerEncoderLayer(D, H, M, 0.0, "gelu", batch_first=True, norm_first=True)
    return torch.func.functional_call(layer, {
        "norm1.weight": g1, "norm1.bias": b1, "norm2.weight": g2, "norm2.bias": b2,
        "self_attn.in_proj_weight": torch.cat([wq.T, wk.T, wv.T]), "self_attn.in_proj_bias": torch.cat([bq, bk, bv]),
        "self_attn.out_proj.weight": wo.T, "self_attn.out_proj.bias": bo,
        "linear1.weight": w1.T, "linear1.bias": c1, "linear2.weight": w2.T, "linear2.bias": c2}, (x,))

MAPS = lambda: [part for _ in range(4) for part in (rand(D, D).detach(), rand(D).detach())]
fixed = lambda *shape: rand(*shape).detach()
write("day07", dict(
    layerNorm=case(lambda x, g, b: F.layer_norm(x, [D], g, b), fixed(4, D), fixed(D), fixed(D).requires_grad_()),
    encoderLayer=case(encoder, fixed(2, 5, D), fixed(D), fixed(D), *MAPS(), fixed(D), fixed(D), fixed(D, M), fixed(M), fixed(M, D), fixed(D).requires_grad_()),
), here)
