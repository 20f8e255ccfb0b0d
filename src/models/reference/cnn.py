"""Writes ../cnn.reference.json: a perceptron and a convolutional network in PyTorch 2.13.0, float64, with small random weights.

    pip install torch==2.13.0 && python cnn.py

Weights are [F, D] and filters [K, K, F, D]; images are [B, rows, columns, F], also where the network flattens them.
"""
import json, os
import torch
import torch.nn.functional as F

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
rand = lambda *shape: torch.randn(*shape).float().double().requires_grad_()
pack = lambda t: dict(shape=list(t.shape), data=[float(f"{v:.12g}") for v in t.detach().flatten().tolist()])

def case(f, *inputs):
    y = f(*inputs)
    dy = torch.randn_like(y).float().double()
    grads = torch.autograd.grad((y * dy).sum(), inputs)
    return dict(inputs=[pack(x) for x in inputs], dy=pack(dy), y=pack(y), grads=[pack(g) for g in grads])

def mlp(x, w1, b1, w2, b2, w3, b3):
    return F.linear(F.silu(F.linear(F.silu(F.linear(x, w1.T, b1)), w2.T, b2)), w3.T, b3)

def cnn(x, f1, c1, f2, c2, w1, b1, w2, b2):
    h = x.permute(0, 3, 1, 2)
    for f, c in ((f1, c1), (f2, c2)):
        h = F.max_pool2d(F.relu(F.conv2d(h, f.permute(3, 2, 0, 1), c, padding="same")), 2)
    return F.linear(F.relu(F.linear(h.permute(0, 2, 3, 1).flatten(1), w1.T, b1)), w2.T, b2)

cases = dict(
    mlp=case(mlp, rand(5, 3), rand(3, 4), rand(4), rand(4, 4), rand(4), rand(4, 2), rand(2)),
    cnn=case(cnn, rand(2, 4, 4, 1), rand(3, 3, 1, 2), rand(2), rand(3, 3, 2, 3), rand(3), rand(3, 4), rand(4), rand(4, 2), rand(2)),
)
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cnn.reference.json")
with open(path, "w") as file:
    file.write("{\n" + ",\n".join(f'"{name}": {json.dumps(c, separators=(",", ":"))}' for name, c in cases.items()) + "\n}\n")
