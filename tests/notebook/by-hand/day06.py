"""Writes day06.reference.json with PyTorch 2.13 in float64: sinusoidal, learned and calendar positions.

    pip install torch==2.13.0 && python day06.py
"""
import os, sys
import torch
import torch.nn.functional as F

here = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(here, "..", "..", "..", "src", "nn", "reference"))
from cases import case, rand, write

def sinusoidal(x):
    T, D = x.shape
    rate = torch.exp(-torch.log(torch.tensor(1e4)) * torch.arange(0, D, 2) / D)
    angle = torch.arange(T)[:, None] * rate
    return x + torch.stack([torch.sin(angle), torch.cos(angle)], 2).reshape(T, D)

fields = torch.tensor([[0, 0, 4, 30, 11], [0, 0, 0, 2, 0], [0, 0, 4, 6, 0], [0, 0, 0, 30, 11]]).double()

def calendar(weekday, month, fields):
    return F.embedding(fields[:, 2].long(), weekday) + F.embedding(fields[:, 4].long(), month)

write("day06", dict(
    sinusoids=case(sinusoidal, rand(7, 6)),
    learned=case(lambda x, table: x + table[:x.shape[1]], rand(2, 5, 4), rand(8, 4)),
    calendar=case(calendar, rand(7, 3), rand(12, 3), fields),
), here)
