"""Writes ../linear-cost-attention.reference.json: the formulas of the papers' authors in PyTorch 2.13, float64.

    pip install torch==2.13.0 && python linear-cost-attention.py
"""
import math
import torch
from cases import case, pack, rand, write

def performer(omega, causal=False):
    """softmax_kernel_transformation of google-research/performer, without its 1e-6."""
    def features(x):
        x = x / x.shape[-1] ** 0.25
        return torch.exp(x @ omega.T - x.square().sum(-1, keepdim=True) / 2) / math.sqrt(omega.shape[0])
    def f(q, k, v):
        phi_q, phi_k = features(q), features(k)
        if causal:
            weights = (phi_q @ phi_k.mT).tril()
            return weights @ v / weights.sum(-1, keepdim=True)
        kv = torch.einsum("...sm,...sd->...md", phi_k, v)
        return torch.einsum("...tm,...md->...td", phi_q, kv) / torch.einsum("...tm,...sm->...t", phi_q, phi_k)[..., None]
    return f

def nystrom(landmarks):
    """NystromAttention of mlpen/Nystromformer, without its convolution and with the norms of each matrix."""
    def inverse(K):
        I = torch.eye(K.shape[-1])
        V = K.mT / (K.sum(-2).amax(-1) * K.sum(-1).amax(-1))[..., None, None]
        for _ in range(6):
            KV = K @ V
            V = 0.25 * V @ (13 * I - KV @ (15 * I - KV @ (7 * I - KV)))
        return V
    def f(q, k, v):
        D = q.shape[-1]
        q, k = q / D ** 0.25, k / D ** 0.25
        few = lambda x: x.reshape(*x.shape[:-2], landmarks, x.shape[-2] // landmarks, D).mean(-2)
        qm, km = few(q), few(k)
        k1, k2, k3 = [torch.softmax(a @ b.mT, -1) for a, b in [(q, km), (qm, km), (qm, k)]]
        return k1 @ inverse(k2) @ (k3 @ v)
    return f

def prob_sparse(sample, u):
    """ProbAttention of zhouhaoyi/Informer2020, without a mask: _prob_QK, _get_initial_context and _update_context."""
    def f(Q, K, V):
        B, H, L_Q, D = Q.shape
        L_K = K.shape[2]
        K_sample = K[:, :, sample, :]                                                      # [B, H, L_Q, U, D]
        QK_sample = torch.matmul(Q.unsqueeze(-2), K_sample.transpose(-2, -1)).squeeze(-2)
        M = QK_sample.max(-1)[0] - torch.div(QK_sample.sum(-1), L_K)
        top = M.topk(u, sorted=False)[1]
        b, h = torch.arange(B)[:, None, None], torch.arange(H)[None, :, None]
        scores = torch.matmul(Q[b, h, top, :], K.transpose(-2, -1)) / math.sqrt(D)
        context = V.mean(-2).unsqueeze(-2).expand(B, H, L_Q, V.shape[-1]).clone()
        return context.index_put((b, h, top), torch.softmax(scores, -1) @ V)
    return f

def auto_correlation(delays):
    """AutoCorrelation of thuml/Autoformer, time_delay_agg_inference, for one head."""
    def f(q, k, v):                                                                        # [B, T, D]
        T = q.shape[1]
        corr = torch.fft.irfft(torch.fft.rfft(q, dim=1) * torch.conj(torch.fft.rfft(k, dim=1)), n=T, dim=1).mean(-1)
        weights, delay = torch.topk(corr, delays, dim=-1)
        weights = torch.softmax(weights, -1)
        index = (torch.arange(T)[None, :, None] + delay[:, None, :]) % T                   # [B, T, delays]
        rolled = v[torch.arange(v.shape[0])[:, None, None], index]                         # [B, T, delays, D']
        return (rolled * weights[:, None, :, None]).sum(2)
    return f

omega = torch.randn(7, 3).float().double()
sample = torch.randint(6, (5, 3))
cases = dict(
    performer=case(performer(omega), rand(2, 2, 4, 3), rand(2, 2, 5, 3), rand(2, 2, 5, 2)),
    nystrom=case(nystrom(3), rand(2, 2, 6, 4), rand(2, 2, 9, 4), rand(2, 2, 9, 2)),
    probSparse=case(prob_sparse(sample, 2), rand(2, 2, 5, 3), rand(2, 2, 6, 3), rand(2, 2, 6, 2)),
    autoCorrelation=case(auto_correlation(3), rand(2, 6, 3), rand(2, 6, 3), rand(2, 6, 2)),
)
cases["performerCausal"] = case(performer(omega, causal=True), rand(2, 2, 4, 3), rand(2, 2, 4, 3), rand(2, 2, 4, 2))
cases["performer"]["omega"] = pack(omega)
cases["probSparse"]["sample"] = pack(sample)
write("linear-cost-attention", cases)
