import type { Charge, Trade } from '../costs/cost.js';
import type { Units } from './account.js';
import { refuseEnded, ticksAt, yearsOf } from './market.js';
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
  const order = new Order(account.units);
  const rates = Float64Array.from(charges, ({ rate }) => rate ?? 0);
  const fees = charges.map(({ onTrade }) => onTrade);
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
    if (state.isWaiting) turnover[i] = trade(state, simulation, trading, rates, fees, order, t, costs, i, detail);
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

/** Trades what waits and has a price on row t, `prices` in ticks or 0, at the equity of the moment; gives the turnover. */
function trade(
  state: State,
  { market, account }: Simulation,
  prices: Float64Array,
  rates: Float64Array,
  fees: readonly Charge['onTrade'][],
  order: Order,
  t: number,
  costs: readonly Float64Array[],
  i: number,
  detail?: Detail,
): number {
  const { lots, marks, waiting } = state;
  const { columns, width, listed } = market;
  const perMoney = account.units.ticks * account.units.lots;
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
  let cash = state.cash;
  let sum = 0;
  let paid = 0;
  let isWaiting = false;
  order.row = t;
  for (let n = 0; n < N; n++) {
    const w = waiting[n];
    if (Number.isNaN(w)) continue;
    const isListed = !listed || listed[t * width + columns[n]] === 1;
    const price = prices[n];
    if (isListed && price === 0) {
      isWaiting = true;
      continue;
    }
    waiting[n] = Number.NaN;
    if (!isListed) continue;
    const change = (before > 0 ? Math.round((w * before) / price) : 0) - lots[n];
    if (change === 0) continue;
    const moved = change * price;
    const value = Math.abs(moved);
    let cost = 0;
    for (let k = 0; k < rates.length; k++) {
      let amount = rates[k] === 0 ? 0 : Math.round(rates[k] * value);
      const fee = fees[k];
      if (fee) {
        order.value = value / perMoney;
        order.change = change;
        order.ticks = price;
        order.asset = columns[n];
        amount += Math.round(fee(order) * perMoney);
      }
      costs[k][i] += amount;
      cost += amount;
    }
    cash -= moved + cost;
    lots[n] += change;
    sum += value;
    paid += cost;
    if (detail) note(detail.fills, i, n, change, price, cost);
  }
  if (detail)
    for (let n = 0, at = i * N; n < N; n++, at++)
      if (!Number.isNaN(detail.requested[at])) detail.executed[at] = lots[n] === 0 ? 0 : (lots[n] * marks[n]) / (before - paid);
  state.cash = cash;
  state.isWaiting = isWaiting;
  return before > 0 ? sum / before : 0;
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
