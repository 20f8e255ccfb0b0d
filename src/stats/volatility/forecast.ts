import type { Key } from '../../base/index.js';
import { checkOptions, checkWhole } from '../../base/internal.js';
import { filterVolatility } from './filter.js';
import type { VolatilityFit } from './fit.js';
import { partsOf } from './recursion.js';
import { simulatePaths } from './simulation.js';

/** Forecasts of the days after the last return. */
export interface VolatilityForecast {
  /** E r of days 1 … h [h]. */
  readonly mean: Float64Array;
  /** var r of days 1 … h [h], of the return seen from today: an autoregressive mean carries the shocks of days between. */
  readonly variance: Float64Array;
  /** E σ² of days 1 … h [h]: of the day's own shock. */
  readonly shockVariance: Float64Array;
}

/** What is to be forecast, from which returns, and how where there is no formula. */
export interface ForecastOptions {
  /** Days ahead. */
  readonly horizon: number;
  /** [n] up to today; the fit's own unless told. */
  readonly returns?: ArrayLike<number>;
  /** For EGARCH beyond one day, which has no formula: what its paths are drawn with. */
  readonly key?: Key;
  /** Paths of that simulation; 10,000. */
  readonly paths?: number;
}

/**
 * Forecasts of mean and variance by a fitted volatility model.
 *
 *     GARCH      E σ²ₜ₊ₕ = ω + Σᵢ (αᵢ + ½γᵢ) E ε²ₜ₊ₕ₋ᵢ + Σⱼ βⱼ E σ²ₜ₊ₕ₋ⱼ,  of a law as wide below 0 as above
 *     var rₜ₊ₕ = Σⱼ₌₀ʰ⁻¹ ψⱼ² E σ²ₜ₊ₕ₋ⱼ        ψ: the response of an autoregressive mean to a shock, 1, φ, φ² … of an AR(1)
 *
 * EGARCH is simulated beyond one day, from the standardised shocks of the fit: exp of an expected logarithm is not the expected variance.
 *
 * @throws  when the horizon is not whole, or for EGARCH beyond one day without a key
 *
 * Engle & Bollerslev 1986; Baillie & Bollerslev 1992, for the mean.
 */
export function forecastVolatility(fit: VolatilityFit, options: ForecastOptions): VolatilityForecast {
  checkOptions('forecastVolatility', options, ['horizon', 'returns', 'key', 'paths']);
  const { horizon, returns = fit.returns, key, paths = 10_000 } = options;
  checkWhole('forecastVolatility', 'horizon', horizon);
  if (fit.kind === 'egarch' && horizon > 1 && !key)
    throw new Error(
      `forecastVolatility: EGARCH has no formula for ${horizon} days ahead and is simulated; give a key, as in { horizon: ${horizon}, key: key(1) }`,
    );
  const shockVariance = fit.kind === 'garch' ? byFormula(fit, returns, horizon) : bySimulation(fit, returns, horizon, key, paths);
  const [mu = 0, ...phi] = fit.parts.mean;
  const mean = new Float64Array(horizon);
  const response = new Float64Array(horizon); // ψ
  const past = (h: number, i: number) => (h - 1 - i >= 0 ? mean[h - 1 - i] : returns[returns.length + h - 1 - i]);
  for (let h = 0; h < horizon; h++) {
    mean[h] = phi.reduce((sum, f, i) => sum + f * past(h, i), mu);
    response[h] = h === 0 ? 1 : phi.reduce((sum, f, i) => sum + (h > i ? f * response[h - 1 - i] : 0), 0);
  }
  const variance = shockVariance.map((_, h) => {
    let sum = 0;
    for (let j = 0; j <= h; j++) sum += response[j] ** 2 * shockVariance[h - j];
    return sum;
  });
  return { mean, variance, shockVariance };
}

function byFormula(fit: VolatilityFit, returns: ArrayLike<number>, horizon: number): Float64Array {
  const { shocks, variance } = filterVolatility(fit, returns);
  const { omega, alpha, gamma, beta } = partsOf(fit, fit.parts.variance);
  const n = shocks.length;
  const out = new Float64Array(horizon);
  for (let h = 0; h < horizon; h++) {
    let sum = omega;
    for (let i = 0; i < fit.p; i++) sum += alpha[i] * (h > i ? out[h - 1 - i] : shocks[n + h - 1 - i] ** 2);
    for (let i = 0; i < fit.o; i++) sum += gamma[i] * (h > i ? out[h - 1 - i] / 2 : Math.min(shocks[n + h - 1 - i], 0) ** 2);
    for (let j = 0; j < fit.q; j++) sum += beta[j] * (h > j ? out[h - 1 - j] : variance[n + h - 1 - j]);
    out[h] = sum;
  }
  return out;
}

function bySimulation(fit: VolatilityFit, returns: ArrayLike<number>, horizon: number, key: Key | undefined, paths: number): Float64Array {
  if (horizon === 1 || !key) return Float64Array.of(filterVolatility(fit, returns).next);
  const { variances } = simulatePaths(fit, { key, horizon, paths, returns });
  const out = new Float64Array(horizon);
  for (let at = 0; at < variances.length; at++) out[at % horizon] += variances[at] / paths;
  return out;
}
