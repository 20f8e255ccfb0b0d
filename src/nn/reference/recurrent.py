"""Writes ../recurrent.reference.json: outputs and gradients of PyTorch 2.13.0 in float64 on small random inputs.

    pip install torch==2.13.0 && python recurrent.py

The LSTM's variants are the equations of Greff et al. 2017 (section 2, and appendix A for the variants) under PyTorch's autograd.
"""
import torch
import torch.nn.functional as F
from cases import case, rand, write


def rnn(x, h, wx, wh, b):
    weights = [wx.T, wh.T, b, torch.zeros_like(b)]
    return torch.rnn_tanh(x, h[None], weights, True, 1, 0.0, False, False, True)[0]


def gru(x, h, wx, wh, b, bn):
    D = len(bn)
    weights = [wx.T, wh.T, b, torch.cat([torch.zeros(2 * D), bn])]
    return torch.gru(x, h[None], weights, True, 1, 0.0, False, False, True)[0]


def greff(x, h, c, W, R, bias, p=None, gate_recurrence=None, start=None, *, without="", coupled=False):
    """W, R, bias: columns of the gates i, f, o that there are, then of the block input z. Returns every y, then the last c and gates."""
    D = c.shape[1]
    names = [n for n in "ifo" if n not in without and not (coupled and n == "f")]
    K, hidden = len(names), []
    before = start
    for t in range(x.shape[1]):
        net = (x[:, t] @ W + h @ R + bias).split(D, 1)
        net = dict(zip([*names, "z"], net))
        if gate_recurrence is not None:
            for k, n in enumerate(names):  # i: + R_ii i + R_fi f + R_oi o, and so on
                net[n] = net[n] + sum(before[:, j * D:(j + 1) * D] @ gate_recurrence[j * D:(j + 1) * D, k * D:(k + 1) * D] for j in range(K))
        peep = lambda n, cell: p[names.index(n)] * cell if p is not None else 0
        gate = lambda n, cell: torch.sigmoid(net[n] + peep(n, cell)) if n in names else torch.ones_like(cell)
        z = net["z"] if "g" in without else torch.tanh(net["z"])
        i = gate("i", c)
        f = 1 - i if coupled else gate("f", c)
        c = z * i + c * f
        o = gate("o", c)
        h = (c if "h" in without else torch.tanh(c)) * o
        hidden.append(h)
        before = torch.cat([dict(i=i, f=f, o=o)[n] for n in names], 1)
    state = [c] + (list(before.split(D, 1)) if gate_recurrence is not None else [])
    return torch.stack([*hidden, *state], 1)


def variant(K=3, peepholes=True, recurrence=False, **options):
    B, T, I, D = 2, 3, 2, 2
    inputs = [rand(B, T, I), rand(B, D), rand(B, D), rand(I, (K + 1) * D), rand(D, (K + 1) * D), rand((K + 1) * D)]
    inputs += [rand(K, D)] if peepholes else []
    inputs += [rand(K * D, K * D), rand(B, K * D)] if recurrence else []
    return case(lambda *a: greff(*a, **options), *inputs)


def both_ways(lengths=None):
    """Two LSTMs on top of each other, each in both directions; packed where there are lengths. Ours has the gates i, f, o, g."""
    def f(x, *weights):
        B, D = x.shape[0], weights[1].shape[0]
        flat = []
        for k in range(0, len(weights), 3):
            wx, wh, b = (torch.cat([w.split(D, -1)[j] for j in (0, 1, 3, 2)], -1) for w in weights[k:k + 3])
            flat += [wx.T, wh.T, b, torch.zeros_like(b)]
        start = (torch.zeros(4, B, D), torch.zeros(4, B, D))
        if lengths is None:
            return torch.lstm(x, start, flat, True, 2, 0.0, False, True, True)[0]
        packed = torch.nn.utils.rnn.pack_padded_sequence(x, torch.tensor(lengths), True, False)
        out = torch.lstm(packed.data, packed.batch_sizes, start, flat, True, 2, 0.0, False, True)[0]
        return torch.nn.utils.rnn.pad_packed_sequence(packed._replace(data=out), True, total_length=x.shape[1])[0]
    return f


def convolution(dilation):
    def f(x, w, b):  # w [K, F, D]
        padded = F.pad(x.transpose(1, 2), ((w.shape[0] - 1) * dilation, 0))
        return F.conv1d(padded, w.permute(2, 1, 0), b, dilation=dilation).transpose(1, 2)
    return f


def tcn_block(dilation):
    def f(x, w1, b1, w2, b2, w, b, mask1, mask2):
        conv = convolution(dilation)
        y = mask1 * conv(x, w1, b1).relu()
        y = mask2 * conv(y, w2, b2).relu()
        return (y + x @ w + b).relu()
    return f


def additive(keys, query, wk, wq, v):
    """Bahdanau et al. 2015, appendix A.1.2, with one row of v for each of H readers."""
    weights = torch.softmax(torch.tanh(keys @ wk + (query @ wq)[:, None]) @ v, 1)  # [B, T, H]
    return torch.einsum("bth,btd->bhd", weights, keys)


write("recurrent", dict(
    rnn=case(rnn, rand(2, 4, 3), rand(2, 3), rand(3, 3), rand(3, 3), rand(3)),
    gru=case(gru, rand(2, 4, 3), rand(2, 2), rand(3, 6), rand(2, 6), rand(6), rand(2)),
    V=variant(),
    NIG=variant(2, without="i"),
    NFG=variant(2, without="f"),
    NOG=variant(2, without="o"),
    NIAF=variant(without="g"),
    NOAF=variant(without="h"),
    CIFG=variant(2, coupled=True),
    NP=variant(peepholes=False),
    FGR=variant(recurrence=True),
    causalConvolution=case(convolution(2), rand(2, 6, 2), rand(3, 2, 4), rand(4)),
    tcnBlock=case(tcn_block(2), rand(2, 5, 2), rand(2, 2, 3), rand(3), rand(2, 3, 3), rand(3), rand(2, 3), rand(3), rand(2, 5, 3), rand(2, 5, 3)),
    additiveAttention=case(additive, rand(2, 4, 3), rand(2, 3), rand(3, 5), rand(3, 5), rand(5, 2)),
    bothWays=case(both_ways(), rand(3, 4, 3), *(w for F in (3, 3, 4, 4) for w in (rand(F, 8), rand(2, 8), rand(8)))),
    bothWaysPacked=case(both_ways([4, 1, 3]), rand(3, 4, 3), *(w for F in (3, 3, 4, 4) for w in (rand(F, 8), rand(2, 8), rand(8)))),
))
