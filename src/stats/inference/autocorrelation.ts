import { chiSquared, standardNormal } from '../distributions/distributions.js';
import { checkLags } from './newey-west.js';
import { autocovariances, checkSeries } from './series.js';

/**
 * Autocorrelations r₁ … r_L of a series.
 *
 *     rₖ = Σₜ (xₜ − x̄)(xₜ₋ₖ − x̄) / Σₜ (xₜ − x̄)²
 *
 * @param series  [n] in time order
 * @returns       [L], index k − 1 holds rₖ
 * @throws        when the series is not longer than the lags, does not vary, or holds a value that is not finite
 */
export function autocorrelation(series: ArrayLike<number>, lags: number): Float64Array {
  checkSeries('autocorrelation', series);
  checkLags('autocorrelation', lags, series.length);
  const gamma = autocovariances(series, lags);
  return gamma.subarray(1).map((value) => value / gamma[0]);
}

/**
 * Half the width of the band within which each rₖ of n independent values falls with this probability: q/√n, 1.96/√n at 0.95.
 *
 * One of twenty lags falls outside by chance; `ljungBox` judges them together. Bartlett 1946.
 */
export const whiteNoiseBand = (n: number, level = 0.95): number => standardNormal.quantile((1 + level) / 2) / Math.sqrt(n);

/** A test of the hypothesis that a series has no autocorrelation. */
export interface LjungBox {
  /** Q. */
  readonly statistic: number;
  /** Lags less fitted parameters. */
  readonly degreesOfFreedom: number;
  /** The chance of as much or more without autocorrelation. */
  readonly pValue: number;
}

/**
 * The Ljung–Box test of the first L autocorrelations together.
 *
 *     Q = n(n + 2) Σₖ₌₁ᴸ rₖ²/(n − k)  ~  χ²(L − fitted)
 *
 * It takes the variance for constant: returns with volatility clusters exceed it without being predictable.
 *
 * @param lags    L
 * @param fitted  parameters of the autoregression whose residuals these are, 1 for an AR(1); 0 for a series as it is
 * @throws        as `autocorrelation`, and when fitted is not below lags
 *
 * Ljung & Box 1978.
 */
export function ljungBox(series: ArrayLike<number>, { lags, fitted = 0 }: { readonly lags: number; readonly fitted?: number }): LjungBox {
  const n = series.length;
  const degreesOfFreedom = lags - fitted;
  if (!(degreesOfFreedom > 0))
    throw new Error(`ljungBox: ${lags} lags of residuals with ${fitted} fitted parameters leave nothing to test; use more lags`);
  const statistic = autocorrelation(series, lags).reduce((q, r, i) => q + (n * (n + 2) * r * r) / (n - i - 1), 0);
  return { statistic, degreesOfFreedom, pValue: chiSquared(degreesOfFreedom).survival(statistic) };
}
