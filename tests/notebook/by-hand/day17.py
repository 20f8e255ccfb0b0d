"""Writes day17.reference.json with PyTorch 2.13 in float64: tokens of several assets, end to end.

    pip install torch==2.13.0 && python day17.py
"""
import os, sys
import torch
import torch.nn.functional as F

here = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(here, "..", "..", "..", "src", "nn", "reference"))
from cases import case, rand, write

def concatenated(z, price, asset, place):
    token = torch.arange(len(z))
    return z[:, None] * price + F.embedding(token // len(place), asset) + F.embedding(token % len(place), place)

write("day17", dict(concatenated=case(concatenated, rand(15), rand(4), rand(3, 4), rand(5, 4))), here)
