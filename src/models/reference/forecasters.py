"""Writes ../forecasters.reference.json: forecasters in PyTorch 2.13.0, in float64 on small random inputs and weights.

    pip install torch==2.13.0 && python forecasters.py

NLinear and DLinear are the authors' (cure-lab/LTSF-Linear, models/NLinear.py and DLinear.py) with weights that all series share; the
TCN is the one of locuslab/TCN without weight normalisation and dropout; the attention is Bahdanau's with one row of v per horizon.
"""
import os, sys
import torch
import torch.nn as nn
import torch.nn.functional as F

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "nn", "reference"))
from cases import case, rand, write


def lstm(x, wx, wh, b):
    D = wh.shape[0]
    order = torch.cat([torch.arange(D), torch.arange(D) + D, torch.arange(D) + 3 * D, torch.arange(D) + 2 * D])  # i, f, g, o from i, f, o, g
    zero = torch.zeros(1, x.shape[0], D)
    return torch.lstm(x, (zero, zero), [wx.T[order], wh.T[order], b[order], torch.zeros(4 * D)], True, 1, 0.0, False, False, True)[0]


def lstm_attention(x, v, wk, wq, b, wh, wx, hb, hw):
    hidden = lstm(x, wx, wh, b)
    last = hidden[:, -1]
    forecasts = []
    for k in range(len(hb)):
        weights = torch.softmax(torch.tanh(hidden @ wk + (last @ wq)[:, None]) @ v[:, k], 1)
        read = (weights[..., None] * hidden).sum(1)
        forecasts.append(F.linear(torch.cat([read, last], 1), hw[k:k + 1], hb[k:k + 1]))
    return torch.cat(forecasts, 1)


def tcn(x, b1, w1, b2, w2, sb, sw, b3, w3, b4, w4, ob, ow):
    def conv(h, w, b, d):
        return F.conv1d(F.pad(h, ((w.shape[0] - 1) * d, 0)), w.permute(2, 1, 0), b, dilation=d)
    h = x.transpose(1, 2)
    block = lambda h, w1, b1, w2, b2, d: conv(conv(h, w1, b1, d).relu(), w2, b2, d).relu()
    h = (block(h, w1, b1, w2, b2, 1) + F.conv1d(h, sw.T[..., None], sb)).relu()
    h = (block(h, w3, b3, w4, b4, 2) + h).relu()
    return F.linear(h[:, :, -1], ow.T, ob)


def nlinear(x, b, w):
    seq_last = x[:, -1:, :]  # the authors detach it, which leaves its part out of the gradient of x
    x = x - seq_last
    x = F.linear(x.permute(0, 2, 1), w.T, b).permute(0, 2, 1)
    return x + seq_last


class MovingAverage(nn.Module):
    def __init__(self, kernel_size):
        super().__init__()
        self.kernel_size = kernel_size
        self.avg = nn.AvgPool1d(kernel_size=kernel_size, stride=1, padding=0)

    def forward(self, x):
        front = x[:, 0:1, :].repeat(1, (self.kernel_size - 1) // 2, 1)
        end = x[:, -1:, :].repeat(1, (self.kernel_size - 1) // 2, 1)
        x = torch.cat([front, x, end], dim=1)
        return self.avg(x.permute(0, 2, 1)).permute(0, 2, 1)


def dlinear(x, b, seasonal, trend):
    mean = MovingAverage(5)(x)
    parts = F.linear((x - mean).permute(0, 2, 1), seasonal.T, b), F.linear(mean.permute(0, 2, 1), trend.T)
    return (parts[0] + parts[1]).permute(0, 2, 1)


# Inputs: x, then the weights in the order of their names.
write("../models/forecasters", dict(
    lstmAttention=case(lstm_attention, rand(2, 4, 2), rand(3, 2), rand(3, 3), rand(3, 3), rand(12), rand(3, 12), rand(2, 12), rand(2), rand(2, 6)),
    tcn=case(tcn, rand(2, 6, 2), rand(3), rand(2, 2, 3), rand(3), rand(2, 3, 3), rand(3), rand(2, 3),
             rand(3), rand(2, 3, 3), rand(3), rand(2, 3, 3), rand(2), rand(3, 2)),
    nLinear=case(nlinear, rand(2, 6, 3), rand(2), rand(6, 2)),
    dLinear=case(dlinear, rand(2, 6, 3), rand(2), rand(6, 2), rand(6, 2)),
))
