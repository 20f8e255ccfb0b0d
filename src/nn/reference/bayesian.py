"""Writes ../bayesian.reference.json: PyTorch 2.13.0 in float64, the mixture's density by torch.distributions.

    pip install torch==2.13.0 && python bayesian.py
"""
import torch
import torch.nn.functional as F
from torch.distributions import Categorical, MixtureSameFamily, Normal
from cases import case, rand, write

positive = lambda *shape: (torch.rand(*shape) + 0.2).float().double().requires_grad_()

def bayesian_linear(mw, mb, sw, sb, x, noise):
    return F.linear(x, mw.T, mb) + F.linear(x**2, sw.T**2, sb**2).sqrt() * noise

def scale_mixture(w):
    return MixtureSameFamily(Categorical(torch.tensor([0.25, 0.75])), Normal(torch.zeros(2), torch.tensor([1.0, 0.1]))).log_prob(w).sum()

write("bayesian", dict(
    bayesianLinear=case(bayesian_linear, rand(4, 3), rand(3), positive(4, 3), positive(3), rand(2, 3, 4), rand(2, 3, 3)),
    scaleMixture=case(scale_mixture, rand(12)),
))
