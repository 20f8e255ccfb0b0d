"""Writes ../reinforcement.reference.json: PyTorch 2.13.0 in float64, probabilities by torch.distributions.

    pip install torch==2.13.0 && python reinforcement.py

The double, dueling network is 3 → 4 → 1 + 2; the target network has its own weights. Actions, rewards and ends of episodes are in the test too.
"""
import os, sys
import torch
import torch.nn.functional as F
from torch.distributions import Categorical, Normal

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "nn", "reference"))
from cases import case, rand, write

action = torch.tensor([1, 0, 1, 1, 0])
reward = torch.tensor([0.5, -1.0, 2.0, 0.0, 1.0])
done = torch.tensor([0.0, 0.0, 1.0, 0.0, 0.0])
taken = lambda values: values.gather(1, action[:, None]).squeeze(1)

def dueling(h):
    v, a = h[..., :1], h[..., 1:]
    return v + a - a.mean(-1, keepdim=True)

def double_dueling(b0, w0, b1, w1, state, next, tb0, tw0, tb1, tw1):
    net = lambda x, b0, w0, b1, w1: dueling(F.linear(F.relu(F.linear(x, w0.T, b0)), w1.T, b1))
    with torch.no_grad():
        best = net(next, b0, w0, b1, w1).argmax(1, keepdim=True)
        target = reward + 0.9 * (1 - done) * net(next, tb0, tw0, tb1, tw1).gather(1, best).squeeze(1)
    # the trailing products with zero give the arguments without a gradient one
    return F.huber_loss(taken(net(state, b0, w0, b1, w1)), target) + sum((t * 0).sum() for t in (next, tb0, tw0, tb1, tw1))

def ppo(log_probability, old, advantage):
    ratio = (log_probability - old).exp()
    return -torch.min(ratio * advantage, ratio.clamp(0.8, 1.2) * advantage).mean()

def actor_critic(logits, value, returns, old, advantage):
    policy = Categorical(logits=logits)
    return ppo(policy.log_prob(action), old, advantage) + 0.5 * F.mse_loss(value, returns) - 0.01 * policy.entropy().mean()

def heads(b0, w0, b1, w1, c0, v0, c1, v1, x):
    net = lambda b0, w0, b1, w1: F.linear(torch.tanh(F.linear(x, w0.T, b0)), w1.T, b1)
    return torch.cat([net(b0, w0, b1, w1), net(c0, v0, c1, v1)], 1)

near = (torch.randn(5) * 0.3 - 0.7).float().double().requires_grad_()
weights = lambda: [rand(4), rand(3, 4), rand(3), rand(4, 3)]
write("../models/reinforcement", dict(
    dueling=case(dueling, rand(2, 3, 5)),
    doubleDueling=case(double_dueling, *weights(), rand(5, 3), rand(5, 3), *weights()),
    categoricalLogProbability=case(lambda logits: Categorical(logits=logits).log_prob(action), rand(5, 2)),
    categoricalEntropy=case(lambda logits: Categorical(logits=logits).entropy(), rand(3, 4)),
    gaussianLogProbability=case(lambda mean, log_std, action: Normal(mean, log_std.exp()).log_prob(action).sum(-1), rand(5, 2), rand(2), rand(5, 2)),
    gaussianEntropy=case(lambda log_std: Normal(torch.zeros(3), log_std.exp()).entropy().sum(), rand(3)),
    ppo=case(ppo, rand(12), rand(12), rand(12)),
    actorCritic=case(actor_critic, rand(5, 2), rand(5), rand(5), near, rand(5)),
    actorCriticHeads=case(heads, rand(4), rand(3, 4), rand(2), rand(4, 2), rand(4), rand(3, 4), rand(1), rand(4, 1), rand(5, 3)),
))
