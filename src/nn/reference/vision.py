"""Writes ../vision.reference.json: convolution and pooling in PyTorch 2.13.0, float64, on small random inputs.

    pip install torch==2.13.0 && python vision.py

Images are [B, rows, columns, F] and filters [K, K, F, D], which PyTorch takes as [B, F, rows, columns] and [D, F, K, K].
"""
import json, os
import torch
import torch.nn.functional as F

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
rand = lambda *shape: torch.randn(*shape).float().double().requires_grad_()
pack = lambda t: dict(shape=list(t.shape), data=[float(f"{v:.12g}") for v in t.detach().flatten().tolist()])
first, last = lambda x: x.permute(0, 3, 1, 2), lambda x: x.permute(0, 2, 3, 1)

def case(f, *inputs):
    y = f(*inputs)
    dy = torch.randn_like(y).float().double()
    grads = torch.autograd.grad((y * dy).sum(), inputs)
    return dict(inputs=[pack(x) for x in inputs], dy=pack(dy), y=pack(y), grads=[pack(g) for g in grads])

conv = lambda padding: lambda x, w, b: last(F.conv2d(first(x), w.permute(3, 2, 0, 1), b, padding=padding))
cases = dict(
    valid=case(conv("valid"), rand(2, 5, 4, 2), rand(3, 3, 2, 3), rand(3)),
    same=case(conv("same"), rand(2, 4, 5, 2), rand(3, 3, 2, 3), rand(3)),
    evenFilter=case(conv("same"), rand(1, 4, 4, 1), rand(2, 2, 1, 2), rand(2)),
    maxPool=case(lambda x: last(F.max_pool2d(first(x), 2)), rand(2, 4, 6, 2)),
    maxPool3=case(lambda x: last(F.max_pool2d(first(x), 3)), rand(1, 6, 3, 2)),
    averagePool=case(lambda x: last(F.avg_pool2d(first(x), 2)), rand(2, 4, 6, 2)),
)
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "vision.reference.json")
with open(path, "w") as file:
    file.write("{\n" + ",\n".join(f'"{name}": {json.dumps(c, separators=(",", ":"))}' for name, c in cases.items()) + "\n}\n")
