"""What `npm run bench -- statistics` compares with: a computation by name, on the arrays that bench/statistics/data.ts wrote.

    python statistics_peer.py FOLDER

The commands are those of protocol.py; `train` runs a row once and answers with the number that both sides must agree on.
"""
import glob, importlib.metadata, json, os, sys, time, warnings

folder = sys.argv[1]
import numpy as np
import pandas as pd
import scipy
import sklearn
import statsmodels
import statsmodels.api as sm
from sklearn.linear_model import LinearRegression, RidgeCV, lasso_path

warnings.filterwarnings("ignore")
manifest = json.load(open(os.path.join(folder, "statistics.json")))
raw = open(os.path.join(folder, "statistics.bin"), "rb").read()


def load(name):
    offset, shape = manifest[name]["offset"], manifest[name]["shape"]
    return np.frombuffer(raw, "<f8", int(np.prod(shape)), offset).reshape(shape).copy()


returns, x, y, labels, prices, weights = (load(name) for name in ("returns", "x", "y", "labels", "prices", "weights"))
frame = pd.DataFrame(returns)
with_ones = sm.add_constant(x)


def ridge():
    fit = RidgeCV(alphas=np.geomspace(1, 1e7, 57)).fit(x, y)
    return fit.coef_[0]


def logit():
    fit = sm.Logit(labels, with_ones).fit(disp=0)
    return fit.bse[1] + fit.params[1]


def hac():
    fit = sm.OLS(y, with_ones).fit(cov_type="HAC", cov_kwds=dict(maxlags=20))
    return fit.bse[1] + fit.params[1]


def parquet():
    (file,) = glob.glob(os.path.join(folder, "store", "bench", "prices.*.parquet"))
    return pd.read_parquet(file, use_threads=False).iloc[-1, 1]


def csv():
    return pd.read_csv(os.path.join(folder, "prices.csv"), index_col=0, parse_dates=True).iloc[-1, 0]


close = pd.DataFrame(prices)
# Decided at a close, traded at the next.
size = pd.DataFrame(np.vstack([np.full_like(weights[:1], np.nan), weights[:-1]]))


def backtest():
    import vectorbt as vbt  # compiles for seconds: not for who asks for another row

    shared = dict(cash_sharing=True, group_by=True, call_seq="auto", init_cash=1e6)
    run = vbt.Portfolio.from_orders(close, size=size, size_type="targetpercent", fees=0.0005, freq="1D", **shared)
    return run.value().iloc[-1]


rows = dict(
    load=parquet,
    csv=csv,
    rolling=lambda: frame.rolling(252).std().iloc[-1, 0],
    rank=lambda: frame.rank(axis=1, pct=True).iloc[-1].iloc[0],
    ols=lambda: sm.OLS(y, with_ones).fit().bse[1],
    hac=hac,
    logit=logit,
    lasso=lambda: lasso_path(x - x.mean(0), y - y.mean(), alphas=100, eps=1e-3)[1][0, -1],
    ridge=ridge,
    backtest=backtest,
)

if __name__ == "__main__":
    names = (("Python", sys.version.split()[0]), ("numpy", np.__version__), ("pandas", pd.__version__), ("statsmodels", statsmodels.__version__), ("scikit-learn", sklearn.__version__), ("vectorbt", importlib.metadata.version("vectorbt")))
    print(json.dumps(dict(version=", ".join(" ".join(pair) for pair in names))), flush=True)
    for line in sys.stdin:
        command, row, _, argument = line.split()
        if command == "train":
            answer = dict(loss=float(rows[row]()))
        else:
            times, end = [], time.perf_counter() + float(argument)
            while (start := time.perf_counter()) < end or len(times) < 2:
                rows[row]()
                times.append(1e6 * (time.perf_counter() - start))
            answer = dict(times=times)
        print(json.dumps(answer), flush=True)
