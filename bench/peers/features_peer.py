"""What `npm run bench -- features` compares with: the features of features.json in polars, on the bars that bench/features/data.ts wrote.

    python features_peer.py FOLDER

Indicators come from polars-talib, which is TA-Lib in C; the rest from polars' own expressions, one lazy query for each asset, so that parts
that features share are computed once. The commands are those of protocol.py; the variants `closes` and `bars` name the sets.
"""
import json, os, sys, time

os.environ["POLARS_MAX_THREADS"] = "1"
folder = sys.argv[1]
import numpy as np
import polars as pl
import polars_talib as ta

manifest = json.load(open(os.path.join(folder, "features.json")))
raw = np.fromfile(os.path.join(folder, "features.bin"), "<f8").reshape(len(manifest["fields"]), manifest["rows"], manifest["assets"])
N = manifest["assets"]
frames = [pl.DataFrame({field: raw[i, :, n].copy() for i, field in enumerate(manifest["fields"])}) for n in range(N)]

close, high, low, open_, volume = (pl.col(name) for name in ("close", "high", "low", "open", "volume"))
lp, r, r2, ar, m = (pl.col(name) for name in ("lp", "r", "r2", "ar", "m"))
over = lambda h: lp.diff(h)
mean = lambda x, w: x.rolling_mean(w)
rv = lambda w: mean(r2, w).sqrt()
var = lambda x, w: x.rolling_var(w)
ema = lambda x, n: x.ewm_mean(span=n, adjust=False)
cov = lambda x, y, w: pl.rolling_cov(x, y, window_size=w)
corr = lambda x, y, w: pl.rolling_corr(x, y, window_size=w)
drop = lambda w: lp - lp.rolling_max(w)
bands = lambda w: (var(close, w) * ((w - 1) / w)).sqrt()
dollars = close * volume
typical = (high + low + close) / 3
location = (2 * close - high - low) / (high - low)
night = open_.log() - lp.shift(1)
session = lp - open_.log()
satchell = (high.log() - lp) * (high.log() - open_.log()) + (low.log() - lp) * (low.log() - open_.log())
spread = (high / low).log()

ONE = {  # a feature by its name without its windows
    "return": over,
    "momentum": lambda a, b: over(a - b).shift(b),
    "scaled-momentum": lambda w: over(w) / (rv(w) * w**0.5),
    "trend": lambda w: ta.linearreg_slope(lp, w),
    "price-to-mean": lambda w: lp - mean(close, w).log(),
    "mean-crossover": lambda a, b: mean(close, a).log() - mean(close, b).log(),
    "ema-crossover": lambda a, b: (ema(close, a) - ema(close, b)) / close.rolling_std(63),
    "nearness-to-high": drop,
    "nearness-to-low": lambda w: lp - lp.rolling_min(w),
    "up-share": lambda w: mean((r > 0).cast(pl.Float64), w),
    "information-discreteness": lambda w: over(w).sign() * -mean(r.sign(), w),
    "acceleration": lambda w: over(w).diff(w),
    "efficiency-ratio": lambda w: close.diff(w).abs() / close.diff().abs().rolling_sum(w),
    "gain-to-pain": lambda w: r.clip(lower_bound=0).rolling_sum(w) / ar.rolling_sum(w),
    "long-term-reversal": lambda a, b: -over(a - b).shift(b),
    "return-shock": lambda h: over(h) / (rv(63).shift(h) * h**0.5),
    "autocorrelation": lambda w: corr(r, r.shift(1), w),
    "variance-ratio": lambda h, w: var(over(h), w) / (h * var(r, w)),
    "seasonal-return": lambda a, b: over(a - b).shift(b),
    "realised-volatility": rv,
    "standard-deviation": lambda w: r.rolling_std(w),
    "ewma-volatility": lambda d: r2.ewm_mean(alpha=1 - d / 100, adjust=False).sqrt(),
    "downside-deviation": lambda w: mean(r.clip(upper_bound=0) ** 2, w).sqrt(),
    "upside-deviation": lambda w: mean(r.clip(lower_bound=0) ** 2, w).sqrt(),
    "bipower-volatility": lambda w: (mean(ar * ar.shift(1), w) * (np.pi / 2)).sqrt(),
    "jump-share": lambda w: 1 - mean(ar * ar.shift(1), w) * (np.pi / 2) / mean(r2, w),
    "volatility-ratio": lambda a, b: rv(a) / rv(b),
    "har-day": lambda: r2,
    "har-week": lambda: mean(r2, 5),
    "har-month": lambda: mean(r2, 22),
    "log-har-week": lambda: mean(r2, 5).log(),
    "log-har-month": lambda: mean(r2, 22).log(),
    "realised-quarticity": lambda w: mean(r2 * r2, w) / 3,
    "mean-absolute-return": lambda w: mean(ar, w),
    "max-return": lambda w: r.rolling_max(w),
    "min-return": lambda w: r.rolling_min(w),
    "volatility-of-volatility": lambda w: rv(5).log().rolling_std(w),
    "volatility-change": lambda w: rv(21).log().diff(w),
    "skewness": lambda w: r.rolling_skew(w, bias=False),
    "kurtosis": lambda w: r.rolling_kurtosis(w, bias=False),
    "value-at-risk-95": lambda w: -r.rolling_quantile(0.05, interpolation="linear", window_size=w),
    "tail-ratio": lambda w: r.rolling_quantile(0.95, interpolation="linear", window_size=w) / -r.rolling_quantile(0.05, interpolation="linear", window_size=w),
    "drawdown": lambda: lp - lp.cum_max(),
    "ulcer-index": lambda w: mean(drop(w) ** 2, w).sqrt(),
    "drawdown-change": lambda w: drop(252).diff(w),
    "rsi": lambda n: ta.rsi(close, timeperiod=n),
    "cmo": lambda n: ta.cmo(close, timeperiod=n),
    "macd": lambda a, b: ema(close, a) - ema(close, b),
    "macd-signal": lambda a, b, c: ema(ema(close, a) - ema(close, b), c),
    "macd-histogram": lambda a, b, c: ema(close, a) - ema(close, b) - ema(ema(close, a) - ema(close, b), c),
    "ppo": lambda a, b: 100 * (ema(close, a) / ema(close, b) - 1),
    "bollinger-b": lambda w: (close - mean(close, w)) / bands(w) / 4 + 0.5,
    "bollinger-width": lambda w: 4 * bands(w) / mean(close, w),
    "beta": lambda w: cov(r, m, w) / var(m, w),
    "shrunk-beta": lambda w: 0.6 * cov(r, m, w) / var(m, w) + 0.4,
    "market-correlation": lambda w: corr(r, m, w),
    "idiosyncratic-volatility": lambda w: (var(r, w) * (1 - corr(r, m, w) ** 2)).sqrt(),
    "downside-beta": lambda w: (r * m.clip(upper_bound=0)).rolling_sum(w) / (m.clip(upper_bound=0) ** 2).rolling_sum(w),
    "lagged-beta": lambda w: cov(r, m.shift(1), w) / var(m.shift(1), w),
    "beta-change": lambda w: cov(r, m, w) / var(m, w) - cov(r, m, 252) / var(m, 252),
    "market-return": lambda h: m if h == 1 else m.rolling_sum(h),
    "market-volatility": lambda w: mean(m * m, w).sqrt(),
    # of bars
    "parkinson-volatility": lambda w: (mean(spread**2, w) / (4 * np.log(2))).sqrt(),
    "garman-klass-volatility": lambda w: mean(spread**2 / 2 - (2 * np.log(2) - 1) * session**2, w).sqrt(),
    "rogers-satchell-volatility": lambda w: mean(satchell, w).sqrt(),
    "yang-zhang-volatility": lambda w: (var(night, w) + (k := 0.34 / (1.34 + (w + 1) / (w - 1))) * var(session, w) + (1 - k) * mean(satchell, w)).sqrt(),
    "overnight-return": lambda w: night if w == 1 else night.rolling_sum(w),
    "session-return": lambda w: session if w == 1 else session.rolling_sum(w),
    "true-range": lambda _: ta.trange(high, low, close),
    "atr": lambda n: ta.atr(high, low, close, timeperiod=n),
    "natr": lambda n: ta.natr(high, low, close, timeperiod=n),
    "plus-di": lambda n: ta.plus_di(high, low, close, timeperiod=n),
    "minus-di": lambda n: ta.minus_di(high, low, close, timeperiod=n),
    "adx": lambda n: ta.adx(high, low, close, timeperiod=n),
    "aroon-oscillator": lambda n: ta.aroonosc(high, low, timeperiod=n),
    "cci": lambda n: ta.cci(high, low, close, timeperiod=n),
    "stochastic-k": lambda n: 100 * (close - low.rolling_min(n)) / (high.rolling_max(n) - low.rolling_min(n)),
    "williams-r": lambda n: ta.willr(high, low, close, timeperiod=n),
    "ultimate-oscillator": lambda a, b, c: ta.ultosc(high, low, close, timeperiod1=a, timeperiod2=b, timeperiod3=c),
    "volume-ratio": lambda w: volume / mean(volume, w),
    "dollar-volume": lambda w: mean(dollars, w),
    "obv-share": lambda w: (close.diff().sign() * volume).rolling_sum(w) / volume.rolling_sum(w),
    "chaikin-money-flow": lambda w: (location * volume).rolling_sum(w) / volume.rolling_sum(w),
    "mfi": lambda n: ta.mfi(high, low, close, volume, timeperiod=n),
    "vwap-distance": lambda w: lp - ((typical * volume).rolling_sum(w) / volume.rolling_sum(w)).log(),
    "amihud": lambda w: mean(ar / dollars, w),
    "roll-spread": lambda w: 2 * (-cov(r, r.shift(1), w)).clip(lower_bound=0).sqrt(),
}


def expression(name):
    parts = name.split("-")
    for k in range(len(parts), 0, -1):
        if "-".join(parts[:k]) in ONE:
            return ONE["-".join(parts[:k])](*map(int, parts[k:])).alias(name)
    raise KeyError(name)


def compute(which):
    returns = [frame.select(pl.col("close").log().diff()).to_series() for frame in frames]
    market = pl.DataFrame({str(n): one for n, one in enumerate(returns)}).select(pl.mean_horizontal(pl.all(), ignore_nulls=False)).to_series()
    chosen = [expression(name) for name in manifest[which]]
    out = []
    for frame in frames:
        query = frame.lazy().with_columns(pl.col("close").log().alias("lp"), market.alias("m"))
        query = query.with_columns(lp.diff().alias("r")).with_columns((r * r).alias("r2"), r.abs().alias("ar"))
        out.append(query.select(chosen).collect())
    return out


def answer(which):
    """One number of the last row of all features: what both sides must agree on."""
    last = np.array([[float(x) for x in frame.row(-1)] for frame in compute(which)])
    return float(np.arcsinh(last).mean())


if __name__ == "__main__":
    print(json.dumps(dict(version=f"Python {sys.version.split()[0]}, polars {pl.__version__}, polars-talib {ta.__version__ if hasattr(ta, '__version__') else ''}".rstrip(" ,"))), flush=True)
    for line in sys.stdin:
        command, which, _, argument = line.split()
        if command == "train":
            reply = dict(loss=answer(which))
        else:
            times, end = [], time.perf_counter() + float(argument)
            while (start := time.perf_counter()) < end or len(times) < 2:
                compute(which)
                times.append(1e6 * (time.perf_counter() - start))
            reply = dict(times=times)
        print(json.dumps(reply), flush=True)
