"""The reference of src/models/gpt: logits and loss of a small model in numpy, double precision, by the formulas of its papers.

    pip install numpy scipy==1.17.1 && python src/models/reference/gpt.py

Weights come in the order of their sorted names, as in attention.py.
"""

import json
from pathlib import Path

import numpy as np
from scipy.special import erf, log_softmax, softmax

V, T, D, H, M, F, P, B = 5, 4, 6, 2, 7, 3, 2, 2
rng = np.random.default_rng(11)


def rand(*shape):
    return np.float64(np.float32(rng.normal(size=shape) / 2))


def linear(n, m):
    return {"b": rand(m), "w": rand(n, m)}


def norm():
    return {"beta": rand(D), "gamma": rand(D)}


def block():
    attention = {"out": linear(D, D), "qkv": rand(D, 3 * D), "shiftQ": rand(D), "shiftV": rand(D)}
    return {"attention": attention, "feedForward": {"contract": linear(M, D), "expand": linear(D, M)}, "norm1": norm(), "norm2": norm()}


def normalised(p, x):
    return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-5) * p["gamma"] + p["beta"]


def attended(p, x):
    q, k, v = np.split(x @ p["qkv"], 3, -1)
    q, v = q + p["shiftQ"], v + p["shiftV"]
    past = np.tril(np.ones((x.shape[1], x.shape[1])))
    heads = []
    for h in range(H):
        at = slice(h * D // H, (h + 1) * D // H)
        scores = q[..., at] @ k[..., at].transpose(0, 2, 1) / np.sqrt(D / H)
        heads.append(softmax(np.where(past, scores, -np.inf), -1) @ v[..., at])
    return np.concatenate(heads, -1) @ p["out"]["w"] + p["out"]["b"]


def forward(p, tokens, told):
    prefix = (told @ p["prefix"]["w"] + p["prefix"]["b"]).reshape(len(told), P, D)
    h = np.concatenate([prefix, p["tokens"][tokens]], 1)
    h = h + p["positions"][: h.shape[1]]
    for b in p["blocks"]:
        h = h + attended(b["attention"], normalised(b["norm1"], h))
        z = normalised(b["norm2"], h) @ b["feedForward"]["expand"]["w"] + b["feedForward"]["expand"]["b"]
        z = z * (1 + erf(z / np.sqrt(2))) / 2
        h = h + z @ b["feedForward"]["contract"]["w"] + b["feedForward"]["contract"]["b"]
    return normalised(p["norm"], h)[:, P:] @ p["tokens"].T


def leaves(tree):
    if isinstance(tree, np.ndarray):
        return [{"data": tree.ravel().tolist(), "shape": list(tree.shape)}]
    return [leaf for child in (tree if isinstance(tree, list) else [tree[k] for k in sorted(tree)]) for leaf in leaves(child)]


params = {"blocks": [block(), block()], "norm": norm(), "positions": rand(P + T, D), "prefix": linear(F, P * D), "tokens": rand(V, D)}
tokens, told = rng.integers(0, V, (B, T + 1)), rand(B, F)
logits = forward(params, tokens[:, :-1], told)
chosen = np.take_along_axis(log_softmax(logits, -1), tokens[:, 1:, None], -1)[..., 0]
counted = tokens[:, 1:] != 0
reference = {
    "config": {"vocabulary": V, "length": T, "width": D, "heads": H, "layers": 2, "hidden": M, "prefix": {"features": F, "vectors": P}},
    "weights": leaves(params),
    "tokens": tokens.tolist(),
    "told": told.tolist(),
    "logits": logits.ravel().tolist(),
    "loss": float(-chosen.mean()),
    "lossWithoutZeros": float(-chosen[counted].mean()),
}
path = Path(__file__).parent.parent / "gpt.reference.json"
path.write_text(json.dumps(reference) + "\n")
print(path, path.stat().st_size)
