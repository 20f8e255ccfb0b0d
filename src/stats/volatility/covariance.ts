import { fromColumns, type Matrix, matMul, transpose } from '../../linalg/index.js';
import { zeroMatrix } from '../../linalg/internal.js';
import { hessian, moved, steps } from '../optimise/differences.js';
import { likelihoodCovariance } from '../optimise/likelihood-covariance.js';
import { NU } from './innovations.js';
import { eachLogDensity, filtered, negativeLogLikelihood, partition, type Sample, type Workspace } from './likelihood.js';
import { partsOf } from './recursion.js';

/** So near to its bound a weight is on it: the minimiser stops within some 1e-9. */
const TOUCH = 1e-7;
/** Which coefficients [k] are on a bound of their own: αᵢ, αᵢ + γᵢ (then γᵢ) or βⱼ of 0, and the ends of ω and ν. */
export function held(sample: Sample, all: Float64Array): boolean[] {
  const { mean, variance, nu } = partition(sample, all);
  const { recursion } = sample;
  const { omega, alpha, gamma, beta } = partsOf(recursion, variance);
  const garch = recursion.kind === 'garch';
  return [
    ...Array.from(mean, () => false),
    garch && omega <= Math.exp(recursion.free.lower[0]) * (1 + TOUCH),
    ...Array.from(alpha, (a) => garch && a <= TOUCH),
    ...Array.from(gamma, (g, i) => garch && (alpha[i] ?? 0) + g <= TOUCH),
    ...Array.from(beta, (b) => b <= TOUCH),
    ...(sample.law === 'student' ? [nu >= NU.most * (1 - 1e-3) || nu <= NU.least * (1 + 1e-5)] : []),
  ];
}

/**
 * Coefficients θ̂ [k] and covariances [k, k] in the units of the returns, `unit` times those of the sample: robust, and of the inverse Hessian.
 * Those on a bound are held there, and have none.
 */
export function inUnits(sample: Sample, all: Float64Array, unit: number, work: Workspace) {
  const { mean, variance } = partition(sample, all);
  const k = all.length;
  const still = held(sample, all);
  const wide = sample.recursion.kind === 'egarch' ? overKinks(sample, all, work) : 0;
  const h = steps(all).map((step, j) => (j < mean.length && wide > 0 ? wide : step));
  const curvature = hessian((at) => negativeLogLikelihood(sample, at, work).gradient, all, h);
  const loose = Array.from(all, (_, j) => j).filter((j) => !still[j]);
  const scores = scoresOf(sample, all, loose, h, work);
  const rescaled = sample.recursion.rescaled(variance, unit);
  const jacobian = zeroMatrix(k, k);
  for (let i = 0; i < k; i++) jacobian.data[i * k + i] = i === 0 && mean.length > 0 ? unit : 1;
  rescaled.jacobian.forEach((row, i) => {
    for (let j = 0; j < row.length; j++) jacobian.data[(mean.length + i) * k + mean.length + j] = row[j];
  });
  const theta = all.slice();
  if (mean.length > 0) theta[0] *= unit;
  theta.set(rescaled.theta, mean.length);
  const whole = (own: Matrix): Matrix => {
    const wide = zeroMatrix(k, k);
    loose.forEach((i, a) => {
      for (const [b, j] of loose.entries()) wide.data[i * k + j] = own.data[a * loose.length + b];
    });
    const out = matMul(matMul(jacobian, wide), transpose(jacobian));
    return { ...out, data: out.data.map((value, at) => (still[Math.floor(at / k)] || still[at % k] ? Number.NaN : value)) };
  };
  const own = zeroMatrix(loose.length, loose.length);
  loose.forEach((i, a) => {
    for (const [b, j] of loose.entries()) own.data[a * loose.length + b] = curvature.data[i * k + j];
  });
  return {
    theta,
    still,
    covariance: whole(likelihoodCovariance(own, scores)),
    classical: whole(likelihoodCovariance(own)),
  };
}

/**
 * A step of the mean that goes over many of the kinks that EGARCH's likelihood has in it, one at each return, and yet is small beside a calm
 * day's deviation: 0.2 n^(−⅓) of the harmonic mean of σₜ. The curvature that matters is that between kinks and of them together.
 */
function overKinks(sample: Sample, all: Float64Array, work: Workspace): number {
  const { variance } = filtered(sample, partition(sample, all), work);
  const n = variance.length;
  return (0.2 * n ** (2 / 3)) / variance.reduce((sum, v) => sum + 1 / Math.sqrt(v), 0);
}

/** ∂ℓₜ/∂θⱼ by central differences of steps h [k], for some j: [n, j]. */
function scoresOf(sample: Sample, all: Float64Array, of: readonly number[], h: Float64Array, work: Workspace): Matrix {
  const columns = of.map((j) => {
    const [above, below] = moved(all, j, h[j]);
    const column = eachLogDensity(sample, below, work).slice();
    const up = eachLogDensity(sample, above, work);
    for (let t = 0; t < column.length; t++) column[t] = (up[t] - column[t]) / (above[j] - below[j]);
    return column;
  });
  return fromColumns(columns);
}
