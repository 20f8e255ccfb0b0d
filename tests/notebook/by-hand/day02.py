"""Writes day02.reference.json with PyTorch 2.13 in float64: the layers and losses of a small network.

    pip install torch==2.13.0 && python day02.py
"""
import os, sys
import torch
import torch.nn.functional as F

here = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(here, "..", "..", "..", "src", "nn", "reference"))
from cases import case, rand, write

write("day02", dict(
    linear=case(lambda x, w, b: F.linear(x, w.T, b), rand(5, 3), rand(3, 2), rand(2)),
    relu=case(F.relu, rand(12)),
    gelu=case(F.gelu, torch.cat([3 * rand(12).detach(), torch.tensor([0.0, -6.5, 6.5, 9.0])]).requires_grad_()),
    meanSquaredError=case(F.mse_loss, rand(8), rand(8).detach()),
    meanAbsoluteError=case(F.l1_loss, rand(8), rand(8).detach()),
), here)
