import { type Market, refusePrice } from './market.js';
import { NEAREST_BELOW, nearest } from './nearest.js';
import type { Detail } from './outcome.js';
import type { Simulation, State } from './state.js';

/** Larger whole numbers are not all doubles. */
const MOST = 2 ** 53;

/**
 * Reads the prices of row t and values the account at them, in one loop: what has no price is worth its last.
 *
 * @param from  [T, M] `traded` or `close`
 * @param into  [N] becomes the prices in ticks, 0 where there is none
 */
export function valueAt(state: State, market: Market, from: Float64Array, ticks: number, t: number, into: Float64Array): void {
  const { lots, marks } = state;
  const { columns, width } = market;
  let worth = state.cash;
  let [size, old] = [0, 0];
  for (let n = 0, base = t * width; n < into.length; n++) {
    const price = from[base + columns[n]];
    const rounded = nearest(price * ticks);
    if (rounded > 0 && rounded < NEAREST_BELOW) {
      into[n] = marks[n] = rounded;
      const held = lots[n] * rounded;
      worth += held;
      size += Math.abs(held);
      continue;
    }
    if (!Number.isNaN(price)) refusePrice(market, price, ticks, t, n);
    into[n] = 0;
    if (lots[n] === 0) continue;
    const held = Math.round(lots[n] * marks[n]); // a mark is no whole number after a split
    worth += held;
    size += Math.abs(held);
    old += Math.abs(held);
  }
  state.worth = worth;
  state.size = size;
  state.old = old;
}

/** Stops at an account whose parts do not add up exactly any more. */
export function refuseHuge({ cash, size }: State, { market, account }: Simulation, t: number): void {
  if (Math.abs(cash) + size < MOST) return;
  throw new Error(
    `backtest: on ${market.dates[t]} the account is larger than what is counted exactly, 2^53 units of tick ${account.tick} × lot ` +
      `${account.lot}; take a coarser tick or lot, or less capital`,
  );
}

/** Notes what is held at the close of the run's row i. */
export function noteHoldings(detail: Detail, { lots, marks, worth }: State, { account }: Simulation, i: number): void {
  for (let n = 0, at = i * lots.length; n < lots.length; n++, at++) {
    if (lots[n] === 0) continue;
    detail.weights[at] = Math.round(lots[n] * marks[n]) / worth;
    detail.positions[at] = lots[n] / account.units.lots;
  }
}
