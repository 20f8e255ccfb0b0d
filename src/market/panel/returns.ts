import type { Panel } from './panel.js';

/**
 * Log returns r_t = ln(p_t / p_{t−1}), one row fewer than the prices.
 *
 * Units: a fraction per row, not percent; `0.00015` is a 0.015 % rise, daily if the prices are daily. They add over time: the
 * log return of a month is the sum of its days. A missing price leaves both returns it enters missing; nothing is filled.
 *
 * @param prices [T, N]
 * @returns      [T − 1, N], dated by the later price
 * @throws       when fewer than two dates are given, and at a price that is zero or negative, naming its date and asset
 */
export function logReturns(prices: Panel): Panel {
  requirePositive('logReturns', prices);
  return changes(prices, 'logReturn', (now, before) => Math.log(now / before));
}

/**
 * Simple returns R_t = p_t / p_{t−1} − 1, one row fewer than the prices.
 *
 * Units: a fraction per row; `0.01` is 1 %. They add across assets: a portfolio's simple return is the weighted sum of its assets'.
 * A missing price leaves both returns it enters missing.
 *
 * @param prices [T, N]
 * @returns      [T − 1, N], dated by the later price
 * @throws       when fewer than two dates are given, and at a price that is zero or negative and has a next one, naming its date and asset
 */
export function simpleReturns(prices: Panel): Panel {
  const last = (prices.dates.length - 1) * prices.assets.length; // a last price may be zero: all is lost, −1
  requirePositive('simpleReturns', { ...prices, values: prices.values.subarray(0, last) });
  return changes(prices, 'simpleReturn', (now, before) => now / before - 1);
}

/** A return is a ratio of prices, which says nothing where one is zero or negative. Missing prices pass. */
export function requirePositive(who: string, { values, dates, assets, source }: Panel): void {
  for (let i = 0; i < values.length; i++)
    if (values[i] <= 0) {
      const [date, asset] = [dates[Math.floor(i / assets.length)], assets[i % assets.length]];
      throw new Error(
        `${who} of ${source}: '${asset}' is ${values[i]} on ${date}, and a ratio of prices needs positive ones; ` +
          'of spreads and rates take differences, or select dates and assets without such prices',
      );
    }
}

function changes(prices: Panel, field: string, change: (now: number, before: number) => number): Panel {
  if (prices.dates.length < 2)
    throw new Error(`${field}s of ${prices.source} need two dates or more: got ${prices.dates.length}; widen the range`);
  const N = prices.assets.length;
  const values = Float64Array.from({ length: prices.values.length - N }, (_, i) => change(prices.values[i + N], prices.values[i]));
  return { ...prices, field, dates: prices.dates.slice(1), values };
}
