"""Writes ../adversarial.reference.json: the losses of GANs and a generator by PyTorch 2.13.0 in float64, gradient penalties by double backward.

    pip install torch==2.13.0 && python adversarial.py

Series are [B, 3, 2], the critic 6 → 4 → 1; the generator is one residual block of two convolutions, 2 taps, 2 channels of noise to 3.
"""
import os, sys
import torch
import torch.nn.functional as F

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "nn", "reference"))
from cases import case, rand, write

def score(x, b0, w0, b1, w1):
    return F.linear(F.leaky_relu(F.linear(x.flatten(1), w0.T, b0), 0.2), w1.T, b1).squeeze(1)

def wasserstein_critic(b0, w0, b1, w1, real, fake, mix):
    f = lambda x: score(x, b0, w0, b1, w1)
    share = mix[:, None, None]
    between = share * real + (1 - share) * fake
    slope, = torch.autograd.grad(f(between).sum(), between, create_graph=True)
    return f(fake).mean() - f(real).mean() + 10 * ((slope.flatten(1).norm(dim=1) - 1) ** 2).mean()

def saturating_critic(b0, w0, b1, w1, real, fake):
    a, b = score(real, b0, w0, b1, w1), score(fake, b0, w0, b1, w1)
    return F.binary_cross_entropy_with_logits(a, torch.ones_like(a)) + F.binary_cross_entropy_with_logits(b, torch.zeros_like(b))

def generator(b0, w0, b1, w1, bs, ws, bo, wo, z):
    def conv(x, w, b):  # causal: one step of zeros before
        return F.conv1d(F.pad(x.transpose(1, 2), (1, 0)), w.permute(2, 1, 0), b).transpose(1, 2)
    h = F.relu(F.relu(conv(F.relu(conv(z, w0, b0)), w1, b1)) + F.linear(z, ws.T, bs))
    return F.linear(h, wo.T, bo)[:, 2:]

weights = lambda: [rand(4), rand(6, 4), rand(1), rand(4, 1)]
write("../models/adversarial", dict(
    wassersteinCritic=case(wasserstein_critic, *weights(), rand(3, 3, 2), rand(3, 3, 2), torch.rand(3).float().double().requires_grad_()),
    critic=case(saturating_critic, *weights(), rand(3, 3, 2), rand(4, 3, 2)),
    generatorLoss=case(lambda s: F.binary_cross_entropy_with_logits(s, torch.ones_like(s)), rand(5)),
    generator=case(generator, rand(3), rand(2, 2, 3), rand(3), rand(2, 3, 3), rand(3), rand(2, 3), rand(1), rand(3, 1), rand(2, 5, 2)),
))
