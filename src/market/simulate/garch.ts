import { type Key, normal, split, uniform } from '../../base/index.js';
import { checkNumber } from '../../base/internal.js';
import { type Extent, eachPath, type Paths, roomFor } from './paths.js';

/** Returns with the variance that each was drawn with. */
export interface GarchPaths {
  /** [P, T] in the units of √ω: 0.01 is 1 % where ω is of the order of 1e-6 */
  readonly returns: Paths;
  /** [P, T] σ²_t, known one step before its return */
  readonly variances: Paths;
}

/** What the models of a changing variance have in common. */
interface VolatilityOptions extends Extent {
  /** ω */
  readonly omega: number;
  /** weight of the last shock */
  readonly alpha: number;
  /** weight of the last variance, or of its logarithm */
  readonly beta: number;
  /** what a loss adds; 0 unless told */
  readonly gamma?: number;
  /** mean of the returns; 0 unless told */
  readonly mean?: number;
  /** degrees of freedom of Student's law for z, above 2; normal unless told */
  readonly nu?: number;
  /** σ² of the first return; the stationary mean of what the recursion moves unless told */
  readonly start?: number;
}

/** GARCH's coefficients `omega`, `alpha`, `beta`, and `gamma` for GJR's; `mean`, `nu`, `start`; `steps` and `paths`. */
export type GarchOptions = VolatilityOptions;

/** EGARCH's coefficients `omega`, `alpha` of the size of a shock, `gamma` of its sign, `beta`; `mean`, `nu`, `start`; `steps` and `paths`. */
export type EgarchOptions = VolatilityOptions;

/**
 * GARCH(1, 1), and with γ the model of Glosten, Jagannathan and Runkle:
 *
 *     r_t = μ + σ_t z_t        σ²_{t+1} = ω + (α + γ 1[z_t < 0]) σ_t² z_t² + β σ²_t        E z = 0, E z² = 1
 *
 * It starts at the stationary variance ω / (1 − α − γ/2 − β), so that E σ²_t is that at every step. With `nu`, z is Student's t scaled to variance 1.
 *
 * @returns returns and variances, each [paths, steps]
 * @throws  when a variance could fall below zero, when α + γ/2 + β ≥ 1 has no `start`, when ν ≤ 2, and on a count that is none
 *
 * Bollerslev 1986; Glosten, Jagannathan & Runkle 1993. The coefficients are those of `fitGarch` of lemmata/stats.
 */
export function garch(k: Key, options: GarchOptions): GarchPaths {
  const { omega, alpha, beta, gamma = 0, start } = options;
  checkNumber('garch', 'omega', omega, { above: 0 }, 'it keeps the variance above zero');
  checkNumber('garch', 'alpha', alpha, { from: 0 });
  checkNumber('garch', 'beta', beta, { from: 0 });
  checkNumber('garch', 'gamma', gamma, { from: -alpha }, 'a loss may not lower the variance: alpha + gamma from 0 up');
  const persistence = alpha + gamma / 2 + beta;
  if (start === undefined && !(persistence < 1))
    throw new Error(
      `garch: alpha + gamma/2 + beta is ${persistence}, and there is no stationary variance to start from; give a start, or choose them to sum below 1`,
    );
  return volatilityPaths('garch', k, options, start ?? omega / (1 - persistence), (variance, z) => {
    return omega + ((z < 0 ? alpha + gamma : alpha) * z * z + beta) * variance;
  });
}

/**
 * EGARCH(1, 1), whose logarithm of the variance answers to the size and to the sign of the last shock:
 *
 *     r_t = μ + σ_t z_t        ln σ²_{t+1} = ω + α (|z_t| − √(2/π)) + γ z_t + β ln σ²_t
 *
 * It starts at ln σ² = ω / (1 − β), the stationary mean for a normal z. √(2/π) = E|z| of the normal law stays with `nu` too, as in `fitEgarch`.
 *
 * @returns returns and variances, each [paths, steps]
 * @throws  when |β| ≥ 1 has no `start`, when ν ≤ 2, and on a count that is none
 *
 * Nelson 1991, eq. 2.1 and 2.2.
 */
export function egarch(k: Key, options: EgarchOptions): GarchPaths {
  const { omega, alpha, beta, gamma = 0, start } = options;
  for (const [name, value] of Object.entries({ omega, alpha, beta, gamma })) checkNumber('egarch', name, value, {});
  if (start === undefined && !(Math.abs(beta) < 1))
    throw new Error(`egarch: beta ${beta} has no stationary law to start in; give a start, or choose beta between −1 and 1`);
  return volatilityPaths('egarch', k, options, start ?? Math.exp(omega / (1 - beta)), (variance, z) =>
    Math.exp(omega + alpha * (Math.abs(z) - Math.sqrt(2 / Math.PI)) + gamma * z + beta * Math.log(variance)),
  );
}

function volatilityPaths(
  name: string,
  k: Key,
  options: VolatilityOptions,
  start: number,
  next: (variance: number, z: number) => number,
): GarchPaths {
  const { mean = 0, nu, steps } = options;
  checkNumber(name, 'start', start, { above: 0 }, 'it is a variance');
  checkNumber(name, 'mean', mean, {});
  if (nu !== undefined)
    checkNumber(name, 'nu', nu, { above: 2 }, 'below that there is no variance to scale to 1; leave it out for the normal law');
  const [returns, variances] = [roomFor(name, options), roomFor(name, options)];
  const shape = eachPath(k, options, (pathKey, at) => {
    const z = nu === undefined ? normal(pathKey, [steps], 'float64').data : standardStudent(pathKey, steps, nu);
    let variance = start;
    for (let t = 0; t < steps; t++) {
      if (t > 0) variance = next(variance, z[t - 1]);
      variances[at + t] = variance;
      returns[at + t] = mean + Math.sqrt(variance) * z[t];
    }
  });
  return { returns: { data: returns, shape }, variances: { data: variances, shape } };
}

/** [n] of Student's law with ν degrees of freedom over its standard deviation √(ν/(ν−2)), by the polar form of Bailey 1994: √(ν(U^(−2/ν) − 1)) cos 2πV. */
function standardStudent(k: Key, n: number, nu: number): Float64Array {
  const [u, v] = split(k).map((half) => uniform(half, [n], 'float64').data);
  return u.map((x, i) => Math.sqrt((nu - 2) * ((1 - x) ** (-2 / nu) - 1)) * Math.cos(2 * Math.PI * v[i]));
}
