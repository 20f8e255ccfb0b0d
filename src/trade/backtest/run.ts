import type { Charge, Trade } from '../costs/cost.js';
import type { Units } from './account.js';
import { type Market, refuseEnded, ticksAt, yearsOf } from './market.js';
import { nearest } from './nearest.js';
import { type Detail, note, type Outcome } from './outcome.js';
import { payForHolding, takeActions } from './overnight.js';
import { closeState, decide, openState, type Simulation, type State } from './state.js';

/** Larger whole numbers are not all doubles. */
const MOST = 2 ** 53;

/**
 * The rows of a backtest one after the other, as its docstring has them. All amounts are whole numbers, so that nothing is rounded twice.
 *
 * @param detail  where it is written what became of each asset
 */
export function simulate(simulation: Simulation, detail?: Detail): Outcome {
  const { market, decisions, charges, account } = simulation;
  const [first, end] = [decisions.start + 1, market.dates.length];
  const T = end - first;
  const [equity, cash, turnover, stale] = Array.from({ length: 4 }, () => new Float64Array(T));
  const costs = charges.map(() => new Float64Array(T));
  const years = charges.some(({ onHolding, onCash }) => onHolding || onCash) && yearsOf(market.dates);
  const hasActions = market.split || market.dividend || market.listed;
  const state = openState(market, decisions, account);
  const capital = state.worth;
  const trades = new Trades(market.assets.length, account.units, charges);
  const closing = new Float64Array(market.assets.length);
  const trading = market.traded === market.close ? closing : new Float64Array(market.assets.length);
  let ruined = -1;

  decide(state, simulation, decisions.start);
  for (let t = first, i = 0; t < end; t++, i++) {
    if (years) payForHolding(state, simulation, years[t], t, costs, i);
    if (market.ends) refuseEnded(market, state.lots, t);
    if (hasActions) takeActions(state, simulation, t, i, detail);
    ticksAt(market, market.close, account.units.ticks, t, closing);
    if (trading !== closing) {
      // On every row: what an asset without a close is worth must not depend on whether another one trades.
      ticksAt(market, market.traded, account.units.ticks, t, trading);
      for (let n = 0; n < trading.length; n++) if (trading[n] > 0) state.marks[n] = trading[n];
    }
    if (state.isWaiting) turnover[i] = trade(state, simulation, trading, trades, t, costs, i, detail);
    stale[i] = value(state, closing, simulation, t, i, detail);
    equity[i] = state.worth;
    cash[i] = state.cash;
    if (state.worth <= 0 && !state.isRuined) {
      state.isRuined = state.isWaiting = true;
      state.waiting.fill(0);
      ruined = i;
    }
    decide(state, simulation, t);
  }
  const rows = { start: first, end };
  return { rows, units: account.units, capital, equity, cash, turnover, stale, costs, ruined, end: closeState(state, simulation) };
}

/** The trade that costs look at, one object for all: what few of them ask for is computed when they do. */
class Order implements Trade {
  value = 0;
  change = 0;
  ticks = 0;
  row = 0;
  asset = 0;
  readonly #units: Units;
  constructor(units: Units) {
    this.#units = units;
  }
  get shares(): number {
    return this.change / this.#units.lots;
  }
  get price(): number {
    return this.ticks / this.#units.ticks;
  }
}

/** The trades of one row, M of them, in arrays that are used again: at [m] the asset, what it cost in units, and its change in lots. */
class Trades {
  readonly asset: Int32Array;
  readonly change: Float64Array;
  /** in units, signed */
  readonly moved: Float64Array;
  readonly cost: Float64Array;
  /** what a rule that looks at each trade is shown */
  readonly order: Order;
  readonly rates: Float64Array;
  readonly fees: readonly Charge['onTrade'][];
  constructor(N: number, units: Units, charges: readonly Charge[]) {
    this.asset = new Int32Array(N);
    [this.change, this.moved, this.cost] = [new Float64Array(N), new Float64Array(N), new Float64Array(N)];
    this.order = new Order(units);
    this.rates = Float64Array.from(charges, ({ rate }) => rate ?? 0);
    this.fees = charges.map(({ onTrade }) => onTrade);
  }
}

/**
 * Trades what waits and has a price on row t, `prices` in ticks or 0, at the equity of the moment; gives the turnover.
 *
 * Assets first and then charges, each in a loop of its own that does nothing else: sums of whole numbers have no order.
 */
function trade(
  state: State,
  { market, account }: Simulation,
  prices: Float64Array,
  trades: Trades,
  t: number,
  costs: readonly Float64Array[],
  i: number,
  detail?: Detail,
): number {
  const { lots, marks, waiting } = state;
  const { columns, width, listed } = market;
  const { asset, change: changes, moved: moves, cost: paidFor } = trades;
  const N = lots.length;
  detail?.requested.set(waiting, i * N);

  let before = state.cash;
  for (let n = 0; n < N; n++) {
    const price = prices[n];
    if (price > 0) {
      marks[n] = price;
      before += lots[n] * price;
    } else if (lots[n] !== 0) before += Math.round(lots[n] * marks[n]); // a mark is no whole number after a split
  }
  const equity = before > 0 ? before : 0;
  let cash = state.cash;
  let sum = 0;
  let M = 0;
  let isWaiting = false;
  for (let n = 0; n < N; n++) {
    const w = waiting[n];
    if (Number.isNaN(w)) continue;
    const isListed = listed === undefined || listed[t * width + columns[n]] === 1;
    const price = prices[n];
    if (isListed && price === 0) {
      isWaiting = true;
      continue;
    }
    waiting[n] = Number.NaN;
    if (!isListed) continue;
    const change = nearest((w * equity) / price) - lots[n];
    if (change === 0) continue;
    const moved = change * price;
    asset[M] = n;
    changes[M] = change;
    moves[M] = moved;
    M++;
    lots[n] += change;
    cash -= moved;
    sum += Math.abs(moved);
  }
  if (detail) paidFor.fill(0);
  let paid = 0;
  for (let k = 0; k < costs.length; k++) {
    const amount = charge(trades, k, M, t, market, account.units, prices, detail !== undefined);
    costs[k][i] += amount;
    paid += amount;
  }
  if (detail) {
    for (let m = 0; m < M; m++) note(detail.fills, i, asset[m], changes[m], prices[asset[m]], paidFor[m]);
    for (let n = 0, at = i * N; n < N; n++, at++)
      if (!Number.isNaN(detail.requested[at])) detail.executed[at] = lots[n] === 0 ? 0 : (lots[n] * marks[n]) / (before - paid);
  }
  state.cash = cash - paid;
  state.isWaiting = isWaiting;
  return before > 0 ? sum / before : 0;
}

/** What the k-th charge takes of the M trades of row t, in units. */
function charge(
  { rates, fees, moved, change, asset, cost, order }: Trades,
  k: number,
  M: number,
  t: number,
  { columns }: Market,
  { ticks, lots }: Units,
  prices: Float64Array,
  isKept: boolean,
): number {
  const [rate, fee, perMoney] = [rates[k], fees[k], ticks * lots];
  let sum = 0;
  if (!(fee || isKept)) {
    for (let m = 0; m < M; m++) sum += nearest(rate * Math.abs(moved[m]));
    return sum;
  }
  order.row = t;
  for (let m = 0; m < M; m++) {
    const value = Math.abs(moved[m]);
    let amount = nearest(rate * value);
    if (fee) {
      order.value = value / perMoney;
      order.change = change[m];
      order.ticks = prices[asset[m]];
      order.asset = columns[asset[m]];
      amount += Math.round(fee(order) * perMoney);
    }
    sum += amount;
    cost[m] += amount;
  }
  return sum;
}

/** Values the account at the close of row t, `prices` in ticks or 0; gives the share of it that has no price there. */
function value(state: State, prices: Float64Array, { market, account }: Simulation, t: number, i: number, detail?: Detail): number {
  const { lots, marks } = state;
  const N = lots.length;
  let worth = state.cash;
  let size = Math.abs(worth);
  let old = 0;
  for (let n = 0; n < N; n++) {
    const price = prices[n];
    if (price > 0) {
      marks[n] = price;
      const held = lots[n] * price;
      worth += held;
      size += Math.abs(held);
    } else if (lots[n] !== 0) {
      const held = Math.round(lots[n] * marks[n]);
      worth += held;
      size += Math.abs(held);
      old += Math.abs(held);
    }
  }
  if (!(size < MOST))
    throw new Error(
      `backtest: on ${market.dates[t]} the account is larger than what is counted exactly, 2^53 units of tick ${account.tick} × lot ` +
        `${account.lot}; take a coarser tick or lot, or less capital`,
    );
  state.worth = worth;
  if (detail)
    for (let n = 0, at = i * N; n < N; n++, at++) {
      if (lots[n] === 0) continue;
      detail.weights[at] = Math.round(lots[n] * marks[n]) / worth;
      detail.positions[at] = lots[n] / account.units.lots;
    }
  return old === 0 ? 0 : old / worth;
}
