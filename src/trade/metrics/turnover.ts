import { checkOptions } from '../../base/internal.js';
import type { Panel } from '../../market/index.js';
import { checkSame } from './forecasts/panels.js';
import { type ErrorOptions, meanWithError } from './mean-error.js';
import { checkPerYear, type Estimated } from './returns.js';

/** What a strategy trades, as a share of its equity: bought and sold together. */
export interface Turnover {
  /** [T] */
  readonly dates: readonly string[];
  /** Σ |wₜ − drifted wₜ₋₁| of each date [T]: 2 exchanges everything. The first row is the entry. */
  readonly twoWay: Float64Array;
  /** Over the rows after the entry. */
  readonly mean: Estimated;
  /** The mean times the rows a year. */
  readonly annual: Estimated;
}

/**
 * Turnover against drifted weights: what is traded is the difference to what prices have made of yesterday's weights.
 *
 *     Σₙ |wₜₙ − wₜ₋₁,ₙ (1 + rₜₙ)/(1 + Σₘ wₜ₋₁,ₘ rₜₘ)|        the rest, 1 − Σ w, is cash and earns 0
 *
 * Units: a share of equity, both ways; half of it is the one-way turnover. A portfolio that is bought and held has none.
 *
 * @param weights  [T, N] after trading on the date
 * @param returns  [T, N] simple returns up to the date, of the same dates and assets; of an asset that is not held they may be missing
 * @throws         when dates or assets differ, a weight is missing, or a return of what is held; when returns leave nothing of equity
 *
 * skfolio 161 and PR 286, PortfolioOptimisers.jl 746: against undrifted weights, holding an equal weight would look free.
 */
export function turnover(weights: Panel, returns: Panel, options: ErrorOptions & { readonly perYear?: number } = {}): Turnover {
  checkOptions('turnover', options, ['perYear', 'lags', 'level']);
  checkSame('turnover', weights, returns);
  const { dates, assets, values: w } = weights;
  const N = assets.length;
  const perYear = checkPerYear('turnover', options.perYear, dates);
  const twoWay = new Float64Array(dates.length);
  for (let t = 0; t < dates.length; t++) {
    let grown = 1;
    for (let n = 0; n < N && t > 0; n++) {
      const held = w[(t - 1) * N + n];
      if (held === 0) continue;
      const earned = returns.values[t * N + n];
      if (!Number.isFinite(earned))
        throw new Error(
          `turnover: ${assets[n]} is held with weight ${held} and its return on ${dates[t]} is ${earned}; fill the price, or sell it the row before`,
        );
      grown += held * earned;
    }
    if (!(grown > 0))
      throw new Error(
        `turnover: the return of the portfolio on ${dates[t]} is ${grown - 1}, all of equity or more, and a share of nothing is no number; take the rows before`,
      );
    for (let n = 0; n < N; n++) {
      const now = w[t * N + n];
      if (!Number.isFinite(now))
        throw new Error(`turnover: the weight of ${assets[n]} on ${dates[t]} is ${now}; what is not held has weight 0`);
      const held = t === 0 ? 0 : w[(t - 1) * N + n];
      twoWay[t] += Math.abs(now - (held === 0 ? 0 : (held * (1 + returns.values[t * N + n])) / grown));
    }
  }
  if (dates.length < 3) throw new Error(`turnover: needs 3 dates or more, got ${dates.length}: the first is the entry`);
  const mean = meanWithError(twoWay.subarray(1), options);
  const { low, high } = mean.interval;
  return {
    dates,
    twoWay,
    mean,
    annual: {
      value: mean.value * perYear,
      standardError: mean.standardError * perYear,
      interval: { low: low * perYear, high: high * perYear },
    },
  };
}
