import { mean } from '../../linalg/index.js';
import { checkSize, checkValues } from '../../linalg/internal.js';
import { bartlett } from './newey-west.js';

/** γ₀ … γ_L, γₗ = Σₜ (xₜ − x̄)(xₜ₋ₗ − x̄) / n. */
export function autocovariances(series: ArrayLike<number>, lags: number): Float64Array {
  const centre = mean(series);
  const centred = new Float64Array(series).map((value) => value - centre);
  return Float64Array.from({ length: lags + 1 }, (_, lag) => {
    let total = 0;
    for (let t = lag; t < centred.length; t++) total += centred[t] * centred[t - lag];
    return total / centred.length;
  });
}

/** γ₀ + 2 Σₗ₌₁ᴸ (1 − l/(L + 1)) γₗ: n times the variance of the mean of a serially correlated series. */
export const longRunVariance = (series: ArrayLike<number>, lags: number): number =>
  autocovariances(series, lags).reduce((total, gamma, lag) => total + (lag === 0 ? 1 : 2) * bartlett(lag, lags) * gamma, 0);

/** At least two values, finite, and not all the same. */
export function checkSeries(caller: string, series: ArrayLike<number>): void {
  if (series.length < 2) throw new Error(`${caller}: needs at least 2 values, got ${series.length}; load more history`);
  checkValues(caller, 'the series', series);
  let furthest = 0;
  for (let t = 1; t < series.length; t++) furthest = Math.max(furthest, Math.abs(series[t] - series[0]));
  if (furthest === 0)
    throw new Error(`${caller}: every value is ${series[0]}, so there is no variation to judge by; are two series the same?`);
  checkSize(caller, 'the differences in the series', furthest);
}
