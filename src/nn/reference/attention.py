"""Writes ../attention.reference.json with PyTorch 2.13 in float64: masked and cross attention, and transformer blocks.

    pip install torch==2.13.0 && python attention.py
"""
import torch
import torch.nn.functional as F
from cases import case, rand, write

def with_mask(mask):
    return lambda q, k, v: F.scaled_dot_product_attention(q, k, v, attn_mask=mask)

def cross(x, context, wqkv, bq, bv, wo, bo):
    b = torch.cat([bq, torch.randn_like(bq), bv])  # any shift of the keys gives the same
    q, kv = x.transpose(0, 1), context.transpose(0, 1)
    y, _ = F.multi_head_attention_forward(q, kv, kv, wo.shape[0], 2, wqkv.T, b, None, None, False, 0.0, wo.T, bo, need_weights=False)
    return y.transpose(0, 1)

def load(layer, weights):
    """PyTorch's layer as a function of our weights."""
    return lambda *inputs: torch.func.functional_call(layer, weights, inputs)

D, M = 4, 6
norm = lambda name, gamma, beta: {f"{name}.weight": gamma, f"{name}.bias": beta}
mixing = lambda name, wqkv, bq, bv, wo, bo: {
    f"{name}.in_proj_weight": wqkv.T, f"{name}.in_proj_bias": torch.cat([bq, torch.zeros(D), bv]), f"{name}.out_proj.weight": wo.T, f"{name}.out_proj.bias": bo}
network = lambda w1, b1, w2, b2: {"linear1.weight": w1.T, "linear1.bias": b1, "linear2.weight": w2.T, "linear2.bias": b2}

def encoder(pre):
    layer = torch.nn.TransformerEncoderLayer(D, 2, M, 0.0, "gelu", batch_first=True, norm_first=pre)
    def f(x, *w):
        weights = norm("norm1", *w[:2]) | mixing("self_attn", *w[2:7]) | norm("norm2", *w[7:9]) | network(*w[9:])
        return load(layer, weights)(x)
    return f

def decoder(pre):
    layer = torch.nn.TransformerDecoderLayer(D, 2, M, 0.0, "gelu", batch_first=True, norm_first=pre)
    def f(x, context, *w):
        weights = norm("norm1", *w[:2]) | mixing("self_attn", *w[2:7]) | norm("norm2", *w[7:9]) | mixing("multihead_attn", *w[9:14])
        weights |= norm("norm3", *w[14:16]) | network(*w[16:])
        causal = torch.nn.Transformer.generate_square_subsequent_mask(x.shape[1], dtype=torch.float64)
        return torch.func.functional_call(layer, weights, (x, context), dict(tgt_mask=causal))
    return f

NORM = lambda: [rand(D), rand(D)]
MIXING = lambda: [rand(D, 3 * D), rand(D), rand(D), rand(D, D), rand(D)]
NETWORK = lambda: [rand(D, M), rand(M), rand(M, D), rand(D)]
ENCODER = lambda: [rand(2, 3, D), *NORM(), *MIXING(), *NORM(), *NETWORK()]
DECODER = lambda: [rand(2, 3, D), rand(2, 5, D), *NORM(), *MIXING(), *NORM(), *MIXING(), *NORM(), *NETWORK()]

lengths = torch.tensor([2, 4])
write("attention", dict(
    causal=case(lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True), rand(2, 2, 4, 3), rand(2, 2, 4, 3), rand(2, 2, 4, 3)),
    padded=case(with_mask(torch.arange(4)[None, None, None] < lengths[:, None, None, None]), rand(2, 2, 3, 3), rand(2, 2, 4, 3), rand(2, 2, 4, 2)),
    cross=case(cross, rand(2, 3, D), rand(2, 5, D), *MIXING()),
    encoderPre=case(encoder(True), *ENCODER()),
    encoderPost=case(encoder(False), *ENCODER()),
    decoderPre=case(decoder(True), *DECODER()),
    decoderPost=case(decoder(False), *DECODER()),
))
