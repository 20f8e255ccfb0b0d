"""Writes day10.reference.json with PyTorch 2.13 in float64: a causal convolution, with and without gaps between its taps.

    pip install torch==2.13.0 && python day10.py
"""
import os, sys
import torch.nn.functional as F

here = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(here, "..", "..", "..", "src", "nn", "reference"))
from cases import case, rand, write

def causal(dilation):
    def run(x, w, b):  # x [B, T, F], w [K, F, D]; PyTorch has [B, F, T] and [D, F, K]
        padded = F.pad(x.transpose(1, 2), ((w.shape[0] - 1) * dilation, 0))
        return F.conv1d(padded, w.permute(2, 1, 0), b, dilation=dilation).transpose(1, 2)
    return run

write("day10", dict(
    plain=case(causal(1), rand(2, 7, 2), rand(3, 2, 4), rand(4)),
    gaps=case(causal(3), rand(2, 10, 2), rand(3, 2, 4), rand(4)),
    pastTheStart=case(causal(5), rand(1, 4, 3), rand(2, 3, 1), rand(1)),
), here)
