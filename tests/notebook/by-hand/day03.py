"""Writes day03.reference.json with PyTorch 2.13 in float64: a network of two linear layers with a ReLU between.

    pip install torch==2.13.0 && python day03.py
"""
import os, sys
import torch
import torch.nn.functional as F

here = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(here, "..", "..", "..", "src", "nn", "reference"))
from cases import case, rand, write

def network(x, w1, b1, w2, b2):
    return F.linear(F.relu(F.linear(x, w1.T, b1)), w2.T, b2)

write("day03", dict(mlp=case(network, rand(6, 4), rand(4, 5), rand(5), rand(5, 1), rand(1))), here)
