import { mean } from '../../linalg/index.js';
import { confidenceInterval, type Interval, twoSidedPValue } from '../distributions/distributions.js';
import { checkLags, neweyWestLags } from './newey-west.js';
import { checkSeries, longRunVariance } from './series.js';

/** A mean of a series with its uncertainty. */
export interface SeriesMean {
  readonly mean: number;
  /** √(long-run variance / n). */
  readonly standardError: number;
  /** L of Bartlett's weights. */
  readonly lags: number;
  /** mean / standardError. */
  readonly tStatistic: number;
  /** Two-sided, by the normal law. */
  readonly pValue: number;
  /** At the level asked for, by the normal law. */
  readonly interval: Interval;
}

/**
 * Mean of a serially correlated series with its HAC standard error: what `neweyWest` says of a regression on a constant.
 *
 *     const model = logScores(y, forecast);
 *     hacMean(logScores(y, baseRate).map((score, t) => score - model[t]))        is the model better, in nats a day?
 *
 * @param series  [n] in time order
 * @param lags    L; left out, `neweyWestLags`
 * @param level   of the interval; 0.95
 * @throws        when there are fewer than 2 values, one is not finite, the series does not vary, or lags is not in [0, n)
 *
 * Newey & West 1987.
 */
export function hacMean(series: ArrayLike<number>, options: { readonly lags?: number; readonly level?: number } = {}): SeriesMean {
  const { lags = neweyWestLags(series.length), level } = options;
  checkSeries('hacMean', series);
  checkLags('hacMean', lags, series.length);
  const centre = mean(series);
  const standardError = Math.sqrt(longRunVariance(series, lags) / series.length);
  const tStatistic = centre / standardError;
  return {
    mean: centre,
    standardError,
    lags,
    tStatistic,
    pValue: twoSidedPValue(tStatistic),
    interval: confidenceInterval(centre, standardError, { level }),
  };
}
