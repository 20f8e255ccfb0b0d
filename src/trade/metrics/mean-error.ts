import { mean } from '../../linalg/index.js';
import { confidenceInterval, hacMean } from '../../stats/index.js';
import type { Estimated } from './returns.js';

/** What decides how sure a mean is: L of Bartlett's weights, and the level of the interval. */
export interface ErrorOptions {
  /** Of the HAC error; `neweyWestLags` unless told. */
  readonly lags?: number;
  /** Of the interval; 0.95. */
  readonly level?: number;
}

/** The mean of x [n] with its HAC error, which is 0 where x does not vary. */
export function meanWithError(x: Float64Array, { lags, level }: ErrorOptions = {}): Estimated {
  const value = mean(x);
  const still = x.every((one) => one === x[0]);
  const standardError = still ? 0 : hacMean(x, { ...(lags !== undefined && { lags }) }).standardError;
  return { value, standardError, interval: confidenceInterval(value, standardError, { level }) };
}
