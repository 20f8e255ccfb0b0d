import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { inDouble } from '../../../tests/support/gradients.js';
import { expectMean } from '../../../tests/support/monte-carlo.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { standardNormal } from '../../stats/index.js';
import { drawWeights } from './mean-field.js';

const S = 6000;
/** θ [S, p] from μ, ρ and ε, each [S, p]: a row for each draw, so that a gradient is that of each draw. */
type Draw = (mean: tf.Tensor, rho: tf.Tensor, noise: tf.Tensor) => tf.Tensor;
const real: Draw = (mean, rho, noise) => drawWeights({ mean: { theta: mean }, rho: { theta: rho } }, { noise: noise.flatten() }).theta;

const LAWS = [
  { m: [0.4, -0.3], d: [0.6, 0.5] },
  { m: [-0.7, 0.5], d: [0.3, 1.2] },
];

/** g(θ) of each draw, and its gradients by m and ρ, each [S p]. */
function sample(draw: Draw, g: (theta: tf.Tensor) => tf.Tensor, { m, d }: { m: number[]; d: number[] }, seed: number) {
  const p = m.length;
  const rows = (values: number[]) => ({ data: Float64Array.from({ length: S * p }, (_, at) => values[at % p]), shape: [S, p] });
  const noise = { data: gaussian(seed, S * p), shape: [S, p] };
  const { y, grads } = inDouble(
    (mean, rho, noise) => g(draw(mean, rho, noise)),
    [rows(m), rows(d.map((v) => Math.log(Math.expm1(v)))), noise],
  );
  const columnOf = (values: ArrayLike<number>, j: number) => Float64Array.from({ length: S }, (_, s) => values[s * p + j]);
  return { values: Float64Array.from(y), byMean: m.map((_, j) => columnOf(grads[0], j)), byRho: m.map((_, j) => columnOf(grads[1], j)) };
}

const link =
  (of: (rho: tf.Tensor) => tf.Tensor): Draw =>
  (mean, rho, noise) =>
    mean.add(of(rho).mul(noise));
const MUTANTS: Record<string, Draw> = {
  'has e^ρ for the deviation': link((rho) => rho.exp()),
  'squares the deviation': link((rho) => rho.softplus().square()),
  'takes ρ for the deviation': link((rho) => rho),
  'has twice the deviation': link((rho) => rho.softplus().mul(2)),
  'halves the mean': (mean, rho, noise) => mean.mul(0.5).add(rho.softplus().mul(noise)),
  'flips the mean': (mean, rho, noise) => rho.softplus().mul(noise).sub(mean),
};

const A = [0.7, -0.5];
const density = (u: number) => Math.exp(-0.5 * u * u) / Math.sqrt(2 * Math.PI);
/** An exponential, and absolute values, which have a kink and satisfy the condition. */
const SMOOTH = {
  g: (theta: tf.Tensor) => theta.mul(tf.tensor1d(A)).sum(-1).exp(),
  slopes({ m, d }: (typeof LAWS)[number]) {
    const mean = Math.exp(A[0] * m[0] + A[1] * m[1] + 0.5 * ((A[0] * d[0]) ** 2 + (A[1] * d[1]) ** 2));
    return { value: mean, mean: A.map((a) => a * mean), deviation: A.map((a, j) => a * a * d[j] * mean) };
  },
};
const KINKED = {
  g: (theta: tf.Tensor) => theta.abs().sum(-1),
  slopes: ({ m, d }: (typeof LAWS)[number]) => {
    const u = m.map((value, j) => value / d[j]);
    const mean = u.map((v) => 2 * standardNormal.cdf(v) - 1);
    const deviation = u.map((v) => 2 * density(v));
    return { value: m.reduce((sum, value, j) => sum + value * mean[j] + d[j] * deviation[j], 0), mean, deviation };
  },
};

theorem<Draw>('thm:pathwise-gradient', 'a', {
  real,
  check: (draw) => {
    for (const [i, law] of LAWS.entries())
      for (const { g, slopes } of [SMOOTH, KINKED]) {
        const { values, byMean, byRho } = sample(draw, g, law, 110 + i);
        const want = slopes(law);
        expectMean(values, want.value);
        for (const j of [0, 1]) {
          expectMean(byMean[j], want.mean[j]);
          expectMean(byRho[j], (1 - Math.exp(-law.d[j])) * want.deviation[j]);
        }
      }
  },
  mutants: MUTANTS,
});

theorem<Draw>('thm:pathwise-gradient', 'b', {
  real,
  check: (draw) => {
    for (const [m, d] of [
      [0.2, 0.5],
      [-0.4, 1.1],
    ]) {
      const { values, byMean, byRho } = sample(draw, (theta) => theta.step().sum(-1), { m: [m], d: [d] }, 120);
      expectMean(values, standardNormal.cdf(m / d));
      const h = 1e-4;
      const slope = (standardNormal.cdf((m + h) / d) - standardNormal.cdf((m - h) / d)) / (2 * h);
      expect(slope).toBeCloseTo(density(m / d) / d, 6);
      expect(slope).toBeGreaterThan(0.3);
      for (const gradient of [...byMean, ...byRho]) expect(gradient.every((value) => value === 0)).toBe(true);
    }
  },
  mutants: {
    'has twice the deviation': MUTANTS['has twice the deviation'],
    'flips the mean': MUTANTS['flips the mean'],
    'halves the mean': MUTANTS['halves the mean'],
    'lets the mean past the step': (mean, rho, noise) =>
      real(mean, rho, noise)
        .step()
        .add(mean.sub(mean.mul(0.9))),
  },
});

theorem<Draw>('thm:pathwise-gradient', 'c', {
  real,
  // g = c‖θ‖ around m = 0 has gradients of length c that point everywhere: the bound c² is reached. In one dimension so is c²p.
  check: (draw) => {
    const sumOfSquares = (gradients: Float64Array[], scale: number[]) =>
      Float64Array.from({ length: S }, (_, s) => gradients.reduce((sum, column, j) => sum + (column[s] / scale[j]) ** 2, 0));
    for (const c of [0.5, 3])
      for (const { p, d } of [
        { p: 1, d: 0.3 },
        { p: 5, d: 0.3 },
        { p: 5, d: 2 },
      ]) {
        const [m, deviations] = [new Array<number>(p).fill(0), new Array<number>(p).fill(d)];
        const norm = (theta: tf.Tensor) => theta.square().sum(-1).sqrt().mul(c);
        const { byMean, byRho } = sample(draw, norm, { m, d: deviations }, 130);
        const first = sumOfSquares(
          byMean,
          m.map(() => 1),
        );
        for (const value of first.subarray(0, 100)) expect(value).toBeCloseTo(c * c, 6); // never more: no draw exceeds c
        for (const column of byMean) expectMean(column, 0);
        const second = sumOfSquares(
          byRho,
          m.map(() => 1 - Math.exp(-d)),
        );
        // E Σ ξⱼ² θⱼ²/‖θ‖² for equal d: E Σ ξⱼ⁴ / ‖ξ‖² = 3p/(p + 2), at most p.
        expectMean(second, (c * c * 3 * p) / (p + 2));
        expect((3 * p) / (p + 2)).toBeLessThanOrEqual(p);
      }
  },
  mutants: {
    'has e^ρ for the deviation': MUTANTS['has e^ρ for the deviation'],
    'has twice the mean': (mean, rho, noise) => mean.mul(2).add(rho.softplus().mul(noise)),
    'halves the mean': MUTANTS['halves the mean'],
    'moves ρ by its own size': link((rho) => rho.softplus().mul(rho.sub(rho.mul(0.5)))),
  },
});
