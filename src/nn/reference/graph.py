"""Writes ../graph.reference.json with PyTorch 2.13 in float64: the authors' formulas on a graph of five nodes, loops included.

    pip install torch==2.13.0 && python graph.py
"""
import torch
import torch.nn.functional as F
from cases import case, pack, rand, write

N = 5
edges = torch.tensor([[0, 1], [1, 2], [2, 3], [3, 4], [0, 3]])
from_, to = torch.cat([edges, edges.flip(1), torch.arange(N)[:, None].expand(N, 2)]).T
visible = torch.zeros(N, N, dtype=torch.bool).index_put((to, from_), torch.tensor(True))

def attention(x, w, b, source, target):
    """Velickovic et al. 2018, eq. 1-5: a^T [W h_i || W h_j] as target and source scores."""
    H, D = source.shape
    h = (x @ w).unflatten(-1, (H, D))                                               # [..., N, H, D]
    s, t = (h * source).sum(-1), (h * target).sum(-1)               # [..., N, H]
    e = F.leaky_relu(t[..., :, None, :] + s[..., None, :, :], 0.2)                  # [..., i, j, H]
    P = torch.softmax(e.masked_fill(~visible[..., None], -torch.inf), -2)
    return torch.einsum("...ijh,...jhd->...ihd", P, h).flatten(-2) + b

def convolution(x, weight, w, b):
    A = torch.zeros(N, N).index_put((to, from_), weight, accumulate=True)
    return A @ (x @ w) + b

def product(weight, m):
    return torch.zeros(N, N).index_put((to, from_), weight, accumulate=True) @ m

cases = dict(
    attention=case(attention, rand(N, 3), rand(3, 4), rand(4), rand(2, 2), rand(2, 2)),
    attentionBatch=case(attention, rand(2, N, 3), rand(3, 4), rand(4), rand(2, 2), rand(2, 2)),
    convolution=case(convolution, rand(N, 3), rand(len(to)), rand(3, 2), rand(2)),
    graph=dict(from_=pack(from_), to=pack(to), visible=pack(visible)),
    product=case(product, rand(len(to)), rand(N, 3)),
)
write("graph", cases)
