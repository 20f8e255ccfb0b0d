"""Writes ../attacks.reference.json: FGSM and PGD by PyTorch 2.13.0, float64, on a perceptron 6 -> 8 -> 3 with tanh.

    pip install torch==2.13.0 && python attacks.py

The attacks are the papers' formulas: Goodfellow et al. 2015, section 4; Madry et al. 2018, section 2.1.
"""
import json, os
import torch
import torch.nn.functional as F

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
f32 = lambda t: t.float().double()
w1, b1, w2, b2 = f32(torch.randn(6, 8)), f32(torch.randn(8)), f32(torch.randn(8, 3)), f32(torch.randn(3))
x, y = f32(torch.rand(5, 6)), torch.tensor([2, 0, 1, 1, 0])
start = {"linf": f32(2 * torch.rand(5, 6) - 1), "l2": f32(F.normalize(torch.randn(5, 6)) * torch.rand(5, 1))}
losses = lambda x: F.cross_entropy(torch.tanh(x @ w1 + b1) @ w2 + b2, y, reduction="none")

def slope(x):
    x = x.detach().requires_grad_()
    return torch.autograd.grad(losses(x).sum(), x)[0]

length = lambda t: t.norm(dim=1, keepdim=True)
steepest = dict(linf=torch.sign, l2=lambda g: g / length(g))
project = dict(linf=lambda d, e: d.clamp(-e, e), l2=lambda d, e: d * (e / length(d)).clamp(max=1))

def pgd(norm, epsilon, size, steps):
    back = lambda at: (x + project[norm](at - x, epsilon)).clamp(0, 1)
    at, path = back(x + epsilon * start[norm]), []
    for _ in range(steps):
        at = back(at + size * steepest[norm](slope(at)))
        path.append(at)
    return path

pack = lambda t: dict(shape=list(t.shape), data=[float(f"{v:.12g}") for v in t.flatten().tolist()])
out = dict(
    model=[pack(t) for t in (w1, b1, w2, b2)], x=pack(x), labels=y.tolist(), start={k: pack(v) for k, v in start.items()},
    fgsm=dict(epsilon=0.125, linf=pack((x + 0.125 * slope(x).sign()).clamp(0, 1)), l2=pack((x + 0.125 * steepest["l2"](slope(x))).clamp(0, 1))),
    linf=dict(epsilon=0.25, stepSize=0.0625, path=[pack(t) for t in pgd("linf", 0.25, 0.0625, 5)]),
    l2=dict(epsilon=0.5, stepSize=0.25, path=[pack(t) for t in pgd("l2", 0.5, 0.25, 5)]),
)
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "attacks.reference.json")
with open(path, "w") as file:
    file.write("{\n" + ",\n".join(f'"{name}": {json.dumps(c, separators=(",", ":"))}' for name, c in out.items()) + "\n}\n")
