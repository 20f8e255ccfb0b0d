import { checkValues } from '../../linalg/internal.js';
import { comparable } from '../scores/comparable.js';
import { type ConformalQuantile, checkScores, quantileOf } from './conformal-quantile.js';

/** Intervals of m new rows and the quantile that made them. */
export interface ConformalIntervals extends ConformalQuantile {
  /** [m]; −∞ where the calibration is too short for the level. */
  readonly low: Float64Array;
  /** [m]; ∞ there. */
  readonly high: Float64Array;
}

/**
 * Split conformal intervals: a point forecast, ± what its errors on rows of its own reach.
 *
 *     [f − q, f + q]        q = `conformalQuantile` of |yᵢ − fᵢ| over the calibration
 *
 * @param calibration  y and forecast [n] of rows that the model was not fitted on
 * @param forecast     of new rows [m]
 * @param level        0.9
 * @throws             when lengths differ, there is no row, or a value is not finite
 *
 * Papadopoulos et al. 2002; Lei et al. 2018, theorem 2.2: the coverage is `level` or more and, where no two errors tie, at most
 * level + 1/(n + 1). thm:split-conformal.
 */
export function splitConformal(
  calibration: { readonly y: ArrayLike<number>; readonly forecast: ArrayLike<number> },
  forecast: ArrayLike<number>,
  level: number,
): ConformalIntervals {
  const scores = absoluteErrors('splitConformal', calibration);
  checkScores('splitConformal', scores, level);
  checkValues('splitConformal', 'the forecast', forecast);
  return around({ low: forecast, high: forecast }, quantileOf(scores.sort(), level));
}

/**
 * Conformalised quantile regression: intervals of any shape, widened or narrowed by one number until they cover.
 *
 *     [l − q, u + q]        q = `conformalQuantile` of max(lᵢ − yᵢ, yᵢ − uᵢ) over the calibration; negative where they were too wide
 *
 * It keeps what the model knows of calm and wild rows. Where a negative q would turn an interval round, it is its middle.
 *
 * @param calibration  y, low and high [n] of rows that the model was not fitted on
 * @param forecast     low and high of new rows [m]
 * @param level        0.9
 * @throws             when lengths differ, there is no row, or a value is not finite
 *
 * Romano, Patterson & Candès 2019.
 */
export function conformalisedQuantiles(
  calibration: { readonly y: ArrayLike<number>; readonly low: ArrayLike<number>; readonly high: ArrayLike<number> },
  forecast: { readonly low: ArrayLike<number>; readonly high: ArrayLike<number> },
  level: number,
): ConformalIntervals {
  const { y, low, high } = calibration;
  comparable('conformalisedQuantiles', { y, low });
  comparable('conformalisedQuantiles', { y, high });
  const scores = Float64Array.from(y, (value, i) => Math.max(low[i] - value, value - high[i]));
  checkScores('conformalisedQuantiles', scores, level);
  if (forecast.low.length !== forecast.high.length)
    throw new Error(
      `conformalisedQuantiles: the forecast has ${forecast.low.length} low and ${forecast.high.length} high ends; align them`,
    );
  for (const [name, values] of Object.entries(forecast)) checkValues('conformalisedQuantiles', name, values);
  return around(forecast, quantileOf(scores.sort(), level));
}

export function absoluteErrors(
  caller: string,
  { y, forecast }: { readonly y: ArrayLike<number>; readonly forecast: ArrayLike<number> },
): Float64Array {
  comparable(caller, { y, forecast });
  return Float64Array.from(y, (value, i) => Math.abs(value - forecast[i]));
}

function around(
  { low, high }: { readonly low: ArrayLike<number>; readonly high: ArrayLike<number> },
  quantile: ConformalQuantile,
): ConformalIntervals {
  const reach = (i: number) => Math.max(quantile.reach, (low[i] - high[i]) / 2);
  return {
    ...quantile,
    low: Float64Array.from(low, (value, i) => value - reach(i)),
    high: Float64Array.from(high, (value, i) => value + reach(i)),
  };
}
