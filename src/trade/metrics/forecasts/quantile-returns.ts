import { checkOptions, checkWhole } from '../../../base/internal.js';
import { mean } from '../../../linalg/index.js';
import type { Panel } from '../../../market/index.js';
import { overlapLags } from '../../../stats/internal.js';
import { type ErrorOptions, meanWithError } from '../mean-error.js';
import type { Estimated } from '../returns.js';
import { checkSame, ranksOf, returnsAhead } from './panels.js';

/** What assets earned by where their forecast stood among those of its date. */
export interface QuantileReturns {
  /** [T] */
  readonly dates: readonly string[];
  /** Per period and date [T, Q], the lowest forecasts first; NaN where a quantile is empty. */
  readonly values: Float64Array;
  /** Of each quantile [Q], the rate of its mean return over the dates that have it; `0.0004` is 0.04 % a period. */
  readonly means: readonly Estimated[];
  /** The rate of the highest quantile less that of the lowest, over the dates that have both. */
  readonly spread: Estimated;
  /** Highest less lowest by date [T], NaN where either is empty. */
  readonly spreads: Float64Array;
}

/** How forecasts are grouped, and over what their returns run. */
export interface QuantileReturnsOptions extends ErrorOptions {
  /** Q; 5. */
  readonly quantiles?: number;
  /** h, rows over which returns run; 1. Lags are 3 (h − 1) or `neweyWestLags`, the larger, unless told; what intervals then cover is said at `informationCoefficient`. */
  readonly horizon?: number;
}

/**
 * Returns of equal-weight portfolios by quantile of the forecast, and of the highest over the lowest, per period whatever the horizon.
 *
 *     quantile ⌊Q (rank − 1)/m⌋ of m forecasts        rate (1 + mean return over h rows)^(1/h) − 1: 21 % over two days is 10 % a day
 *
 * Dates are averaged after assets, and the root is taken of their mean: the mean of roots would fall by some σ²/2 with h. Assets are ranked
 * that have a forecast and a price at its date; one without a price h rows later keeps its place and is left out of the mean, which is too
 * good where it is gone with a loss: give it its last price. Returns start at the close of the forecast's own date. A date with fewer than Q
 * forecasts, or whose forecasts all tie, is left out. No horizon enters but the one asked for (alphalens 74, 102).
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
  const ahead = returnsAhead(prices, horizon).values;
  const returns = new Float64Array(T * Q).fill(Number.NaN); // over h rows
  for (let t = 0; t < T; t++) {
    const known = Array.from({ length: N }, (_, n) => t * N + n).filter(
      (i) => Number.isFinite(forecast.values[i]) && Number.isFinite(prices.values[i]),
    );
    const x = Float64Array.from(known, (i) => forecast.values[i]);
    if (x.length < Q || x.every((one) => one === x[0])) continue;
    const [sums, counts] = [new Float64Array(Q), new Float64Array(Q)];
    for (const [k, rank] of ranksOf(x).entries()) {
      const earned = ahead[known[k]];
      if (!Number.isFinite(earned)) continue;
      const q = Math.min(Math.floor(((rank - 1) / x.length) * Q), Q - 1);
      sums[q] += earned;
      counts[q]++;
    }
    for (let q = 0; q < Q; q++) returns[t * Q + q] = sums[q] / counts[q]; // NaN of an empty one
  }
  const rate = (total: number) => (1 + total) ** (1 / horizon) - 1;
  const slope = (total: number) => (1 + total) ** (1 / horizon - 1) / horizon;
  /** The rate of a mean return, and the series of the mean that has its error: by its slope there. */
  const of = (series: Float64Array, what: string) => {
    const known = series.filter((value) => !Number.isNaN(value));
    if (known.length < 2)
      throw new Error(
        `quantileReturns: ${what} has returns on ${known.length} of ${T} dates, and it takes two; take fewer quantiles, or more assets with both forecast and price`,
      );
    const centre = mean(known);
    return series.map((value) => rate(centre) + slope(centre) * (value - centre));
  };
  const estimated = (series: Float64Array): Estimated => {
    const known = series.filter((value) => !Number.isNaN(value));
    return meanWithError(known, { lags: options.lags ?? overlapLags(known.length, horizon), level });
  };
  const column = (q: number) => Float64Array.from({ length: T }, (_, t) => returns[t * Q + q]);
  const means = Array.from({ length: Q }, (_, q) => estimated(of(column(q), `quantile ${q + 1} of ${Q}`)));
  const [lowest, highest] = [column(0), column(Q - 1)];
  const both = (series: Float64Array) =>
    of(
      series.map((value, t) => (Number.isNaN(lowest[t] + highest[t]) ? Number.NaN : value)),
      'highest over lowest',
    );
  const [below, above] = [both(lowest), both(highest)];
  return {
    dates: forecast.dates,
    values: returns.map(rate),
    means,
    spread: estimated(above.map((value, t) => value - below[t])),
    spreads: highest.map((value, t) => rate(value) - rate(lowest[t])),
  };
}
