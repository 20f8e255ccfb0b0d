"""Writes ../bayes.reference.json: Bayesian linear regression the long way, by scipy's multivariate normal law.

    pip install numpy==2.4.6 scipy==1.17.1 && python bayes.py

The evidence is the density of y under N(0, sigma^2 I + X T X'); the posterior conditions the joint law of (beta, y) on y, with matrices
of the size of y. Nothing here inverts X'X. Divergences are checked by quadrature in one dimension.
"""
import json
from pathlib import Path

import numpy as np
from scipy.integrate import quad
from scipy.stats import multivariate_normal, norm

random = np.random.default_rng(1)


def case(n, p, noise, prior, repeat=False):
    x = random.standard_normal((n, p))
    x[:, -1] = x[:, 0] if repeat else 0.9 * x[:, 0] + 0.4 * x[:, -1]
    tau = np.broadcast_to(np.asarray(prior, float), p)
    y = x @ (tau * random.standard_normal(p)) + noise * random.standard_normal(n)
    law = x * tau**2 @ x.T + noise**2 * np.eye(n)
    cross = (tau**2)[:, None] * x.T  # cov(beta, y)
    mean = cross @ np.linalg.solve(law, y)
    covariance = np.diag(tau**2) - cross @ np.linalg.solve(law, cross.T)
    new = random.standard_normal((3, p))
    return {
        "x": x.tolist(),
        "y": y.tolist(),
        "noise": noise,
        "prior": prior,
        "mean": mean.tolist(),
        "covariance": covariance.tolist(),
        "logEvidence": float(multivariate_normal(np.zeros(n), law).logpdf(y)),
        "logLikelihood": float(norm(x @ mean, noise).logpdf(y).sum()),
        "new": new.tolist(),
        "predicted": (new @ mean).tolist(),
        "deviations": np.sqrt(noise**2 + np.einsum("ij,jk,ik->i", new, covariance, new)).tolist(),
    }


def divergence(m0, s0, m1, s1):
    p, q = norm(m0, s0), norm(m1, s1)
    return {"p": [m0, s0], "q": [m1, s1], "kl": quad(lambda x: p.pdf(x) * (p.logpdf(x) - q.logpdf(x)), m0 - 12 * s0, m0 + 12 * s0, epsabs=1e-13)[0]}


out = {
    "regressions": [case(12, 3, 0.5, 0.8), case(3, 5, 0.3, 2.0), case(40, 3, 0.02, [0.5, 10, 0.1]), case(6, 2, 1.0, 1.0, repeat=True)],
    "divergences": [divergence(0, 1, 0.5, 2), divergence(-1, 0.3, 1, 0.7)],
}
Path(__file__).with_name("..").joinpath("bayes.reference.json").resolve().write_text(json.dumps(out) + "\n")
