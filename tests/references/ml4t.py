"""Forecasts, prices and what ml4t-diagnostic says of them, into ml4t.json: `python -P tests/references/ml4t.py` in a virtual environment with
pip install ml4t-diagnostic==0.1.0b2 polars==2.1.0 numpy==2.4.6"""

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl
from ml4t.diagnostic.evaluation.metrics.basic import hit_rate
from ml4t.diagnostic.evaluation.metrics.ic_statistics import compute_ic_hac_stats
from ml4t.diagnostic.evaluation.metrics.information_coefficient import compute_ic_series
from ml4t.diagnostic.evaluation.stats.backtest_overfitting import compute_pbo
from ml4t.diagnostic.evaluation.stats.deflated_sharpe_ratio import deflated_sharpe_ratio_from_statistics
from ml4t.diagnostic.evaluation.stats.sharpe_inference import compute_expected_max_sharpe
from ml4t.diagnostic.signal._utils import compute_forward_returns, quantize_factor
from ml4t.diagnostic.signal.quantile import compute_quantile_returns
from ml4t.diagnostic.signal.turnover import compute_autocorrelation

rng = np.random.default_rng(5)
T, N = 40, 12
prices = np.round(100 * np.exp(np.cumsum(0.02 * rng.standard_normal((T, N)), axis=0)), 2)
ahead = np.full((T, N), np.nan)
ahead[:-1] = prices[1:] / prices[:-1] - 1
forecast = np.round(0.4 * np.nan_to_num(ahead) / 0.02 + rng.standard_normal((T, N)), 1)
forecast[7] = 0.5  # all forecasts tie on a date
forecast[11, 3:] = np.nan  # three assets have a forecast
forecast[13, 2] = np.nan

date, asset = np.repeat(np.arange(T), N), np.tile(np.arange(N), T)
signal = pl.DataFrame({"date": date, "asset": asset, "prediction": forecast.ravel()})
outcome = pl.DataFrame({"date": date, "asset": asset, "forward_return": ahead.ravel()})


def ic(method):
    series = compute_ic_series(signal, outcome, entity_col="asset", method=method, min_periods=3)
    stats = compute_ic_hac_stats(series, maxlags=3, use_correction=False)
    return {
        "values": [None if v is None or np.isnan(v) else v for v in series["ic"]],
        "mean": stats["mean_ic"],
        "hacError3": stats["hac_se"],
    }


factor = signal.filter(~pl.col("prediction").is_nan()).rename({"prediction": "factor"})
priced = pl.DataFrame({"date": date, "asset": asset, "price": prices.ravel()})
ranked = compute_forward_returns(quantize_factor(factor, 4), priced, (1, 3))
by_date = [compute_quantile_returns(ranked.filter(pl.col("date") == t), 1, 4) for t in range(T - 1) if t not in (7, 11)]
stable = [t for t in range(T) if t != 7]

performance = np.round(rng.standard_normal((32, 6)) + np.array([0, 0.1, 0.3, 0, -0.2, 0.05]), 3)
groups = np.split(performance, 4)


def half(chosen):
    rows = np.concatenate([groups[g] for g in chosen])
    return rows.mean(axis=0) / rows.std(axis=0, ddof=1)


chosen = list(combinations(range(4), 2))
within = np.array([half(c) for c in chosen])
outside = np.array([half([g for g in range(4) if g not in c]) for c in chosen])
overfit = compute_pbo(within, outside)
known = ~np.isnan(forecast[:-1]) & (forecast[:-1] != 0) & (ahead[:-1] != 0)

reference = {
    "prices": prices.tolist(),
    "forecast": [[None if np.isnan(v) else v for v in row] for row in forecast],
    "pearson": ic("pearson"),
    "spearman": ic("spearman"),
    "quantiles": [float(np.nanmean([one[q] for one in by_date])) for q in (1, 2, 3, 4)],
    "stability": compute_autocorrelation(factor.filter(pl.col("date").is_in(stable)), [1, 2], min_obs=3),
    "hitRate": hit_rate(forecast[:-1][known], ahead[:-1][known]) / 100,
    "expectedMaximum": [compute_expected_max_sharpe(n, 0.002) for n in (2, 10, 100, 5000)],
    "performance": performance.tolist(),
    "overfitting": {"pbo": overfit.pbo, "degradation": overfit.degradation_mean, "rank": overfit.is_best_rank_oos_mean},
    # ml4t takes the variance at the benchmark, where ours takes it at the ratio, and n for n - 1.
    "probabilisticAtZero": deflated_sharpe_ratio_from_statistics(0.1, 99, skewness=-1.0, excess_kurtosis=4.0).probability,
}
Path(__file__).with_suffix(".json").write_text(json.dumps(reference) + "\n")
