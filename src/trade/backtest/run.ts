import type { Charge, Trade } from '../costs/cost.js';
import type { Units } from './account.js';
import { type Market, refuseEnded, yearsOf } from './market.js';
import { NEAREST_BELOW, nearest } from './nearest.js';
import { type Detail, note, type Outcome } from './outcome.js';
import { payForHolding, takeActions } from './overnight.js';
import { closeState, decide, openState, type Simulation, type State } from './state.js';
import { noteHoldings, refuseHuge, valueAt } from './value.js';

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
  const trades = new Trades(market.assets.length, account.units, charges, decisions.gross);
  const prices = new Float64Array(market.assets.length);
  let ruined = -1;

  decide(state, simulation, decisions.start);
  for (let t = first, i = 0; t < end; t++, i++) {
    if (years) payForHolding(state, simulation, years[t], t, costs, i);
    if (market.ends) refuseEnded(market, state.lots, t);
    if (hasActions) takeActions(state, simulation, t, i, detail);
    valueAt(state, market, market.traded, account.units.ticks, t, prices);
    if (state.isWaiting) {
      refuseHuge(state, simulation, t);
      turnover[i] = trade(state, simulation, prices, trades, t, costs, i, detail);
    }
    // At a close that was traded at the account is worth what it was, less the costs.
    if (market.traded !== market.close) valueAt(state, market, market.close, account.units.ticks, t, prices);
    refuseHuge(state, simulation, t);
    if (detail) noteHoldings(detail, state, simulation, i);
    stale[i] = state.old === 0 ? 0 : state.old / state.worth;
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

/** The trades of one row by asset [N], in arrays that are used again, 0 where there is none. */
class Trades {
  /** in lots */
  readonly change: Float64Array;
  /** in units, signed */
  readonly moved: Float64Array;
  readonly cost: Float64Array;
  /** what a rule that looks at each trade is shown */
  readonly order: Order;
  readonly rates: Float64Array;
  readonly fees: readonly Charge['onTrade'][];
  /** no number that is rounded is larger than so many times the account: a lot rounded up at most doubles a position */
  readonly most: number;
  constructor(N: number, units: Units, charges: readonly Charge[], gross: number) {
    [this.change, this.moved, this.cost] = [new Float64Array(N), new Float64Array(N), new Float64Array(N)];
    this.order = new Order(units);
    this.rates = Float64Array.from(charges, ({ rate }) => rate ?? 0);
    this.fees = charges.map(({ onTrade }) => onTrade);
    this.most = 3 * Math.max(1, gross) * Math.max(1, ...this.rates);
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
  const { change, moved } = trades;
  const N = lots.length;
  detail?.requested.set(waiting, i * N);
  const round = (Math.abs(state.cash) + state.size) * trades.most < NEAREST_BELOW ? nearest : Math.round;

  const before = state.worth;
  const equity = before > 0 ? before : 0;
  let [cash, size] = [state.cash, state.size];
  let sum = 0;
  let isWaiting = false;
  for (let n = 0; n < N; n++) {
    const w = waiting[n];
    moved[n] = 0;
    if (Number.isNaN(w)) continue;
    const isListed = listed === undefined || listed[t * width + columns[n]] === 1;
    const price = prices[n];
    if (isListed && price === 0) {
      isWaiting = true;
      continue;
    }
    waiting[n] = Number.NaN;
    if (!isListed) continue;
    const held = lots[n];
    const wanted = round((w * equity) / price);
    const paid = (wanted - held) * price;
    change[n] = wanted - held;
    moved[n] = paid;
    lots[n] = wanted;
    cash -= paid;
    sum += Math.abs(paid);
    size += (Math.abs(wanted) - Math.abs(held)) * price;
  }
  if (detail) trades.cost.fill(0);
  let paid = 0;
  for (let k = 0; k < costs.length; k++) {
    const amount = charge(trades, k, t, market, account.units, prices, round, detail !== undefined);
    costs[k][i] += amount;
    paid += amount;
  }
  if (detail) {
    for (let n = 0; n < N; n++) if (moved[n] !== 0) note(detail.fills, i, n, change[n], prices[n], trades.cost[n]);
    for (let n = 0, at = i * N; n < N; n++, at++)
      if (!Number.isNaN(detail.requested[at])) detail.executed[at] = lots[n] === 0 ? 0 : (lots[n] * marks[n]) / (before - paid);
  }
  state.cash = cash - paid;
  state.worth = before - paid;
  state.size = size;
  state.isWaiting = isWaiting;
  return before > 0 ? sum / before : 0;
}

/** What the k-th charge takes of the trades of row t, in units. */
function charge(
  { rates, fees, moved, change, cost, order }: Trades,
  k: number,
  t: number,
  { columns }: Market,
  { ticks, lots }: Units,
  prices: Float64Array,
  round: (x: number) => number,
  isKept: boolean,
): number {
  const [rate, fee, perMoney] = [rates[k], fees[k], ticks * lots];
  let sum = 0;
  if (!(fee || isKept)) {
    for (let n = 0; n < moved.length; n++) sum += round(rate * Math.abs(moved[n]));
    return sum;
  }
  order.row = t;
  for (let n = 0; n < moved.length; n++) {
    if (moved[n] === 0) continue;
    const value = Math.abs(moved[n]);
    let amount = round(rate * value);
    if (fee) {
      order.value = value / perMoney;
      order.change = change[n];
      order.ticks = prices[n];
      order.asset = columns[n];
      amount += Math.round(fee(order) * perMoney);
    }
    sum += amount;
    cost[n] += amount;
  }
  return sum;
}
