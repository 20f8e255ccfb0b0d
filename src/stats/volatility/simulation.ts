import { type Key, randint } from '../../base/index.js';
import { checkNumber, checkOptions, checkWhole } from '../../base/internal.js';
import { filterVolatility, recursionOf } from './filter.js';
import type { VolatilityFit } from './fit.js';

/** How many futures are drawn, how far, and from which day on. */
export interface PathOptions {
  /** The same key gives the same paths. */
  readonly key: Key;
  /** Days of each path, h. */
  readonly horizon: number;
  /** Number of paths; 10,000. */
  readonly paths?: number;
  /** [n] up to today; the fit's own unless told. */
  readonly returns?: ArrayLike<number>;
}

/** Futures drawn from a volatility model, and the risk that they hold. */
export interface SimulatedPaths {
  /** r of each path and day [paths, h]. */
  readonly returns: Float64Array;
  /** σ² of each path and day [paths, h]. */
  readonly variances: Float64Array;
  /** Σ r over the days of each path, ascending [paths]. */
  readonly totals: Float64Array;
  /** The loss, in the units of the returns, that a total exceeds in 1 − level of the paths: −quantile(1 − level); `valueAtRisk(0.99)`. */
  readonly valueAtRisk: (level: number) => number;
  /** The mean loss of the paths beyond it: at least the value at risk. */
  readonly expectedShortfall: (level: number) => number;
}

/**
 * Filtered historical simulation: futures of a volatility model whose standardised shocks are drawn, with replacement, from those that
 * the fit has seen, so that their tails are the data's own and their size today's.
 *
 *     rₜ₊ₕ = μₜ₊ₕ + σₜ₊ₕ z*ₕ,  z* drawn from the ẑ of the fit's returns        σ²ₜ₊ₕ by the model from rₜ₊₁ … rₜ₊ₕ₋₁
 *
 * Totals are sums over the days: log returns of the whole span where returns are logarithmic.
 *
 * @throws  when horizon or paths is no whole number from 1 up, and on a level that is not between 0 and 1
 *
 * Barone-Adesi, Giannopoulos & Vosper 1999.
 */
export function filteredHistoricalSimulation(fit: VolatilityFit, options: PathOptions): SimulatedPaths {
  checkOptions('filteredHistoricalSimulation', options, ['key', 'horizon', 'paths', 'returns']);
  const { horizon, paths = 10_000 } = options;
  checkWhole('filteredHistoricalSimulation', 'horizon', horizon);
  checkWhole('filteredHistoricalSimulation', 'paths', paths);
  const { returns, variances } = simulatePaths(fit, { returns: fit.returns, ...options, paths });
  const totals = new Float64Array(paths);
  for (let at = 0; at < returns.length; at++) totals[Math.floor(at / horizon)] += returns[at];
  totals.sort();
  // At least one path is beyond the level.
  const beyond = (level: number) => {
    checkNumber('filteredHistoricalSimulation', 'level', level, { above: 0, below: 1 }, '0.99 is 99 %');
    return Math.max(1, Math.round((1 - level) * paths));
  };
  return {
    returns,
    variances,
    totals,
    valueAtRisk: (level) => -totals[beyond(level) - 1],
    expectedShortfall: (level) => -totals.subarray(0, beyond(level)).reduce((sum, total) => sum + total, 0) / beyond(level),
  };
}

/** Returns and variances of each path and day [paths, h]. */
export function simulatePaths(fit: VolatilityFit, { key, horizon, paths, returns }: Required<PathOptions>) {
  const own = filterVolatility(fit).standardised.subarray(fit.meanLags);
  const past = filterVolatility(fit, returns);
  const recursion = recursionOf(fit);
  const lags = Math.max(fit.p, fit.o, fit.q, fit.meanLags, 1);
  const [mu = 0, ...phi] = fit.parts.mean;
  const tail = (values: ArrayLike<number>) => Float64Array.from({ length: lags }, (_, i) => values[values.length - lags + i]);
  // The last `lags` days, which slide along a path.
  const start = { r: tail(returns), shocks: tail(past.shocks), variance: tail(past.variance) };
  const draws = randint(key, [paths, horizon], 0, own.length).data;
  const out = { returns: new Float64Array(paths * horizon), variances: new Float64Array(paths * horizon) };
  const slide = (window: Float64Array, value: number) => {
    window.copyWithin(0, 1);
    window[lags - 1] = value;
  };
  for (let k = 0, at = 0; k < paths; k++) {
    const [r, shocks, variance] = [start.r.slice(), start.shocks.slice(), start.variance.slice()];
    for (let h = 0; h < horizon; h++, at++) {
      const sigma2 = recursion.next(fit.parts.variance, shocks, variance);
      const shock = Math.sqrt(sigma2) * own[draws[at]];
      let value = mu + shock;
      for (let i = 0; i < phi.length; i++) value += phi[i] * r[lags - 1 - i];
      slide(r, value);
      slide(shocks, shock);
      slide(variance, sigma2);
      out.returns[at] = value;
      out.variances[at] = sigma2;
    }
  }
  return out;
}
