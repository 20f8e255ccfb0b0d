"""Orders with stops and targets on bars by backtesting.py: equity at each bar and every trade of a shared case.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install backtesting==0.6.6 numpy==2.4.6 pandas==3.1.1
    /tmp/venv/bin/python -P tests/references/backtesting.py        -P: or this file would stand in for the package

Bars are random to a cent. Orders are given at a close, enter at the next open, and leave at their stop, at their target, or at the open after
a date of their own; some pass several levels in one bar, and some gap over them.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import backtesting
from backtesting import Backtest, Strategy

rng = np.random.default_rng(5)
T = 160
close = np.round(100 * np.exp(np.cumsum(rng.normal(0, 0.02, T))), 2)
open_ = np.round(np.concatenate([close[:1], close[:-1]]) * np.exp(rng.normal(0, 0.02, T)), 2)
high = np.round(np.maximum(open_, close) * np.exp(np.abs(rng.normal(0, 0.01, T))), 2)
low = np.round(np.minimum(open_, close) * np.exp(-np.abs(rng.normal(0, 0.01, T))), 2)
orders = []
for row in np.flatnonzero(rng.random(T - 12) < 0.25)[1:]:
    row, side = int(row), 1 if rng.random() < 0.6 else -1
    order = dict(row=row, shares=side * int(rng.integers(1, 80)))
    if rng.random() < 0.8:
        order["stop"] = round(float(close[row] * (1 - side * rng.uniform(0.005, 0.06))), 2)
    if rng.random() < 0.8:
        order["target"] = round(float(close[row] * (1 + side * rng.uniform(0.005, 0.06))), 2)
    order["until"] = row + int(rng.integers(2, 10))
    # Where a bar opens beyond the target and reaches the stop later, backtesting.py takes the stop; the open came first.
    if side * (open_[row + 1] - order.get("target", side * np.inf)) < 0:
        orders.append(order)


class Orders(Strategy):
    def init(self):
        pass

    def next(self):
        row = len(self.data) - 1
        for i, order in enumerate(orders):
            if order["row"] == row:
                place = self.buy if order["shares"] > 0 else self.sell
                place(size=abs(order["shares"]), sl=order.get("stop"), tp=order.get("target"), tag=i)
        for trade in self.trades:
            if orders[trade.tag]["until"] == row:
                trade.close()


bars = pd.DataFrame(dict(Open=open_, High=high, Low=low, Close=close), index=pd.date_range("2020-01-01", periods=T))
fees, cash = 0.001, 100_000
stats = Backtest(bars, Orders, cash=cash, commission=fees, hedging=True, margin=0.2).run()
case = dict(
    version=f"backtesting {backtesting.__version__}",
    fees=fees,
    capital=cash,
    open=open_.tolist(),
    high=high.tolist(),
    low=low.tolist(),
    close=close.tolist(),
    orders=orders,
    equity=stats._equity_curve["Equity"].tolist(),
    trades=[
        dict(order=int(t.Tag), entryRow=int(t.EntryBar), exitRow=int(t.ExitBar), entry=float(t.EntryPrice), exit=float(t.ExitPrice), profit=float(t.PnL), cost=float(t.Commission))
        for _, t in stats._trades.sort_values("Tag").iterrows()
    ],
)
Path(__file__).with_name("backtesting.json").write_text(json.dumps(case, separators=(",", ":")) + "\n")
