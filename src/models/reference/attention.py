"""Writes ../attention.reference.json: transformers and graph networks in PyTorch 2.13, float64, on small random inputs and weights.

    pip install torch==2.13.0 && python attention.py

Blocks are torch.nn.TransformerEncoderLayer with norm_first; patches and instance norm are those of yuqinie98/PatchTST (RevIN without its
affine part, ReplicationPad1d at the end); graph layers are the papers' formulas. Weights come in the order of their sorted names.
"""
import math, os, sys
import torch
import torch.nn.functional as F

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "nn", "reference"))
from cases import case, pack, rand, write


def leaves(tree):
    if isinstance(tree, tuple):
        return [(torch.randn(*tree) / 2).float().double().requires_grad_()]
    children = tree if isinstance(tree, list) else [tree[k] for k in sorted(tree)]
    return [leaf for child in children for leaf in leaves(child)]


def rebuild(tree, values):
    if isinstance(tree, tuple):
        return next(values)
    if isinstance(tree, list):
        return [rebuild(child, values) for child in tree]
    return {k: rebuild(tree[k], values) for k in sorted(tree)}


def model_case(f, x, shapes):
    return case(lambda x, *weights: f(x, rebuild(shapes, iter(weights))), x, *leaves(shapes))


def linear(F_, D):
    return dict(w=(F_, D), b=(D,))


def norm(D):
    return dict(gamma=(D,), beta=(D,))


def block(D, M):
    attention = dict(qkv=(D, 3 * D), shiftQ=(D,), shiftV=(D,), out=linear(D, D))
    return dict(norm1=norm(D), attention=attention, norm2=norm(D), feedForward=dict(expand=linear(D, M), contract=linear(M, D)))


def encode(p, h, heads, causal=False):
    D, M = p["feedForward"]["expand"]["w"].shape
    layer = torch.nn.TransformerEncoderLayer(D, heads, M, 0.0, "gelu", batch_first=True, norm_first=True)
    a, f = p["attention"], p["feedForward"]
    weights = {
        "norm1.weight": p["norm1"]["gamma"], "norm1.bias": p["norm1"]["beta"], "norm2.weight": p["norm2"]["gamma"], "norm2.bias": p["norm2"]["beta"],
        "self_attn.in_proj_weight": a["qkv"].T, "self_attn.in_proj_bias": torch.cat([a["shiftQ"], torch.zeros(D), a["shiftV"]]),
        "self_attn.out_proj.weight": a["out"]["w"].T, "self_attn.out_proj.bias": a["out"]["b"],
        "linear1.weight": f["expand"]["w"].T, "linear1.bias": f["expand"]["b"], "linear2.weight": f["contract"]["w"].T, "linear2.bias": f["contract"]["b"],
    }
    mask = torch.nn.Transformer.generate_square_subsequent_mask(h.shape[1], dtype=torch.float64) if causal else None
    return torch.func.functional_call(layer, weights, (h,), dict(src_mask=mask))


def apply(p, x):
    return x @ p["w"] + p["b"]


def transformer(causal):
    def f(x, p):
        h = apply(p["embed"], x)
        T, D = h.shape[1:]
        angle = torch.arange(T)[:, None] / 10_000 ** (torch.arange(0, D, 2) / D)
        h = h + torch.stack([angle.sin(), angle.cos()], -1).flatten(1).float().double()
        for b in p["blocks"]:
            h = encode(b, h, 2, causal)
        h = F.layer_norm(h, [D], p["norm"]["gamma"], p["norm"]["beta"])
        return apply(p["out"], h[:, -1] if causal else h.mean(1))
    return f


def patchtst(patch, stride):
    def f(x, p):
        mean = x.mean(1, keepdim=True)
        deviation = torch.sqrt(x.var(1, keepdim=True, unbiased=False) + 1e-5)
        z = ((x - mean) / deviation).permute(0, 2, 1)                            # [B, F, T]
        z = torch.nn.ReplicationPad1d((0, stride))(z).unfold(-1, patch, stride)  # [B, F, P, patch]
        h = apply(p["embed"], z.flatten(0, 1)) + p["positions"]
        for b in p["blocks"]:
            h = encode(b, h, 2)
        h = F.layer_norm(h, [h.shape[-1]], p["norm"]["gamma"], p["norm"]["beta"])
        y = apply(p["head"], h.flatten(1)).unflatten(0, (x.shape[0], x.shape[2]))
        return y.permute(0, 2, 1) * deviation + mean
    return f


N = 5
edges = torch.tensor([[0, 1], [1, 2], [2, 3], [3, 4], [0, 3]])
A = (torch.eye(N) + torch.zeros(N, N).index_put((edges[:, 0], edges[:, 1]), torch.tensor(1.0)) + torch.zeros(N, N).index_put((edges[:, 1], edges[:, 0]), torch.tensor(1.0)))
A_hat = A / torch.sqrt(A.sum(0)[:, None] * A.sum(0))


def gcn(x, p):
    first, second = p["layers"]
    return A_hat @ torch.relu(A_hat @ x @ first["w"] + first["b"]) @ second["w"] + second["b"]


def graph_attention(x, p):
    H, D = p["source"].shape
    h = (x @ p["w"]).unflatten(-1, (H, D))
    s, t = (h * p["source"]).sum(-1), (h * p["target"]).sum(-1)
    e = F.leaky_relu(t[:, None] + s[None], 0.2).masked_fill(A[..., None] == 0, -torch.inf)
    return torch.einsum("ijh,jhd->ihd", torch.softmax(e, 1), h).flatten(1) + p["b"]


def gat(x, p):
    h = F.elu(graph_attention(x, p["first"]))
    return graph_attention(h, p["second"]).unflatten(-1, p["second"]["source"].shape).mean(1)


def attention_weights(F_, H, D):
    return dict(w=(F_, H * D), b=(H * D,), source=(H, D), target=(H, D))


def market(patch, stride, gate):
    def look(p, h, causal=False):
        a, D = p["heads"], h.shape[-1]
        mask = torch.ones(h.shape[1], h.shape[1]).triu(1).bool() if causal else None
        bias = torch.cat([a["shiftQ"], torch.zeros(D), a["shiftV"]])
        x = F.layer_norm(h, [D], p["norm"]["gamma"], p["norm"]["beta"]).transpose(0, 1)
        return F.multi_head_attention_forward(x, x, x, D, 2, a["qkv"].T, bias, None, None, False, 0.0, a["out"]["w"].T, a["out"]["b"],
                                              attn_mask=mask, need_weights=False)[0].transpose(0, 1)

    def f(x, p):                                                                  # [B, T, N, F]
        days = F.gelu(apply(p["embed"], x)).unfold(1, patch, stride)              # [B, P, N, D, patch]
        h = apply(p["patch"], days.transpose(3, 4).flatten(3)) + p["positions"][:, None] + p["names"]
        state = x[:, patch - 1 :: stride][..., gate]
        for b in p["blocks"]:
            looked = h + torch.stack([look(b["across"], h[:, i]) for i in range(h.shape[1])], 1)
            looked = looked + torch.stack([look(b["time"], looked[:, :, n], causal=True) for n in range(h.shape[2])], 2)
            h = h + torch.sigmoid(apply(b["gate"], state)) * (looked - h)
            f = b["feedForward"]
            h = h + apply(f["contract"], F.gelu(apply(f["expand"], F.layer_norm(h, [h.shape[-1]], b["norm"]["gamma"], b["norm"]["beta"]))))
        h = F.layer_norm(h, [h.shape[-1]], p["norm"]["gamma"], p["norm"]["beta"])
        return apply(p["head"], h[:, -1])
    return f


def market_block(D, M, S):
    looking = dict(norm=norm(D), heads=block(D, M)["attention"])
    return dict(across=looking, time=looking, gate=linear(S, 1), norm=norm(D), feedForward=block(D, M)["feedForward"])


D, M = 4, 6
shapes = dict(embed=linear(3, D), blocks=[block(D, M)], norm=norm(D), out=linear(D, 2))
patched = dict(embed=linear(4, D), positions=(4, D), blocks=[block(D, M)], norm=norm(D), head=linear(4 * D, 3))
write("../models/attention", dict(
    transformer=model_case(transformer(False), rand(2, 5, 3), shapes),
    transformerCausal=model_case(transformer(True), rand(2, 5, 3), shapes),
    patchTst=model_case(patchtst(4, 2), rand(2, 8, 2), patched),
    gcn=model_case(gcn, rand(N, 3), dict(layers=[linear(3, 4), linear(4, 2)])),
    gat=model_case(gat, rand(N, 3), dict(first=attention_weights(3, 2, 2), second=attention_weights(4, 2, 3))),
    market=model_case(market(4, 2, [1]), rand(2, 8, 3, 2), dict(embed=linear(2, D), patch=linear(4 * D, D), positions=(3, D), names=(3, D),
                      blocks=[market_block(D, M, 1), market_block(D, M, 1)], norm=norm(D), head=linear(D, 2))),
    graph=dict(edges=edges.tolist(), visible=pack(A > 0)),
))
