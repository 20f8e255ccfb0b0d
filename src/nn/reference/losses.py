"""Writes ../losses.reference.json: outputs and gradients of PyTorch 2.13.0 in float64 on small random inputs.

    pip install torch==2.13.0 && python losses.py

Where PyTorch has no such loss the paper's formula is written in its operators.
"""
import torch
import torch.nn.functional as F
from torch.distributions import Independent, Normal, kl_divergence
from cases import case, rand, write

def quantile(prediction, target):
    q = torch.tensor([0.1, 0.5, 0.9])
    residual = target[..., None] - prediction
    return torch.maximum(q * residual, (q - 1) * residual).mean()  # Koenker & Bassett 1978

def kl(mean_p, log_p, mean_q, log_q):
    p, q = [Independent(Normal(mean, (0.5 * log).exp()), 1) for mean, log in [(mean_p, log_p), (mean_q, log_q)]]
    return kl_divergence(p, q)

def ic(prediction, target):
    return -torch.stack([torch.corrcoef(torch.stack(pair))[0, 1] for pair in zip(prediction, target)]).mean()

def masked_ic(prediction, target):
    rows = [torch.corrcoef(torch.stack([p[m], t[m]]))[0, 1] for p, t, m in zip(prediction, target, mask.bool())]
    return -torch.stack(rows).mean()

def penalty(real, fake, w1, b1, w2):
    """Gulrajani et al. 2017, eq. 3, for the critic tanh(x w1 + b1) w2."""
    between = fake + mix * (real - fake)
    (slope,) = torch.autograd.grad((torch.tanh(between @ w1 + b1) @ w2).sum(), between, create_graph=True)
    return ((slope.norm(dim=1) - 1) ** 2).mean()

def weighted_cross_entropy(logits, weights):
    losses = F.cross_entropy(logits, classes, reduction="none")
    return (weights * losses).sum() / weights.sum()

def leaf(t):
    return t.float().double().requires_grad_()

def sequences(**options):
    """PyTorch has the classes in axis 1, the library last: logits [2, 3, 4] of sequences of three steps."""
    return lambda logits: F.cross_entropy(logits.movedim(-1, 1), padded, **options)

def smoothed_rows(logits, weights):
    losses = F.cross_entropy(logits, classes, reduction="none", label_smoothing=0.1)
    return (weights * losses).sum() / weights.sum()

padded = torch.tensor([[2, 0, -100], [3, -100, -100]])
impossible = torch.tensor([[0, -torch.inf, 0], [0, 0, 0], [-torch.inf, 0, -torch.inf], [0, 0, -torch.inf]])  # a label each is left
mask = torch.tensor([[1.0, 1, 0, 1, 1], [1, 0, 1, 1, 0]])
mix = torch.tensor([[0.125], [0.5], [0.75]])
signs = torch.tensor([[1.0, -1, 1], [-1, -1, 1]])
classes = torch.tensor([2, 0, 1, 0])
class_weights = torch.tensor([0.5, 2, 4], dtype=torch.float64)
below_floor = torch.tensor([[0.5, 1.5, 0.25], [2.0, 0.0625, 1.0]])  # floor 0.1

write("losses", dict(
    meanAbsoluteError=case(F.l1_loss, rand(4, 3), rand(4, 3)),
    binaryCrossEntropy=case(F.binary_cross_entropy_with_logits, rand(4, 3), leaf(torch.rand(4, 3))),
    gaussianNll=case(lambda m, v, y: F.gaussian_nll_loss(m, y, v), rand(2, 3), leaf(torch.rand(2, 3) + 0.1), rand(2, 3)),
    gaussianNllFloor=case(lambda m, v, y: F.gaussian_nll_loss(m, y, v, eps=0.1), rand(2, 3), leaf(below_floor), rand(2, 3)),
    gaussianNllFromLog=case(lambda m, s, y: F.gaussian_nll_loss(m, y, s.exp()), rand(2, 3), rand(2, 3), rand(2, 3)),
    quantileLoss=case(quantile, rand(4, 3), rand(4)),
    hinge=case(lambda s, y: torch.clamp(1 - y * s, min=0).mean(), rand(2, 3), signs),
    gaussianKl=case(kl, rand(3, 4), rand(3, 4), rand(3, 4), rand(3, 4)),
    icLoss=case(ic, rand(3, 5), rand(3, 5)),
    maskedIcLoss=case(masked_ic, rand(2, 5), rand(2, 5)),
    criticLoss=case(lambda real, fake: fake.mean() - real.mean(), rand(4, 1), rand(3, 1)),
    gradientPenalty=case(penalty, rand(3, 4), rand(3, 4), rand(4, 5), rand(5), rand(5, 1)),
    weightedCrossEntropy=case(weighted_cross_entropy, rand(4, 3), leaf(torch.rand(4))),
    classWeightedCrossEntropy=case(lambda x: F.cross_entropy(x, classes, weight=class_weights), rand(4, 3)),
    ignoringCrossEntropy=case(sequences(ignore_index=-100), rand(2, 3, 4)),
    smoothedCrossEntropy=case(sequences(ignore_index=-100, label_smoothing=0.2), rand(2, 3, 4)),
    smoothedWeightedCrossEntropy=case(smoothed_rows, rand(4, 3), leaf(torch.rand(4))),
    maskedCrossEntropy=case(lambda x: F.cross_entropy(x + impossible, torch.tensor([2, 0, 1, 0])), rand(4, 3)),
))
