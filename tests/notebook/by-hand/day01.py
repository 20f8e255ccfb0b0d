"""Writes day01.reference.json with PyTorch 2.13 in float64: the last state of a recurrence of one number.

    pip install torch==2.13.0 && python day01.py
"""
import os, sys
import torch

here = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(here, "..", "..", "..", "src", "nn", "reference"))
from cases import case, rand, write

def recurrence(w, u, x, start):
    """torch's own RNN, of one input and one state."""
    zero = torch.zeros(1)
    y, h = torch._VF.rnn_tanh(x[:, None, None], start.reshape(1, 1, 1), [u.reshape(1, 1), w.reshape(1, 1), zero, zero], True, 1, 0.0, False, False, False)
    return h.reshape(1)

number = lambda value: torch.tensor([value]).requires_grad_()
write("day01", dict(recurrence=case(recurrence, number(0.875), number(0.375), rand(12), rand(1))), here)
