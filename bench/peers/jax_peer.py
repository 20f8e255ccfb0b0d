"""JAX's side of the benchmark; see protocol.py. Everything is jitted, with the state donated."""
import math, os
from protocol import load, serve, threads

if hasattr(os, "sched_setaffinity"):  # XLA takes as many threads as there are cores
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-threads:])
import jax
import jax.numpy as jnp


def linear(p, path, x):
    return x @ p[path + ".w"] + p[path + ".b"]


def mlp(p, path, x):
    h = jax.nn.relu(linear(p, path + ".layers[0]", x))
    return linear(p, path + ".layers[2]", jax.nn.relu(linear(p, path + ".layers[1]", h)))


def lstm(p, x):
    wx, wh, b = (p["params.lstm." + name] for name in ("wx", "wh", "b"))
    def cell(state, z):
        h, c = state
        i, f, o, g = jnp.split(z + h @ wh, 4, 1)  # the order of our gates
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        return (jax.nn.sigmoid(o) * jnp.tanh(c), c), None
    zero = jnp.zeros((x.shape[0], wh.shape[0]))
    (h, _), _ = jax.lax.scan(cell, (zero, zero), jnp.swapaxes(x, 0, 1) @ wx + b)
    return linear(p, "params.out", h)


def norm(p, path, x):
    centred = x - x.mean(-1, keepdims=True)
    return centred * jax.lax.rsqrt((centred**2).mean(-1, keepdims=True) + 1e-5) * p[path + ".gamma"] + p[path + ".beta"]


def transformer(p, x, layers, heads):
    x = linear(p, "params.embed", x)
    B, T, D = x.shape
    angle = jnp.arange(T)[:, None] / 10000 ** (jnp.arange(0, D, 2) / D)
    x = x + jnp.stack([jnp.sin(angle), jnp.cos(angle)], -1).reshape(T, D)
    for i in range(layers):
        path = f"params.blocks[{i}]"
        shift = jnp.concatenate([p[path + ".attention.shiftQ"], jnp.zeros(D), p[path + ".attention.shiftV"]])
        qkv = norm(p, path + ".norm1", x) @ p[path + ".attention.qkv"] + shift
        q, k, v = jnp.transpose(qkv.reshape(B, T, 3, heads, D // heads), (2, 0, 3, 1, 4))
        P = jax.nn.softmax(jnp.einsum("bhtd,bhsd->bhts", q, k) / math.sqrt(D // heads), -1)
        x = x + linear(p, path + ".attention.out", jnp.einsum("bhts,bhsd->bthd", P, v).reshape(B, T, D))
        x = x + linear(p, path + ".contract", jax.nn.gelu(linear(p, path + ".expand", norm(p, path + ".norm2", x)), approximate=False))
    return linear(p, "params.out", x.mean(1))


def forward(workload):
    if workload == "W2":
        return lstm
    if workload in ("W3", "W6"):
        return lambda p, x: transformer(p, x, *dict(W3=(2, 4), W6=(4, 8))[workload])
    return lambda p, x: mlp(p, "params", x)


def squared(workload):
    return lambda p, batch: jnp.mean((forward(workload)(p, batch["batch.x"]) - batch["batch.y"]) ** 2)


def cross_entropy(p, batch):
    A, x, y = (batch["batch." + name] for name in ("A", "x", "y"))
    h = jax.nn.relu((A @ x) @ p["params.first.w"] + p["params.first.b"])  # A where the features are fewer, as in ours
    logits = A @ (h @ p["params.second.w"]) + p["params.second.b"]
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(logits), y[:, None], 1))


def temporal_difference(p, batch):
    value = batch["batch.reward"] + 0.99 * (1 - batch["batch.done"]) * mlp(batch, "batch.target", batch["batch.next"]).max(1)
    chosen = jnp.take_along_axis(mlp(p, "params", batch["batch.state"]), batch["batch.action"][:, None], 1)[:, 0]
    size = jnp.abs(chosen - value)
    return jnp.mean(jnp.where(size <= 1, 0.5 * size**2, size - 0.5))


def trainer(workload):
    a = load(workload, jnp.array)
    batch = {path: x for path, x in a.items() if path.startswith("batch")}
    lossof = {"W4": cross_entropy, "W5": temporal_difference}.get(workload) or squared(workload)

    def adam(p, m, v, t, batch):
        loss, g = jax.value_and_grad(lossof)(p, batch)
        t = t + 1
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
        c1, c2 = 1 - 0.9**t, 1 - 0.999**t
        return jax.tree.map(lambda p, m, v: p - 1e-3 * (m / c1) / (jnp.sqrt(v / c2) + 1e-8), p, m, v), m, v, t, loss

    update = jax.jit(adam, donate_argnums=(0, 1, 2, 3))
    params = {path: x for path, x in a.items() if path.startswith("params")}
    zeros = lambda: jax.tree.map(jnp.zeros_like, params)
    state = [params, zeros(), zeros(), jnp.float32(0)]
    def step():
        *state[:], loss = jax.block_until_ready(update(*state, batch))
        return loss
    return step, step


def predictor(workload):
    p = load(workload, jnp.array)
    x = p["batch.x"][:1]
    run = jax.jit(forward(workload))
    step = lambda: run(p, x).block_until_ready()
    return step, lambda: step().sum()


serve(jax.__version__, lambda workload, _: predictor(workload[:2]) if workload.endswith("-predict") else trainer(workload))
