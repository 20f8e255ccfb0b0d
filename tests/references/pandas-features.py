"""Makes tests/references/pandas-features.json: rolling, exponentially weighted and cross-sectional statistics of random prices.  python pandas-features.py > pandas-features.json

pip install pandas==3.1.1 numpy==2.4.6
"""
import json
import numpy as np
import pandas as pd

rng = np.random.default_rng(2)
T, N = 700, 4
common = rng.standard_normal((T, 1))
z = 0.6 * common + 0.8 * rng.standard_t(5, (T, N))
price = pd.DataFrame(np.round(np.exp(np.log([40, 80, 15, 120]) + np.cumsum(0.012 * z, 0)), 4))

log = np.log(price)
r = log.diff()
m = r.mean(axis=1)
wide = lambda s: pd.concat([s] * N, axis=1, keys=range(N))
squared = r**2
volatility = lambda w: np.sqrt(squared.rolling(w).mean())
beta = lambda w: r.rolling(w).cov(m).div(m.rolling(w).var(), axis=0)
correlation = lambda w: r.apply(lambda x: x.rolling(w).corr(m))
ema = lambda x, n: x.ewm(span=n, adjust=False).mean()
rank = lambda x: x.rank(axis=1, pct=True)
score = lambda x: x.sub(x.mean(axis=1), axis=0).div(x.std(axis=1), axis=0)
momentum = log.shift(21) - log.shift(252)
residual = r - beta(252).shift(1).mul(m, axis=0)
variance = r.rolling(63).var()

features = {
    "return-1": r,
    "return-21": log.diff(21),
    "momentum-252-21": momentum,
    "price-to-mean-50": np.log(price / price.rolling(50).mean()),
    "nearness-to-high-252": log - log.rolling(252).max(),
    "nearness-to-low-63": log - log.rolling(63).min(),
    "up-share-63": (r > 0).astype(float).rolling(63).mean(),
    "efficiency-ratio-21": price.diff(21).abs() / price.diff().abs().rolling(21).sum(),
    "trend-r2-63": log.rolling(63).corr(pd.Series(np.arange(T, dtype=float))) ** 2,
    "realised-volatility-21": volatility(21),
    "standard-deviation-252": r.rolling(252).std(),
    "ewma-volatility-94": np.sqrt(squared.iloc[1:].ewm(alpha=0.06, adjust=False).mean()),
    "downside-deviation-63": np.sqrt((r.clip(upper=0) ** 2).rolling(63).mean()),
    "bipower-volatility-63": np.sqrt(np.pi / 2 * (r.abs() * r.abs().shift()).rolling(63).mean()),
    "volatility-of-volatility-63": np.log(volatility(5)).rolling(63).std(),
    "volatility-rank-252": volatility(21).rolling(252).rank(pct=True),
    "skewness-63": r.rolling(63).skew(),
    "skewness-252": r.rolling(252).skew(),
    "kurtosis-63": r.rolling(63).kurt(),
    "kurtosis-252": r.rolling(252).kurt(),
    "value-at-risk-95-252": -r.rolling(252).quantile(0.05),
    "tail-ratio-252": r.rolling(252).quantile(0.95) / -r.rolling(252).quantile(0.05),
    "autocorrelation-63": r.rolling(63).corr(r.shift()),
    "variance-ratio-5-126": log.diff(5).rolling(126).var() / (5 * r.rolling(126).var()),
    "drawdown": log - log.cummax(),
    "ema-crossover-8-24": (ema(price, 8) - ema(price, 24)) / price.rolling(63).std(),
    "max-drawdown-63": log.rolling(63).apply(lambda x: (np.maximum.accumulate(x) - x).max(), raw=True),
    "beta-252": beta(252),
    "market-correlation-126": correlation(126),
    "idiosyncratic-volatility-63": np.sqrt(variance * (1 - correlation(63) ** 2)),
    "residual-momentum-252-21": (residual.rolling(231).mean() / residual.rolling(231).std()).shift(21),
    "market-volatility-63": wide(np.sqrt((m**2).rolling(63).mean())),
    "dispersion-1": wide(r.std(axis=1)),
    "average-correlation-63": wide(pd.Series([
        (np.sum(c := np.cov(r.iloc[t - 62 : t + 1].T)) - np.trace(c)) / (np.sum(d := np.sqrt(np.outer(np.diag(c), np.diag(c)))) - np.trace(d))
        if t >= 63 else np.nan for t in range(T)])),
    "breadth-21": wide((log.diff(21) > 0).mean(axis=1)),
    "return-5-rank": rank(log.diff(5)),
    "momentum-252-21-rank": rank(momentum),
    "return-21-z": score(log.diff(21)),
    "realised-volatility-21-z": score(volatility(21)),
}

LAST = 10
print(json.dumps(dict(
    version=f"pandas {pd.__version__}",
    price=price.values.tolist(),
    features={name: x.values[-LAST:].tolist() for name, x in features.items()},
), separators=(",", ":")))
