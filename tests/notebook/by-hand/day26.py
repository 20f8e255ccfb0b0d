"""Writes day26.reference.json with PyTorch 2.13 in float64: attention rollout, and a small encoder's answer with its gradient of x.

    pip install torch==2.13.0 && python day26.py
"""
import os, sys
import torch
import torch.nn.functional as F

here = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(here, "..", "..", "..", "src", "nn", "reference"))
from cases import case, rand, write

D, H, T, inputs = 8, 2, 5, 2

def rollout(lower, upper):
    half = lambda weights: (torch.eye(T) + weights) / 2
    return (half(upper) @ half(lower))[0]

def layer(h, wq, bq, wk, bk, wv, bv, wo, bo):
    w, b = torch.cat([wq.T, wk.T, wv.T]), torch.cat([bq, bk, bv])
    y, _ = F.multi_head_attention_forward(h[:, None], h[:, None], h[:, None], D, H, w, b, None, None, False, 0.0, wo.T, bo, need_weights=False)
    return h + y[:, 0]

def looker(x, embed, shift, places, read, bias, *maps):
    h = x @ embed + shift + places
    for l in range(2):
        h = layer(h, *maps[8 * l : 8 * l + 8])
    return h[0] @ read + bias

fixed = lambda *shape: rand(*shape).detach()
write("day26", dict(
    rollout=case(rollout, rand(T, T).softmax(-1).detach().requires_grad_(), rand(T, T).softmax(-1).detach().requires_grad_()),
    looker=case(looker, rand(T, inputs), fixed(inputs, D), fixed(D), fixed(T, D), fixed(D, 1), fixed(1),
                *[part for _ in range(2) for _ in range(4) for part in (fixed(D, D), fixed(D))]),
), here)
