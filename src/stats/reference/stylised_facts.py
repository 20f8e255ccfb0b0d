"""Stylised facts of a small sample by scipy, statsmodels and numpy, for src/stats/paths. Run: python stylised_facts.py > ../stylised-facts.reference.json"""
import json
import sys

import numpy as np
from scipy.stats import kurtosis, skew
from statsmodels.tsa.stattools import acf

rng = np.random.default_rng(9)
T, N = 90, 3
vol = np.exp(0.5 * np.cumsum(rng.normal(size=T)) / 8)
r = 0.01 * vol[:, None] * (rng.standard_t(5, size=(T, N)) + 0.7 * rng.standard_t(5, size=(T, 1)))
r = np.round(r, 8)
size = np.abs(r)
z = (r - r.mean(0)) / r.std(0)
s = (size - size.mean(0)) / size.std(0)
months = np.array([r[20 * m : 20 * m + 20].sum(0) for m in range(T // 20)])
upper = np.triu_indices(N, 1)
facts = {
    'volatility': r.std(0).mean(),
    'skewness': skew(r).mean(),
    'kurtosis': kurtosis(r, fisher=False).mean(),
    'kurtosisOfMonths': kurtosis(months, fisher=False).mean(),
    'beyondThree': (np.abs(z) > 3).mean(),
    'memory': np.mean([acf(r[:, n], nlags=1)[1] for n in range(N)]),
    'clustering1': np.mean([acf(size[:, n], nlags=20)[1] for n in range(N)]),
    'clustering5': np.mean([acf(size[:, n], nlags=20)[5] for n in range(N)]),
    'clustering20': np.mean([acf(size[:, n], nlags=20)[20] for n in range(N)]),
    'leverage': np.mean([(z[:-k, n] * s[k:, n]).sum() / T for n in range(N) for k in range(1, 6)]),
    'correlation': np.corrcoef(r.T)[upper].mean(),
    'correlationOfSizes': np.corrcoef(size.T)[upper].mean(),
}
json.dump({'returns': r.ravel().tolist(), 'shape': [T, N], 'facts': {k: float(v) for k, v in facts.items()}}, sys.stdout)
