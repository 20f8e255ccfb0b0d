"""Writes arch.json: GARCH, GJR and EGARCH fits by arch 8.0.0, on returns simulated here.

    pip install arch==8.0.0 && python -P arch.py        -P: or this file would stand in for the package
"""
import json
from pathlib import Path

import numpy as np
from arch import arch_model

N = 1000


def simulate(seed, omega, alpha, gamma, beta, mu=0.05, phi=0.0, nu=None):
    """Returns in percent, rounded to four digits after the point."""
    rng = np.random.default_rng(seed)
    z = rng.standard_normal(N + 500) if nu is None else rng.standard_t(nu, N + 500) * np.sqrt((nu - 2) / nu)
    variance, returns = omega / (1 - alpha - gamma / 2 - beta), np.zeros(N + 500)
    for t in range(1, N + 500):
        returns[t] = mu + phi * returns[t - 1] + np.sqrt(variance) * z[t]
        e2 = variance * z[t] ** 2
        variance = omega + (alpha + gamma * (z[t] < 0)) * e2 + beta * variance
    return returns[500:].round(4)


SAMPLES = {
    "symmetric": simulate(1, 0.03, 0.08, 0.0, 0.9),
    "leverage": simulate(2, 0.02, 0.03, 0.12, 0.89, nu=6),
    "autoregressive": simulate(3, 0.10, 0.15, 0.0, 0.75, phi=0.3),
}
CASES = [
    ("symmetric", "zero", "GARCH", (1, 0, 1), "normal"),
    ("symmetric", "constant", "GARCH", (1, 0, 1), "normal"),
    ("symmetric", "constant", "GARCH", (2, 0, 1), "normal"),
    ("symmetric", "constant", "GARCH", (1, 0, 0), "normal"),
    ("leverage", "constant", "GARCH", (1, 1, 1), "normal"),
    ("leverage", "constant", "GARCH", (1, 1, 1), "t"),
    ("leverage", "constant", "EGARCH", (1, 1, 1), "normal"),
    ("leverage", "constant", "EGARCH", (1, 1, 1), "t"),
    ("leverage", "zero", "EGARCH", (2, 1, 1), "normal"),
    ("autoregressive", "AR", "GARCH", (1, 0, 1), "normal"),
    ("leverage", "AR", "GARCH", (1, 0, 1), "t"),
]

out = []
for sample, mean, vol, (p, o, q), dist in CASES:
    # arch takes the log-likelihood of an AR(1) from its second row on.
    model = arch_model(SAMPLES[sample], mean=mean, lags=1 if mean == "AR" else 0, vol=vol, p=p, o=o, q=q, dist=dist, rescale=False)
    # What SLSQP finds is polished from there.
    fit = model.fit(disp="off", tol=1e-14, options={"maxiter": 2000})
    fit = model.fit(disp="off", tol=1e-15, starting_values=fit.params.to_numpy(), options={"maxiter": 2000})
    horizon = 5 if vol == "GARCH" else 1
    forecast = fit.forecast(horizon=horizon)
    out.append(
        {
            "sample": sample,
            "mean": mean,
            "vol": vol,
            "orders": [p, o, q],
            "errors": dist,
            "names": list(fit.params.index),
            "coefficients": fit.params.tolist(),
            "robust": fit.std_err.tolist(),
            "classical": np.sqrt(np.diag(model.compute_param_cov(fit.params.to_numpy(), robust=False))).tolist(),
            "logLikelihood": fit.loglikelihood,
            "aic": fit.aic,
            "bic": fit.bic,
            "variance": [float(fit.conditional_volatility[t] ** 2) for t in (1, 2, 10, 500, N - 1)],
            # `variance` is of the return, `residual_variance` of its shock
            "forecast": forecast.variance.to_numpy()[-1].tolist(),
            "shocks": forecast.residual_variance.to_numpy()[-1].tolist(),
            "forecastMean": forecast.mean.to_numpy()[-1].tolist(),
        }
    )
    print(sample, mean, vol, (p, o, q), dist, fit.loglikelihood, fit.params.round(4).tolist())

samples = {name: values.tolist() for name, values in SAMPLES.items()}
Path(__file__).with_name("arch.json").write_text(json.dumps({"samples": samples, "fits": out}) + "\n")
