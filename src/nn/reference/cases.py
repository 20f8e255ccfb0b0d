"""What the scripts of this folder share: a case is inputs, a seed dy, the output y, and the gradients of sum(dy * y)."""
import json, os
import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)

def rand(*shape):
    """Float32 numbers, so that a float32 program starts from the same points."""
    return torch.randn(*shape).float().double().requires_grad_()

def pack(t):
    return dict(shape=list(t.shape), data=[float(f"{v:.12g}") if t.is_floating_point() else int(v) for v in t.detach().flatten().tolist()])

def case(f, *inputs):
    """Gradients of the inputs that ask for one."""
    y = f(*inputs)
    dy = torch.randn_like(y).float().double()
    floats = [x for x in inputs if x.requires_grad]
    grads = torch.autograd.grad((y * dy).sum(), floats)
    return dict(inputs=[pack(x) for x in inputs], dy=pack(dy), y=pack(y), grads=[pack(g) for g in grads])

def write(name, cases, folder=os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")):
    path = os.path.join(folder, f"{name}.reference.json")
    with open(path, "w") as file:
        file.write("{\n" + ",\n".join(f'"{name}": {json.dumps(c, separators=(",", ":"))}' for name, c in cases.items()) + "\n}\n")
