"""Writes statsmodels.json: gamma regression with a log link by statsmodels 0.15.0, on variances simulated here.

    pip install statsmodels==0.15.0 && python -P statsmodels.py        -P: or this file would stand in for the package
"""
import json
from pathlib import Path

import numpy as np
import statsmodels.api as sm
from statsmodels.stats.sandwich_covariance import S_hac_simple

out = []
for seed, n, beta, shape in [(1, 200, [-0.5, 0.4, 0.3], 4.0), (2, 60, [1.0, -1.2], 0.7), (3, 500, [-9.0, 0.5, 0.2, 0.2], 2.0)]:
    rng = np.random.default_rng(seed)
    columns = rng.normal(size=(len(beta) - 1, n)).round(4)
    x = sm.add_constant(columns.T)
    mu = np.exp(x @ beta)
    y = np.array([float(f"{v:.5g}") for v in rng.gamma(shape, mu / shape)])
    fit = sm.GLM(y, x, family=sm.families.Gamma(sm.families.links.Log())).fit(tol=1e-14, maxiter=200)
    # With Fisher's information, as R's sandwich has it; statsmodels' own cov_type="HAC" takes the observed one.
    bread = np.linalg.inv(x.T @ x)
    hac = bread @ S_hac_simple(x * (y / fit.mu - 1)[:, None], 4) @ bread
    out.append(
        {
            "columns": columns.tolist(),
            "y": y.tolist(),
            "coefficients": fit.params.tolist(),
            "standardErrors": fit.bse.tolist(),
            "deviance": fit.deviance,
            "nullDeviance": fit.null_deviance,
            "dispersion": fit.scale,
            "hac": np.sqrt(np.diag(hac)).tolist(),
        }
    )
    print(fit.params, fit.bse, hac, fit.deviance, fit.scale)
Path(__file__).with_name("statsmodels.json").write_text(json.dumps(out) + "\n")
