import { checkNumber, checkWhole } from '../../base/internal.js';
import { comparable } from '../scores/comparable.js';
import { conformalRank } from './conformal-quantile.js';

/** How an adaptive conformal forecaster learns. */
export interface AdaptiveConformalOptions {
  /** Coverage aimed at, 0.9. */
  readonly level: number;
  /** γ: a miss moves the level by γ · level, a hit back by γ (1 − level); 0.005. Larger follows faster and wavers more. */
  readonly rate?: number;
  /** Latest errors that the reach is taken from; 250, a year of days. */
  readonly window?: number;
}

/** Intervals made row by row, each before its outcome, and how they fared. */
export interface AdaptiveConformal {
  /** [n]; −∞ where the level asked for more than the window holds; NaN in the rows before `start`. */
  readonly low: Float64Array;
  /** [n]; ∞ there. */
  readonly high: Float64Array;
  /** αₜ [n], the miss rate that the row's interval was made for; beyond [0, 1] where it must catch up; NaN before `start`. */
  readonly alphas: Float64Array;
  /** First row with an interval: the window must be full. */
  readonly start: number;
  /** Share of rows from `start` on within their interval. */
  readonly coverage: number;
  /** What |coverage − level| cannot exceed, whatever the data: (max(α, 1 − α) + γ)/(γ rows). */
  readonly bound: number;
}

/**
 * Adaptive conformal inference for a time series: each miss widens the next interval, each hit narrows it.
 *
 *     Cₜ = fₜ ± the ⌈(w + 1)(1 − αₜ)⌉-th smallest of the last w |y − f|        αₜ₊₁ = αₜ + γ (α − missₜ)
 *
 * Nothing is assumed of the data: over many rows the coverage is the level, through crises too, within `bound`. It promises nothing of a
 * single day. Where αₜ ≥ 1 the interval is empty: it is shown as its centre and counts as missed.
 *
 * @param series  y and forecast [n] in time order, each forecast made before its outcome
 * @throws        when lengths differ, a value is not finite, there are no more rows than the window, or an option is out of its range
 *
 * Gibbs & Candès 2021, eq. 2 and proposition 4.1.
 */
export function adaptiveConformal(
  { y, forecast }: { readonly y: ArrayLike<number>; readonly forecast: ArrayLike<number> },
  { level, rate = 0.005, window = 250 }: AdaptiveConformalOptions,
): AdaptiveConformal {
  comparable('adaptiveConformal', { y, forecast });
  checkNumber('adaptiveConformal', 'level', level, { above: 0, below: 1 }, '0.9 is 90 %');
  checkNumber('adaptiveConformal', 'rate', rate, { above: 0, to: 1 }, 'it is by how much a miss moves the level, nearly');
  checkWhole('adaptiveConformal', 'window', window);
  const n = y.length;
  if (n <= window) throw new Error(`adaptiveConformal: a window of ${window} rows leaves no row of ${n}; shorten it or load more history`);
  const errors = Float64Array.from(y, (value, t) => Math.abs(value - forecast[t]));
  const [low, high, alphas] = [0, 1, 2].map(() => new Float64Array(n).fill(Number.NaN));
  const target = 1 - level;
  let [alpha, misses] = [target, 0];
  for (let t = window; t < n; t++) {
    const rank = conformalRank(window, 1 - alpha);
    const reach = rank > window ? Infinity : rank < 1 ? 0 : errors.slice(t - window, t).sort()[rank - 1];
    [low[t], high[t], alphas[t]] = [forecast[t] - reach, forecast[t] + reach, alpha];
    const missed = rank < 1 || errors[t] > reach;
    misses += Number(missed);
    alpha += rate * (target - Number(missed));
  }
  const rows = n - window;
  return {
    low,
    high,
    alphas,
    start: window,
    coverage: 1 - misses / rows,
    bound: (Math.max(target, level) + rate) / (rate * rows),
  };
}
