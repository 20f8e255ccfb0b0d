import { fold, key, uniform } from '../../src/base/index.js';
import { type Frame, type Panel, tradingDays } from '../../src/market/index.js';
import { chargeOn } from '../../src/trade/costs/cost.js';
import {
  type Backtest,
  type BacktestConfig,
  borrow,
  type Cost,
  financing,
  halfSpread,
  type Ledger,
  ledger,
  proportional,
  squareRoot,
  sumCosts,
} from '../../src/trade/index.js';

/** What a ledger has at each close, in its units, and every trade that it made. */
export interface LedgerRun {
  readonly book: Ledger;
  readonly equity: number[];
  readonly cash: number[];
  readonly trades: { date: string; asset: string; lots: number; price: number; cost: number }[];
}

type Case = Omit<BacktestConfig, 'weights' | 'after' | 'limits'> & { weights: Panel; tick: number; lot: number; capital: number };

/** The backtest that `backtest` describes, in the plainest way: by date and name, one event of a ledger after the other. */
export function ledgerBacktest({ weights, prices, execution, costs, delisting = 0, tick, lot, capital }: Case): LedgerRun {
  const perMoney = Math.round(1 / tick) * Math.round(1 / lot);
  const book = ledger(Math.round(capital * perMoney));
  const charges = costs?.({ dates: prices.dates, assets: prices.assets }) ?? [];
  const at = (field: string, date: number, asset: string) =>
    prices.fields[field]?.[date * prices.assets.length + prices.assets.indexOf(asset)] ?? Number.NaN;
  const priced = (field: string, date: number, asset: string) => Math.round(at(field, date, asset) / tick);
  const orders = new Map<string, number>();
  const run: LedgerRun = { book, equity: [], cash: [], trades: [] };
  let isRuined = false;

  const start = prices.dates.indexOf(weights.dates[0]);
  for (let t = start; t < prices.dates.length; t++) {
    const date = prices.dates[t];
    if (t > start) {
      night(t);
      if (execution === 'nextOpen')
        for (const asset of book.positions.keys()) if (!Number.isNaN(at('open', t, asset))) book.mark(asset, priced('open', t, asset));
      const isOrdered = orders.size > 0;
      if (isOrdered) trading(t);
      for (const asset of book.positions.keys()) if (!Number.isNaN(at('close', t, asset))) book.mark(asset, priced('close', t, asset));
      run.equity.push(book.equity());
      run.cash.push(book.cash);
    }
    if (book.equity() <= 0 && !isRuined) {
      isRuined = true;
      for (const asset of weights.assets) orders.set(asset, 0);
    }
    const k = weights.dates.indexOf(date);
    if (k >= 0 && !isRuined)
      for (const [n, asset] of weights.assets.entries()) orders.set(asset, weights.values[k * weights.assets.length + n]);
  }
  return run;

  function night(t: number): void {
    const years = (Date.parse(prices.dates[t]) - Date.parse(prices.dates[t - 1])) / (365 * 86_400_000);
    const cash = book.cash / perMoney;
    for (const { name, onCash, onHolding } of charges) {
      if (onCash) book.charge(name, Math.round(onCash(cash, years) * perMoney));
      if (onHolding)
        for (const [asset, { lots, mark }] of book.positions) {
          const holding = { value: Math.round(lots * mark) / perMoney, years, row: t, asset: prices.assets.indexOf(asset) };
          book.charge(name, Math.round(onHolding(holding) * perMoney));
        }
    }
    for (const asset of [...book.positions.keys()]) {
      const position = book.positions.get(asset);
      const isListed = prices.listed?.[t * prices.assets.length + prices.assets.indexOf(asset)] !== 0;
      if (position && !isListed) {
        book.settle(asset, Math.round(position.lots * position.mark * (1 + delisting)));
        continue;
      }
      const ratio = at('split', t, asset);
      if (ratio > 0 && ratio !== 1) book.split(asset, ratio);
      const paid = at('dividend', t, asset);
      if (paid > 0) book.dividend(asset, paid * Math.round(1 / tick));
    }
  }

  function trading(t: number): void {
    const field = execution === 'nextOpen' ? 'open' : 'close';
    for (const asset of book.positions.keys()) if (!Number.isNaN(at(field, t, asset))) book.mark(asset, priced(field, t, asset));
    const equity = book.equity();
    for (const asset of weights.assets) {
      const weight = orders.get(asset);
      if (weight === undefined) continue;
      const column = prices.assets.indexOf(asset);
      if (prices.listed?.[t * prices.assets.length + column] === 0) {
        orders.delete(asset);
        continue;
      }
      if (Number.isNaN(at(field, t, asset))) continue;
      orders.delete(asset);
      const price = priced(field, t, asset);
      const lots = (equity > 0 ? Math.round((weight * equity) / price) : 0) - (book.positions.get(asset)?.lots ?? 0);
      if (lots === 0) continue;
      book.trade(asset, lots, price);
      const trade = {
        value: Math.abs(lots * price) / perMoney,
        shares: lots / Math.round(1 / lot),
        price: price / Math.round(1 / tick),
        row: t,
        asset: column,
      };
      const amounts = charges.map((charge) => [charge.name, chargeOn(charge, trade, Math.abs(lots * price), perMoney)] as const);
      for (const [name, amount] of amounts) book.charge(name, amount);
      run.trades.push({ date: prices.dates[t], asset, lots, price, cost: amounts.reduce((sum, [, amount]) => sum + amount, 0) });
    }
  }
}

/** Random weights on random prices: halts, splits, dividends, delistings, costs of every kind, longs and shorts, calm and ruinous. */
export function randomCase(seed: number): Case {
  const draws = uniform(fold(key(20), seed), [6000], 'float64').data;
  let used = 0;
  const draw = () => draws[used++];
  const below = (n: number) => Math.floor(n * draw());
  const isOne = (chance: number) => draw() < chance;
  const [T, N] = [4 + below(30), 1 + below(5)];
  const assets = Array.from({ length: N }, (_, n) => `A${n}`);
  const dates = tradingDays('2019-12-02', '2020-03-31').slice(0, T);
  const volatility = isOne(0.2) ? 0.6 : 0.04;
  const [hasHalts, hasActions, hasListing] = [isOne(0.5), isOne(0.5), isOne(0.5)];
  const [open, close, split, dividend] = Array.from({ length: 4 }, () => new Float64Array(T * N));
  const listed = new Uint8Array(T * N).fill(1);
  for (let n = 0; n < N; n++) {
    let level = 5 + 200 * draw();
    const end = hasListing && isOne(0.5) ? 2 + below(T) : T;
    for (let t = 0; t < T; t++) {
      const i = t * N + n;
      split[i] = hasActions && isOne(0.05) ? [2, 3, 7, 1.5, 0.5, 0.1][below(6)] : 1;
      dividend[i] = hasActions && isOne(0.1) ? Math.round(100 * draw()) / 80 : 0;
      const step = () => {
        level *= Math.exp(volatility * (draw() - 0.5));
        return Math.max(0.02, level);
      };
      if (split[i] > 0) level /= split[i];
      open[i] = hasHalts && isOne(0.1) ? Number.NaN : step();
      close[i] = hasHalts && isOne(0.1) ? Number.NaN : step();
      listed[i] = t < end ? 1 : 0;
      if (t >= end && isOne(0.8)) open[i] = close[i] = Number.NaN;
    }
  }
  const decided = dates.slice(0, -1).filter((_, t) => t === 0 || isOne(0.4));
  const gross = isOne(0.5) ? 1 : 3;
  const values = decided.flatMap((date) => {
    const t = dates.indexOf(date);
    const row = assets.map((_, n) => {
      const isKnown = Array.from({ length: t + 1 }, (_, s) => close[s * N + n]).some((price) => price > 0);
      return isKnown && listed[t * N + n] === 1 && isOne(0.8) ? 2 * draw() - (isOne(0.5) ? 0 : 1) : 0;
    });
    const size = row.reduce((sum, w) => sum + Math.abs(w), 0);
    return row.map((w) => (size > 0 ? (gross * w) / size : 0));
  });
  const source = `random case ${seed}`;
  const weights = { dates: decided, assets, values: Float64Array.from(values), field: 'weight', source };
  const prices: Frame = {
    dates,
    assets,
    fields: { open, close, ...(hasActions && { split, dividend }) },
    series: {},
    ...(hasListing && { listed }),
    source,
  };
  const all: Cost[] = [
    proportional(0.002),
    halfSpread(0.004),
    squareRoot({ volatility: 0.02, dailyValue: 1e6 }),
    borrow(0.3),
    financing({ debit: 0.1, credit: 0.02 }),
  ];
  return {
    weights,
    prices,
    execution: isOne(0.5) ? 'nextOpen' : 'nextClose',
    costs: sumCosts(...all.filter(() => isOne(0.6))),
    delisting: [-0.3, 0, 0.25, -1][below(4)],
    capital: [1e4, 1e5, 1e6][below(3)],
    tick: [0.01, 0.0001][below(2)],
    lot: [1, 0.001][below(2)],
  };
}

/** A backtest's numbers in a ledger's units. */
export const inUnits = (run: Backtest, { tick, lot }: { tick: number; lot: number }) => {
  const perMoney = Math.round(1 / tick) * Math.round(1 / lot);
  const units = (values: Float64Array) => Array.from(values, (value) => Math.round(value * perMoney));
  return {
    equity: units(run.equity),
    cash: units(run.cash),
    trades: run.fills
      .filter(({ kind }) => kind === 'trade')
      .map(({ date, asset, shares, price, cost }) => ({
        date,
        asset,
        lots: Math.round(shares / lot),
        price: Math.round(price / tick),
        cost: Math.round(cost * perMoney),
      })),
  };
};
