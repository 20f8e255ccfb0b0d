import { mean } from '../../linalg/index.js';
import { confidenceInterval, hacMean, type Interval, neweyWestLags } from '../../stats/index.js';
import { bartlettDegreesOfFreedom } from '../../stats/internal.js';
import type { Estimated } from './returns.js';

/** What decides how sure a mean is: L of Bartlett's weights, and the level of the interval. */
export interface ErrorOptions {
  /** Of the HAC error; `neweyWestLags` unless told. */
  readonly lags?: number;
  /** Of the interval; 0.95. */
  readonly level?: number;
}

/** The mean of x [n] with its HAC error, which is 0 where x does not vary, and the interval of `hacInterval`. */
export function meanWithError(x: Float64Array, { lags, level }: ErrorOptions = {}): Estimated {
  const value = mean(x);
  const still = x.every((one) => one === x[0]);
  const standardError = still ? 0 : hacMean(x, { ...(lags !== undefined && { lags }) }).standardError;
  return { value, standardError, interval: hacInterval(value, standardError, x.length, { lags, level }) };
}

/**
 * The interval of an estimate from n rows with a HAC error, which is itself estimated, and from few numbers where lags are many.
 *
 *     value ± t error √(n/(n − L − 1)),   t of Student's law with n/Σₗ wₗ² − 1 degrees of freedom, Σ wₗ² = (2(L + 1)² + 1)/(3(L + 1)) over |l| ≤ L
 *
 * The root makes up for the mean taken away; without lags this is Student's own interval. Of independent normal returns 95 % covers .95 at
 * n = 12, 24, 60 and 500 for a mean, where the normal law covers .85, .90, .93 and .95.
 *
 * Priestley 1981, equivalent degrees of freedom of a spectral estimate.
 */
export function hacInterval(value: number, standardError: number, n: number, { lags = neweyWestLags(n), level }: ErrorOptions): Interval {
  if (standardError === 0) return confidenceInterval(value, 0, { level });
  const df = bartlettDegreesOfFreedom(n, lags);
  return confidenceInterval(value, standardError * Math.sqrt(n / Math.max(0, n - lags - 1)), { level, df });
}
