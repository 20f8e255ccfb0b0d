"""Weights traded at opens by vectorbt: equity, cash and every order of a shared case.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install vectorbt==1.2.0 numpy==2.4.6 pandas==3.1.1 numba==0.68.1
    /tmp/venv/bin/python -P tests/references/vectorbt.py        -P: or this file would stand in for the package

Prices are random to a cent; weights are long and short with a gross exposure of at most 0.9, so that cash never binds, and are given on
some rows only. vectorbt trades in fractions of shares, at the row's open, towards weights of the value at that open.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import vectorbt as vbt

rng = np.random.default_rng(11)
T, N = 120, 4
close = np.round(np.exp(np.log([20, 50, 100, 300]) + np.cumsum(rng.normal(0, 0.02, (T, N)), 0)), 2)
open_ = np.round(np.vstack([close[:1], close[:-1]]) * np.exp(rng.normal(0, 0.01, (T, N))), 2)
decided = np.flatnonzero(rng.random(T - 1) < 0.3)
weights = rng.normal(0, 1, (len(decided), N))
weights = np.round(0.9 * weights / np.abs(weights).sum(1, keepdims=True), 4)
weights = np.where(np.abs(weights).sum(1, keepdims=True) > 0.9, weights * 0.99, weights).round(4)

size = np.full((T, N), np.nan)
size[decided + 1] = weights
fees, cash = 0.001, 100_000.0
portfolio = vbt.Portfolio.from_orders(
    pd.DataFrame(close),
    size=pd.DataFrame(size),
    size_type="targetpercent",
    price=pd.DataFrame(open_),
    val_price=pd.DataFrame(open_),
    fees=fees,
    init_cash=cash,
    cash_sharing=True,
    group_by=True,
    call_seq="auto",
    freq="1D",
)
orders = portfolio.orders.records
case = dict(
    version=f"vectorbt {vbt.__version__}",
    fees=fees,
    capital=cash,
    open=open_.tolist(),
    close=close.tolist(),
    decided=decided.tolist(),
    weights=weights.tolist(),
    equity=portfolio.value().tolist(),
    cash=portfolio.cash().tolist(),
    orders=[
        dict(row=int(o.idx), asset=int(o.col), shares=float(o["size"]) * (1 if o.side == 0 else -1), price=float(o.price), fees=float(o.fees))
        for _, o in orders.sort_values(["idx", "col"]).iterrows()
    ],
)
Path(__file__).with_name("vectorbt.json").write_text(json.dumps(case, separators=(",", ":")) + "\n")
