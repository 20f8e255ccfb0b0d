import { fold, key, normal, split, uniform } from '../../src/base/random.js';
import { type Matrix, matVec } from '../../src/linalg/matrix.js';
import { design } from '../../src/stats/regression/design.js';

/** Standard normal numbers [n] of a seed. */
export const gaussian = (seed: number, n: number): Float64Array => normal(key(seed), [n], 'float64').data;

/** Number i of the uniform ones in [0, 1) of a seed. */
export const uniformAt = (seed: number, i: number): number => uniform(fold(key(seed), i), [1], 'float64').data[0];

/**
 * Daily stock returns on a market and two correlated factors, in the units of real ones: 0.01 is 1 %. β = intercept, market, size, value.
 */
export function factorReturns(n: number, seed = 1): { x: Matrix; y: Float64Array; beta: Float64Array; noise: number } {
  const [a, b, c, e] = split(key(seed), 4).map((k) => normal(k, [n], 'float64').data);
  const market = a.map((z) => 0.011 * z);
  const size = b.map((z, i) => 0.006 * (0.5 * a[i] + z));
  const value = c.map((z, i) => 0.005 * (-0.6 * b[i] + z));
  const x = design({ market, size, value });
  const beta = Float64Array.of(0.0002, 1.1, 0.4, -0.3);
  const noise = 0.012;
  const y = matVec(x, beta).map((fit, i) => fit + noise * e[i]);
  return { x, y, beta, noise };
}
