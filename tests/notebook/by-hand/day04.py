"""Writes day04.reference.json with PyTorch 2.13 in float64: attention.

    pip install torch==2.13.0 && python day04.py
"""
import os, sys
import torch
import torch.nn.functional as F

here = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(here, "..", "..", "..", "src", "nn", "reference"))
from cases import case, rand, write

write("day04", dict(
    attention=case(F.scaled_dot_product_attention, rand(5, 4), rand(6, 4), rand(6, 2)),
    sharp=case(F.scaled_dot_product_attention, (4 * rand(3, 4).detach()).requires_grad_(), rand(5, 4), rand(5, 1)),
), here)
