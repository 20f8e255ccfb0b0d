"""PyTorch's side of the benchmark; see protocol.py. Training variants: eager, compile. An inference is torch.jit's. A third argument is the device: cuda."""
import sys
from protocol import load, serve, threads
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_num_threads(threads)
torch.set_flush_denormal(True)  # as our runtimes do
device = sys.argv[3] if len(sys.argv) > 3 else "cpu"
torch.set_default_device(device)
torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False  # float32, as everywhere


def array(a):
    return torch.from_numpy(a).to(device)


def linear(a, path):
    layer = nn.Linear(*a[path + ".w"].shape)
    layer.weight.data.copy_(a[path + ".w"].T)
    layer.bias.data.copy_(a[path + ".b"])
    return layer


def mlp(a, path):
    first, second, third = (linear(a, f"{path}.layers[{i}]") for i in range(3))
    return nn.Sequential(first, nn.ReLU(), second, nn.ReLU(), third)


class Lstm(nn.Module):
    def __init__(self, a):
        super().__init__()
        wx, wh, b = (a["params.lstm." + name] for name in ("wx", "wh", "b"))
        D = wh.shape[0]
        order = torch.cat([torch.arange(D), torch.arange(D) + D, torch.arange(D) + 3 * D, torch.arange(D) + 2 * D])  # ours: i, f, o, g
        self.lstm, self.out = nn.LSTM(wx.shape[0], D, batch_first=True), linear(a, "params.out")
        self.lstm.weight_ih_l0.data.copy_(wx.T[order])
        self.lstm.weight_hh_l0.data.copy_(wh.T[order])
        self.lstm.bias_ih_l0.data.copy_(b[order])
        # One shift is enough; the second would only make Adam's step on it twice as long.
        self.lstm.bias_hh_l0.data.zero_()
        self.lstm.bias_hh_l0.requires_grad_(False)

    def forward(self, x):
        return self.out(self.lstm(x)[0][:, -1])


class Block(nn.Module):
    def __init__(self, a, path, heads):
        super().__init__()
        D, self.heads = a[path + ".norm1.gamma"].shape[0], heads
        self.norm1, self.norm2 = nn.LayerNorm(D), nn.LayerNorm(D)
        self.qkv, self.out = nn.Linear(D, 3 * D), linear(a, path + ".attention.out")
        self.qkv.weight.data.copy_(a[path + ".attention.qkv"].T)
        self.qkv.bias.data.zero_()
        self.expand, self.contract = linear(a, path + ".expand"), linear(a, path + ".contract")

    def forward(self, x):
        B, T, D = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(B, T, 3, self.heads, D // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        x = x + self.out(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(B, T, D))
        return x + self.contract(F.gelu(self.expand(self.norm2(x))))


class Transformer(nn.Module):
    def __init__(self, a, layers, heads):
        super().__init__()
        self.embed, self.out = linear(a, "params.embed"), linear(a, "params.out")
        self.blocks = nn.ModuleList(Block(a, f"params.blocks[{i}]", heads) for i in range(layers))
        T, D = a["batch.x"].shape[1], self.embed.out_features
        angle = torch.arange(T)[:, None] / 10000 ** (torch.arange(0, D, 2) / D)
        self.register_buffer("positions", torch.stack([angle.sin(), angle.cos()], -1).reshape(T, D))

    def forward(self, x):
        x = self.embed(x) + self.positions
        for block in self.blocks:
            x = block(x)
        return self.out(x.mean(1))


class Gcn(nn.Module):
    def __init__(self, a):
        super().__init__()
        self.w1, self.b1, self.w2, self.b2 = (nn.Parameter(a["params." + name]) for name in ("first.w", "first.b", "second.w", "second.b"))

    def forward(self, A, x):
        return A @ (F.relu((A @ x) @ self.w1 + self.b1) @ self.w2) + self.b2  # A where the features are fewer, as in ours


def network(workload, a):
    if workload.startswith("W2"):
        return Lstm(a)
    if workload == "W4":
        return Gcn(a)
    sizes = dict(W3=(2, 4), W6=(4, 8), W7=(8, 8))  # layers, heads
    return Transformer(a, *sizes[workload]) if workload in sizes else mlp(a, "params")


def problem(workload):
    """A model and its loss."""
    a = load(workload, array)
    model, x, y = network(workload, a), a.get("batch.x"), a.get("batch.y")
    if workload == "W4":
        labels, A = y.long(), a["batch.A"]
        return model, lambda: F.cross_entropy(model(A, x), labels)
    if workload == "W5":
        target = mlp(a, "batch.target")
        state, following, reward, done, action = (a["batch." + name] for name in ("state", "next", "reward", "done", "action"))
        action = action.long()[:, None]
        def loss():
            with torch.no_grad():
                value = reward + 0.99 * (1 - done) * target(following).max(1).values
            return F.smooth_l1_loss(model(state).gather(1, action)[:, 0], value)
        return model, loss
    return model, lambda: F.mse_loss(model(x), y)


def trainer(workload, variant):
    torch._dynamo.reset()
    model, loss = problem(workload)
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], 1e-3, fused=True)
    forward = torch.compile(loss) if variant == "compile" else loss
    def step():
        optimizer.zero_grad(set_to_none=True)
        value = forward()
        value.backward()
        optimizer.step()
        if device == "cuda":
            torch.cuda.synchronize()
        return value
    return step, lambda: loss().item()


def predictor(workload):
    a = load(workload, array)
    x = a["batch.x"][:1]
    with torch.no_grad():
        model = torch.jit.optimize_for_inference(torch.jit.trace(network(workload, a).eval(), x))
    def step():
        with torch.inference_mode():
            return model(x)
    return step, lambda: step().sum().item()


serve(torch.__version__, lambda workload, variant: predictor(workload[:2]) if workload.endswith("-predict") else trainer(workload, variant))
