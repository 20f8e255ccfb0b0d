"""Writes ../layers.reference.json: outputs and gradients of PyTorch 2.13.0 in float64 on small random inputs.

    pip install torch==2.13.0 && python layers.py
"""
import torch
import torch.nn.functional as F
from cases import case, pack, rand, write

def running(x):
    """The averages after two batches, from PyTorch's start."""
    norm = torch.nn.BatchNorm1d(3)
    for batch in x:
        norm(batch)
    return dict(inputs=[pack(x)], mean=pack(norm.running_mean), variance=pack(norm.running_var))

def eval_norm(x, mean, variance, gamma, beta):
    return F.batch_norm(x, mean, variance, gamma, beta, training=False)

def spectral(weight, u):
    """One power iteration of torch.nn.utils.spectral_norm; its weight is [D, F]."""
    layer = torch.nn.Linear(*weight.shape, bias=False)
    layer.weight = torch.nn.Parameter(weight.detach().T.clone())
    layer = torch.nn.utils.spectral_norm(layer)
    layer.weight_u.copy_(u)
    layer(torch.zeros(1, weight.shape[0]))
    dy = torch.randn_like(weight).float().double()
    (grad,) = torch.autograd.grad((layer.weight.T * dy).sum(), layer.weight_orig)
    return dict(inputs=[pack(weight)], dy=pack(dy), y=pack(layer.weight.T), grads=[pack(grad.T)], u=pack(u), nextU=pack(layer.weight_u))

def timestamps(fields):
    """Sums of embeddings, as the temporal embedding of Informer's authors (Informer2020, models/embed.py)."""
    return lambda weekday, month: F.embedding(fields[..., 2], weekday) + F.embedding(fields[..., 4], month)

mask = (torch.rand(2, 1, 3) < 0.7) / 0.7
labels = torch.tensor([[2, 0, 3], [3, 3, 1]])
fields = torch.tensor([[[0, 9, 0, 30, 11], [30, 9, 1, 0, 0]], [[0, 16, 4, 14, 6], [59, 23, 6, 27, 1]]])
unit = lambda v: v / v.norm()
positive = lambda *shape: (torch.rand(*shape) + 0.5).float().double()

write("layers", dict(
    sigmoid=case(torch.sigmoid, rand(12)),
    tanh=case(torch.tanh, rand(12)),
    silu=case(F.silu, rand(12)),
    softplus=case(F.softplus, rand(12)),
    geluTanh=case(lambda x: F.gelu(x, approximate="tanh"), rand(12)),
    temporalDropout=case(lambda x, m: x * m, rand(2, 4, 3), mask),
    rmsNorm=case(lambda x, gamma: F.rms_norm(x, [6], gamma, 1e-6), rand(2, 3, 6), rand(6)),
    batchNorm=case(lambda x, gamma, beta: F.batch_norm(x, None, None, gamma, beta, training=True), rand(7, 3), rand(3), rand(3)),
    batchNormEval=case(eval_norm, rand(4, 3), rand(3).detach(), positive(3), rand(3), rand(3)),
    runningAverages=running(rand(2, 5, 3)),
    embedding=case(lambda table: F.embedding(labels, table), rand(4, 2)),
    learnedPositions=case(lambda table, x: x + table[: x.shape[1]], rand(5, 3), rand(2, 4, 3)),
    timestamps=case(timestamps(fields), rand(7, 2), rand(12, 2)) | dict(fields=pack(fields)),
    spectralNorm=spectral(rand(4, 3), unit(rand(3)).detach()),
    logSigmoid=case(F.logsigmoid, rand(12)),
    paddedEmbedding=case(lambda table: F.embedding(labels, table, padding_idx=3), rand(4, 2)),
))
