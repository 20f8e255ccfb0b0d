"""Writes day09.reference.json with PyTorch 2.13 in float64: a layer norm and a batch norm, forward and backward.

    pip install torch==2.13.0 && python day09.py
"""
import os, sys
import torch.nn.functional as F

here = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(here, "..", "..", "..", "src", "nn", "reference"))
from cases import case, rand, write

def batch_norm(x, g, b):
    return F.batch_norm(x, None, None, g, b, training=True)

write("day09", dict(
    layerNorm=case(lambda x, g, b: F.layer_norm(x, [8], g, b), rand(4, 8), rand(8), rand(8)),
    batchNorm=case(batch_norm, rand(16, 4), rand(4), rand(4)),
), here)
