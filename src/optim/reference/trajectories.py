"""Writes ../trajectories.reference.json: ten steps of PyTorch 2.13.0's optimisers in float64.

    pip install torch==2.13.0 && python trajectories.py

The loss is 1/2 (x - A y)^2 summed over two parameters x [3] and y [2], plus a quartic, at a high learning rate.
"""
import json, os
import torch

torch.set_default_dtype(torch.float64)
A = torch.tensor([[1.0, -0.5], [0.25, 2.0], [-1.5, 0.75]])
X, Y = [0.5, -1.0, 2.0], [1.5, -0.5]

def trajectory(make):
    x, y = (torch.tensor(v, requires_grad=True) for v in (X, Y))
    optimizer = make([x, y])
    points = []
    for _ in range(10):
        optimizer.zero_grad()
        (0.5 * (x - A @ y).square().sum() + 0.1 * (y**4).sum()).backward()
        optimizer.step()
        points.append([*x.tolist(), *y.tolist()])
    return points

O = torch.optim
trajectories = dict(
    sgd=trajectory(lambda p: O.SGD(p, lr=0.1)),
    sgdDecay=trajectory(lambda p: O.SGD(p, lr=0.1, weight_decay=0.3)),
    momentum=trajectory(lambda p: O.SGD(p, lr=0.05, momentum=0.9)),
    nesterov=trajectory(lambda p: O.SGD(p, lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.1)),
    adam=trajectory(lambda p: O.Adam(p, lr=0.3)),
    adamDecay=trajectory(lambda p: O.Adam(p, lr=0.3, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.2)),
    adamW=trajectory(lambda p: O.AdamW(p, lr=0.3, weight_decay=0.2)),
)
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "trajectories.reference.json")
with open(path, "w") as file:
    file.write("{\n" + ",\n".join(f'"{k}": {json.dumps(v)}' for k, v in trajectories.items()) + "\n}\n")
