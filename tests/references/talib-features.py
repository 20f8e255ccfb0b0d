"""Makes tests/references/talib-features.json: indicators of TA-Lib on random bars.  python talib-features.py > talib-features.json

pip install ta-lib==0.8.2 numpy==2.4.6
"""
import json
import numpy as np
import talib as ta

rng = np.random.default_rng(1)
T = 900
sigma = 0.012 * (1 + 0.5 * np.sin(np.arange(T) / 70))
night, session, up, down, busy = rng.standard_normal((5, T))
logs = np.log(80) + np.cumsum(sigma * (0.4 * night + session))
close = np.round(np.exp(logs), 3)
open = np.round(np.exp(logs - sigma * session), 3)
high = np.round(np.maximum(open, close) * np.exp(0.5 * sigma * np.abs(up)), 3)
low = np.round(np.minimum(open, close) * np.exp(-0.5 * sigma * np.abs(down)), 3)
volume = np.round(1e5 * np.exp(0.3 * busy))

returns = np.concatenate([[np.nan], np.diff(np.log(close))])
upper, middle, lower = ta.BBANDS(close, 20, 2, 2)
macd, signal, histogram = ta.MACD(close, 12, 26, 9)
fast_k, fast_d = ta.STOCHF(high, low, close, 14, 3)
slow_k, slow_d = ta.STOCH(high, low, close, 14, 3, 0, 3, 0)
aroon_down, aroon_up = ta.AROON(high, low, 25)

# From the first value on: no seed, or the same one. The others agree when the warm-up of ours is over.
exact = {
    "rsi-7": ta.RSI(close, 7),
    "rsi-14": ta.RSI(close, 14),
    "rsi-28": ta.RSI(close, 28),
    "cmo-14": ta.CMO(close, 14),
    "bollinger-b-20": (close - lower) / (upper - lower),
    "bollinger-width-20": (upper - lower) / middle,
    "true-range-1": ta.TRANGE(high, low, close),
    "atr-14": ta.ATR(high, low, close, 14),
    "atr-21": ta.ATR(high, low, close, 21),
    "natr-14": ta.NATR(high, low, close, 14),
    "aroon-up-25": aroon_up,
    "aroon-down-25": aroon_down,
    "aroon-oscillator-25": ta.AROONOSC(high, low, 25),
    "cci-20": ta.CCI(high, low, close, 20),
    "stochastic-k-14": ta.STOCHF(high, low, close, 14, 1)[0],
    "stochastic-d-14-3": fast_d,
    "stochastic-slow-d-14-3-3": slow_d,
    "stochastic-rsi-14": ta.STOCHRSI(close, 14, 14, 1)[0] / 100,
    "williams-r-28": ta.WILLR(high, low, close, 28),
    "ultimate-oscillator-7-14-28": ta.ULTOSC(high, low, close, 7, 14, 28),
    "mfi-14": ta.MFI(high, low, close, volume, 14),
    "accumulation-distribution": ta.AD(high, low, close, volume),
    "obv": np.concatenate([[np.nan], ta.OBV(close, volume)[1:] - volume[0]]),  # ours begins with the first change
    "trend-63": ta.LINEARREG_SLOPE(np.log(close), 63),
    "standard-deviation-63": np.concatenate([[np.nan], ta.STDDEV(returns[1:], 63)]) * np.sqrt(63 / 62),
}
settled = {
    "macd-12-26": macd,
    "macd-signal-12-26-9": signal,
    "macd-histogram-12-26-9": histogram,
    "ppo-12-26": ta.PPO(close, 12, 26, 1),
    "trix-15": ta.TRIX(close, 15),
    "dema-distance-20": close / ta.DEMA(close, 20) - 1,
    "plus-di-14": ta.PLUS_DI(high, low, close, 14),
    "minus-di-14": ta.MINUS_DI(high, low, close, 14),
    "dx-14": ta.DX(high, low, close, 14),
    "adx-14": ta.ADX(high, low, close, 14),
}

FEW = 3
LAST = 30


def rows(values, from_first):
    first = int(np.argmax(~np.isnan(values)))
    at = [*range(first, first + FEW), *range(T - LAST, T)] if from_first else range(T - LAST, T)
    return [[t, float(values[t])] for t in at]


bars = dict(open=open, high=high, low=low, close=close, volume=volume)
print(json.dumps(dict(
    version=f"TA-Lib {ta.__version__}",
    bars={name: values.tolist() for name, values in bars.items()},
    exact={name: rows(values, True) for name, values in exact.items()},
    settled={name: rows(values, False) for name, values in settled.items()},
), separators=(",", ":")))
