"""Writes ../bayes.reference.json: Bayes by Backprop and dropout by PyTorch 2.13.0 in float64, densities by torch.distributions.

    pip install torch==2.13.0 && python bayes.py

Inputs of a case: b and w of two layers (the means and then the ρ of Bayes by Backprop), x, y, and the noise or the mask. Layers are 3 → 4 → 1; a Gaussian likelihood of variance ½.
"""
import os, sys
import torch
import torch.nn.functional as F
from torch.distributions import Categorical, MixtureSameFamily, Normal, kl_divergence

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "nn", "reference"))
from cases import case, rand, write

B, N, prior = 5, 40, 0.8
mixture = MixtureSameFamily(Categorical(torch.tensor([0.25, 0.75])), Normal(torch.zeros(2), torch.tensor([1.0, 0.2])))
likelihood = lambda output, y: ((output - y) ** 2).mean()  # −log N(y; output, ½) without its constant

def local(b0, w0, b1, w1, rb0, rw0, rb1, rw1, x, y, e0, e1):
    layer = lambda h, w, b, rw, rb, e: F.linear(h, w.T, b) + F.linear(h**2, F.softplus(rw).T**2, F.softplus(rb) ** 2).sqrt() * e
    output = layer(F.relu(layer(x, w0, b0, rw0, rb0, e0)), w1, b1, rw1, rb1, e1)
    q = [(b0, rb0), (w0, rw0), (b1, rb1), (w1, rw1)]
    kl = sum(kl_divergence(Normal(m, F.softplus(r)), Normal(0.0, prior)).sum() for m, r in q)
    return likelihood(output, y) + kl / N

def sampled(b0, w0, b1, w1, rb0, rw0, rb1, rw1, x, y, noise):
    posterior = Normal(torch.cat([t.flatten() for t in (b0, w0, b1, w1)]), F.softplus(torch.cat([t.flatten() for t in (rb0, rw0, rb1, rw1)])))
    w = posterior.mean + posterior.stddev * noise
    v0, u0, v1, u1 = [part.reshape(like.shape) for part, like in zip(w.split([4, 12, 1, 4]), (b0, w0, b1, w1))]
    output = F.linear(F.relu(F.linear(x, u0.T, v0)), u1.T, v1)
    return likelihood(output, y) + (posterior.log_prob(w).sum() - mixture.log_prob(w).sum()) / N

def dropped(b0, w0, b1, w1, x, mask):
    return F.linear(F.relu(F.linear(x, w0.T, b0)) * mask, w1.T, b1)

weights = lambda: [rand(4), rand(3, 4), rand(1), rand(4, 1)]
write("../models/bayes", dict(
    local=case(local, *weights(), *weights(), rand(B, 3), rand(B, 1), rand(B, 4), rand(B, 1)),
    sampled=case(sampled, *weights(), *weights(), rand(B, 3), rand(B, 1), rand(21)),
    dropped=case(dropped, *weights(), rand(B, 3), (torch.rand(B, 4) < 0.5).double().mul(2).requires_grad_()),
    divergence=case(lambda mean, rho: kl_divergence(Normal(mean, F.softplus(rho)), Normal(0.0, prior)).sum(), rand(6), rand(6)),
))
