"""Writes ../pytorch.reference.json: outputs and gradients of PyTorch 2.13.0 in float64 on small random inputs.

    pip install torch==2.13.0 && python pytorch.py
"""
import torch
import torch.nn.functional as F
from cases import case, rand, write

def lstm(x, wx, wh, b):
    D = wh.shape[0]
    order = torch.cat([torch.arange(D), torch.arange(D) + D, torch.arange(D) + 3 * D, torch.arange(D) + 2 * D])  # i, f, g, o from i, f, o, g
    weights = [wx.T[order], wh.T[order], b[order], torch.zeros(4 * D)]
    zero = torch.zeros(1, x.shape[0], D)
    return torch.lstm(x, (zero, zero), weights, True, 1, 0.0, False, False, True)[0]

def multi_head(x, wqkv, bq, bv, wo, bo):
    bqkv = torch.cat([bq, torch.randn_like(bq), bv])  # any shift of the keys gives the same
    y, _ = F.multi_head_attention_forward(*[x.transpose(0, 1)] * 3, wo.shape[0], 2, wqkv.T, bqkv, None, None, False, 0.0, wo.T, bo, need_weights=False)
    return y.transpose(0, 1)

labels = torch.tensor([2, 0, 3, 3, 1])
write("pytorch", dict(
    linear=case(lambda x, w, b: F.linear(x, w.T, b), rand(2, 3, 4), rand(4, 5), rand(5)),
    layerNorm=case(lambda x, gamma, beta: F.layer_norm(x, [6], gamma, beta), rand(2, 3, 6), rand(6), rand(6)),
    gelu=case(F.gelu, rand(12)),
    relu=case(F.relu, rand(12)),
    attention=case(F.scaled_dot_product_attention, rand(2, 3, 4, 5), rand(2, 3, 6, 5), rand(2, 3, 6, 2)),
    multiHeadAttention=case(multi_head, rand(2, 5, 6), rand(6, 18), rand(6), rand(6), rand(6, 6), rand(6)),
    lstm=case(lstm, rand(3, 4, 2), rand(2, 12), rand(3, 12), rand(12)),
    graphConvolution=case(lambda A, x, w, b: A @ (x @ w) + b, rand(5, 5), rand(5, 3), rand(3, 2), rand(2)),
    meanSquaredError=case(F.mse_loss, rand(4, 3), rand(4, 3)),
    huber=case(lambda p, t: F.huber_loss(p, t, delta=0.7), rand(4, 3), rand(4, 3)),
    crossEntropy=case(F.cross_entropy, rand(5, 4), labels),
    wideningGraphConvolution=case(lambda A, x, w, b: A @ (x @ w) + b, rand(5, 5), rand(5, 2), rand(2, 3), rand(3)),
))
