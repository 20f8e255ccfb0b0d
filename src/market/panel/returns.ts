import type { Panel } from './panel.js';

/**
 * Log returns r_t = ln(p_t / p_{t−1}), one row fewer than the prices.
 *
 * Units: a fraction per row, not percent; `0.00015` is a 0.015 % rise, daily if the prices are daily. They add over time: the
 * log return of a month is the sum of its days. A missing price leaves both returns it enters missing; nothing is filled.
 *
 * @param prices [T, N]
 * @returns      [T − 1, N], dated by the later price
 * @throws       when fewer than two dates are given
 */
export const logReturns = (prices: Panel): Panel => changes(prices, 'logReturn', (now, before) => Math.log(now / before));

/**
 * Simple returns R_t = p_t / p_{t−1} − 1, one row fewer than the prices.
 *
 * Units: a fraction per row; `0.01` is 1 %. They add across assets: a portfolio's simple return is the weighted sum of its assets'.
 * A missing price leaves both returns it enters missing.
 *
 * @param prices [T, N]
 * @returns      [T − 1, N], dated by the later price
 * @throws       when fewer than two dates are given
 */
export const simpleReturns = (prices: Panel): Panel => changes(prices, 'simpleReturn', (now, before) => now / before - 1);

function changes(prices: Panel, field: string, change: (now: number, before: number) => number): Panel {
  if (prices.dates.length < 2)
    throw new Error(`${field}s of ${prices.source} need two dates or more: got ${prices.dates.length}; widen the range`);
  const N = prices.assets.length;
  const values = Float64Array.from({ length: prices.values.length - N }, (_, i) => change(prices.values[i + N], prices.values[i]));
  return { ...prices, field, dates: prices.dates.slice(1), values };
}
