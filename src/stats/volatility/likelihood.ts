import { type Matrix, transposeVec } from '../../linalg/index.js';
import { logDensity, NU, type ShockLaw } from './innovations.js';
import type { Recursion } from './recursion.js';

/** Returns, what their mean is made of, and the law of what is left. */
export interface Sample {
  /** [n] */
  readonly y: Float64Array;
  /** The regressors of the mean [n, m]; m = 0 where the mean is zero. */
  readonly x: Matrix;
  readonly recursion: Recursion;
  readonly law: ShockLaw;
  /** Stands for ε² and σ² of the days before the first. */
  readonly before: number;
}

/** Coefficients by what they are of. */
export interface Coefficients {
  /** [m] */
  readonly mean: Float64Array;
  /** θ: ω, α, γ, β. */
  readonly variance: Float64Array;
  /** Degrees of freedom of a Student law; ∞ for the normal one. */
  readonly nu: number;
}

/** Of mean, variance and law, one after another. */
export function partition({ x: { cols: m }, law }: Sample, all: Float64Array): Coefficients {
  const end = all.length - (law === 'student' ? 1 : 0);
  return { mean: all.slice(0, m), variance: all.slice(m, end), nu: law === 'student' ? all[end] : Infinity };
}

/** Shocks and their variances [n] at some coefficients, in `into` where it is given. */
export function filtered(
  { y, x, recursion, before }: Omit<Sample, 'law'>,
  { mean, variance: theta }: Coefficients,
  into?: Pick<Workspace, 'shocks' | 'variance'>,
) {
  const n = y.length;
  const m = x.cols;
  const { shocks, variance } = into ?? { shocks: new Float64Array(n), variance: new Float64Array(n) };
  for (let t = 0, at = 0; t < n; t++) {
    let mu = 0;
    for (let j = 0; j < m; j++, at++) mu += x.data[at] * mean[j];
    shocks[t] = y[t] - mu;
  }
  recursion.filter(theta, shocks, before, variance);
  return { shocks, variance };
}

/** What one evaluation of the likelihood fills, [n] each: a fit makes some fifty, and takes the memory once. */
export interface Workspace {
  readonly shocks: Float64Array;
  readonly variance: Float64Array;
  /** ℓₜ. */
  readonly each: Float64Array;
  readonly dVariance: Float64Array;
  readonly dShocks: Float64Array;
}

/** Room for samples of n rows. */
export const workspace = (n: number): Workspace => ({
  shocks: new Float64Array(n),
  variance: new Float64Array(n),
  each: new Float64Array(n),
  dVariance: new Float64Array(n),
  dShocks: new Float64Array(n),
});

/** ℓₜ [n], in the workspace. */
export function eachLogDensity(sample: Sample, all: Float64Array, work: Workspace): Float64Array {
  const parts = partition(sample, all);
  logDensity(sample.law, parts.nu, filtered(sample, parts, work), work.each);
  return work.each;
}

/** −ℓ and its gradient in all coefficients. */
export function negativeLogLikelihood(sample: Sample, all: Float64Array, work: Workspace): { value: number; gradient: Float64Array } {
  const parts = partition(sample, all);
  const at = filtered(sample, parts, work);
  const { each, dVariance, dShocks } = work;
  const dNu = logDensity(sample.law, parts.nu, at, each, { dVariance, dShocks });
  const dTheta = sample.recursion.pullBack(parts.variance, { ...at, before: sample.before }, dVariance, dShocks);
  const dMean = transposeVec(sample.x, dShocks); // ε = y − Xφ, so −dShocks, and −ℓ
  const gradient = Float64Array.of(...dMean, ...dTheta.map((d) => -d), ...(sample.law === 'student' ? [-dNu] : []));
  return { value: -total(each), gradient };
}

/** Σₜ of some values [n]. */
export function total(values: Float64Array): number {
  let sum = 0;
  for (let t = 0; t < values.length; t++) sum += values[t];
  return sum;
}

/** Coordinates of all coefficients in which what they must satisfy is a box: the mean's are free, 1/ν stands for ν. */
export function freeCoordinates(sample: Sample) {
  const { free } = sample.recursion;
  const m = sample.x.cols;
  const student = sample.law === 'student';
  const k = free.lower.length;
  return {
    lower: [...new Array<number>(m).fill(-Infinity), ...free.lower, ...(student ? [1 / NU.most] : [])],
    upper: [...new Array<number>(m).fill(Infinity), ...free.upper, ...(student ? [1 / NU.least] : [])],
    from(all: Float64Array): Float64Array {
      const { mean, variance, nu } = partition(sample, all);
      return Float64Array.of(...mean, ...free.from(variance), ...(student ? [1 / nu] : []));
    },
    to: (u: Float64Array): Float64Array =>
      Float64Array.of(...u.subarray(0, m), ...free.to(u.subarray(m, m + k)), ...(student ? [1 / u[m + k]] : [])),
    pullBack: (u: Float64Array, gradient: Float64Array): Float64Array =>
      Float64Array.of(
        ...gradient.subarray(0, m),
        ...free.pullBack(u.subarray(m, m + k), gradient.subarray(m, m + k)),
        ...(student ? [-gradient[m + k] / u[m + k] ** 2] : []),
      ),
  };
}
