import { checkOptions, checkWhole } from '../../../base/internal.js';
import type { Panel } from '../../../market/index.js';
import { neweyWestLags } from '../../../stats/index.js';
import { type ErrorOptions, meanWithError } from '../mean-error.js';
import type { Estimated } from '../returns.js';
import { checkSame, pairsOf, ranksOf, returnsAhead } from './panels.js';

/** What assets earned by where their forecast stood among those of its date. */
export interface QuantileReturns {
  /** [T] */
  readonly dates: readonly string[];
  /** Per period and date [T, Q], the lowest forecasts first; NaN where a quantile is empty. */
  readonly values: Float64Array;
  /** Of each quantile over the dates that have it [Q]; `0.0004` is 0.04 % a period. */
  readonly means: readonly Estimated[];
  /** Of the highest quantile over the lowest, per period. */
  readonly spread: Estimated;
  /** Highest less lowest by date [T], NaN where either is empty. */
  readonly spreads: Float64Array;
}

/** How forecasts are grouped, and over what their returns run. */
export interface QuantileReturnsOptions extends ErrorOptions {
  /** Q; 5. */
  readonly quantiles?: number;
  /** h, rows over which returns run; 1. Lags are the larger of h − 1 and `neweyWestLags` unless told. */
  readonly horizon?: number;
}

/**
 * Returns of equal-weight portfolios by quantile of the forecast, and of the highest over the lowest, per period whatever the horizon.
 *
 *     quantile ⌊Q (rank − 1)/m⌋ of m forecasts        rate (1 + mean return over h rows)^(1/h) − 1: 21 % over two days is 10 % a day
 *
 * Dates are averaged after assets. Returns start at the close of the forecast's own date. A date with fewer than Q forecasts, or whose
 * forecasts all tie, is left out. No horizon enters but the one asked for (alphalens 74, 102).
 *
 * @param forecast  [T, N], known at its date
 * @param prices    [T, N] of the same dates and assets
 * @throws          when dates or assets differ, quantiles are fewer than 2, the horizon is no whole number from 1 to T − 1, or a quantile has
 *                  returns on fewer than two dates
 *
 * alphalens' `mean_return_by_quantile` with `by_date`.
 */
export function quantileReturns(forecast: Panel, prices: Panel, options: QuantileReturnsOptions = {}): QuantileReturns {
  checkOptions('quantileReturns', options, ['quantiles', 'horizon', 'lags', 'level']);
  const { quantiles: Q = 5, horizon = 1, level } = options;
  const [T, N] = [forecast.dates.length, forecast.assets.length];
  checkSame('quantileReturns', forecast, prices);
  checkWhole('quantileReturns', 'quantiles', Q, { from: 2, to: N }, `there are ${N} assets`);
  checkWhole('quantileReturns', 'horizon', horizon, { from: 1, to: T - 1 }, 'it is rows ahead, fewer than the dates');
  const pairs = pairsOf(forecast, returnsAhead(prices, horizon));
  const values = new Float64Array(T * Q).fill(Number.NaN);
  const spreads = new Float64Array(T).fill(Number.NaN);
  for (let t = 0; t < T; t++) {
    const { x, y } = pairs(t);
    if (x.length < Q || x.every((one) => one === x[0])) continue;
    const [sums, counts] = [new Float64Array(Q), new Float64Array(Q)];
    for (const [i, rank] of ranksOf(x).entries()) {
      const q = Math.min(Math.floor(((rank - 1) / x.length) * Q), Q - 1);
      sums[q] += y[i];
      counts[q]++;
    }
    for (let q = 0; q < Q; q++) values[t * Q + q] = (1 + sums[q] / counts[q]) ** (1 / horizon) - 1; // NaN of an empty one
    spreads[t] = values[t * Q + Q - 1] - values[t * Q];
  }
  const of = (series: Float64Array, what: string): Estimated => {
    const known = series.filter((value) => !Number.isNaN(value));
    if (known.length < 2)
      throw new Error(
        `quantileReturns: ${what} has returns on ${known.length} of ${T} dates, and it takes two; take fewer quantiles, or more assets with both forecast and price`,
      );
    const lags = options.lags ?? Math.min(Math.max(horizon - 1, neweyWestLags(known.length)), known.length - 1);
    return meanWithError(known, { lags, level });
  };
  const means = Array.from({ length: Q }, (_, q) =>
    of(
      Float64Array.from({ length: T }, (_, t) => values[t * Q + q]),
      `quantile ${q + 1} of ${Q}`,
    ),
  );
  return { dates: forecast.dates, values, means, spread: of(spreads, 'highest over lowest'), spreads };
}
