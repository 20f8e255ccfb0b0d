"""Writes hmmlearn.json: Gaussian regimes by hmmlearn 0.3.3, at given parameters and by EM without its priors.

    pip install hmmlearn==0.3.3 && python -P hmmlearn.py        -P: or this file would stand in for the package
"""
import json
from pathlib import Path

import numpy as np
from hmmlearn.hmm import GaussianHMM


def simulate(seed, n, means, deviations, transition):
    rng = np.random.default_rng(seed)
    k, out = 0, []
    for _ in range(n):
        out.append(rng.normal(means[k], deviations[k]))
        k = rng.choice(len(means), p=transition[k])
    return np.array(out).round(4)


def model(means, deviations, transition, start):
    m = GaussianHMM(n_components=len(means), covariance_type="diag")
    m.startprob_, m.transmat_ = np.array(start), np.array(transition)
    m.means_, m.covars_ = np.array(means)[:, None], np.array(deviations)[:, None] ** 2
    return m


TWO = dict(means=[0.08, -0.15], deviations=[0.7, 1.9], transition=[[0.98, 0.02], [0.06, 0.94]])
THREE = dict(means=[0.1, 0.0, -0.3], deviations=[0.5, 1.1, 2.6], transition=[[0.97, 0.025, 0.005], [0.03, 0.95, 0.02], [0.01, 0.07, 0.92]])
out = []
for seed, n, truth, start in [(1, 800, TWO, [0.5, 0.5]), (2, 1000, THREE, [0.2, 0.5, 0.3])]:
    y = simulate(seed, n, **truth)
    known = model(**truth, start=start)
    # Of a history that ends at t, the smoothed probabilities of t are the filtered ones.
    at = [0, 1, 17, 250, n - 1]
    filtered = [known.predict_proba(y[: t + 1, None])[-1].tolist() for t in at]
    smoothed = known.predict_proba(y[:, None])[at].tolist()
    k = len(start)
    fit = GaussianHMM(
        n_components=k, covariance_type="diag", covars_prior=0, covars_weight=1, min_covar=0, init_params="", n_iter=400, tol=-np.inf
    )
    fit.startprob_, fit.transmat_ = np.array(start), np.array(truth["transition"])
    fit.means_, fit.covars_ = np.array(truth["means"])[:, None], np.array(truth["deviations"])[:, None] ** 2
    fit.fit(y[:, None])
    print(fit.monitor_.iter, fit.score(y[:, None]), fit.means_.ravel(), np.sqrt(fit.covars_.ravel()), fit.transmat_, fit.startprob_)
    out.append(
        {
            "y": y.tolist(),
            **truth,
            "start": start,
            "at": at,
            "filtered": filtered,
            "smoothed": smoothed,
            "logLikelihood": known.score(y[:, None]),
            "fit": {
                "means": fit.means_.ravel().tolist(),
                "deviations": np.sqrt(fit.covars_.ravel()).tolist(),
                "transition": fit.transmat_.tolist(),
                "start": fit.startprob_.tolist(),
                "logLikelihood": fit.score(y[:, None]),
            },
        }
    )
Path(__file__).with_name("hmmlearn.json").write_text(json.dumps(out) + "\n")
