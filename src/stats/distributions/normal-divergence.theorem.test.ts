import { expect } from 'vitest';
import { expectMean } from '../../../tests/support/monte-carlo.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { diagonal, type Matrix, matMul, matVec, transpose } from '../../linalg/index.js';
import { type NormalLaw, normalDivergence } from './normal-divergence.js';

type Divergence = (p: NormalLaw, q: NormalLaw) => number;

const square = (p: number, data: ArrayLike<number>): Matrix => ({ rows: p, cols: p, data: Float64Array.from(data) });
/** A lower triangle L, and N(m, LLᵀ). */
const law = (mean: number[], lower: number[]) => {
  const root = square(mean.length, lower);
  return { root, law: { mean, covariance: matMul(root, transpose(root)) } };
};
const PAIRS = [
  [law([0.3, -1], [1, 0, 0.8, 0.5]), law([0, 0], [0.7, 0, -0.2, 1.4])],
  [law([2, 0, 1], [0.5, 0, 0, 0.2, 0.3, 0, -0.1, 0.4, 0.9]), law([1.5, 0.2, 1], [1, 0, 0, 0.1, 0.6, 0, 0, 0.3, 0.8])],
] as const;

/** log N(θ; m, LLᵀ) by forward substitution in L. */
function logDensity({ root, law: { mean } }: (typeof PAIRS)[number][number], theta: Float64Array): number {
  const p = theta.length;
  const z = new Float64Array(p);
  let total = -0.5 * p * Math.log(2 * Math.PI);
  for (let i = 0; i < p; i++) {
    z[i] = theta[i] - mean[i];
    for (let j = 0; j < i; j++) z[i] -= root.data[i * p + j] * z[j];
    z[i] /= root.data[i * p + i];
    total -= 0.5 * z[i] ** 2 + Math.log(root.data[i * p + i]);
  }
  return total;
}

const independent = ({ mean, covariance }: NormalLaw): NormalLaw => ({
  mean,
  covariance: square(
    mean.length,
    covariance.data.map((v, at) => (at % (mean.length + 1) === 0 ? v : 0)),
  ),
});
const MUTANTS: Record<string, Divergence> = {
  'turns it round': (p, q) => normalDivergence(q, p),
  'forgets the half': (p, q) => 2 * normalDivergence(p, q),
  'forgets the means': (p, q) => normalDivergence({ ...p, mean: q.mean }, q),
  'forgets the covariances between coordinates': (p, q) => normalDivergence(independent(p), independent(q)),
  'forgets the dimension': (p, q) => normalDivergence(p, q) + p.mean.length / 2,
  'takes one dimension off only': (p, q) => normalDivergence(p, q) + (p.mean.length - 1) / 2,
  'is symmetric': (p, q) => (normalDivergence(p, q) + normalDivergence(q, p)) / 2,
  'flips the determinants': (p, q) => normalDivergence(p, q) + logDeterminant(p) - logDeterminant(q),
};
const logDeterminant = ({ covariance: { rows, data } }: NormalLaw) =>
  Math.log(rows === 1 ? data[0] : rows === 2 ? data[0] * data[3] - data[1] * data[2] : determinant3(data));
const determinant3 = ([a, b, c, d, e, f, g, h, i]: Float64Array) => a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);

theorem<Divergence>('thm:gaussian-kl', 'a', {
  real: normalDivergence,
  check: (divergence) => {
    for (const [one, other] of PAIRS)
      for (const [p, q] of [
        [one, other],
        [other, one],
      ]) {
        const size = p.law.mean.length;
        const z = gaussian(5, 6000 * size);
        const ratios = Float64Array.from({ length: 6000 }, (_, s) => {
          const theta = matVec(p.root, z.subarray(s * size, (s + 1) * size)).map((v, j) => v + p.law.mean[j]);
          return logDensity(p, theta) - logDensity(q, theta);
        });
        expectMean(ratios, divergence(p.law, q.law));
        expect(divergence(p.law, p.law)).toBeCloseTo(0, 10);
        expect(divergence(p.law, q.law)).toBeGreaterThan(0);
      }
  },
  mutants: MUTANTS,
});

theorem<Divergence>('thm:gaussian-kl', 'c', {
  real: normalDivergence,
  check: (divergence) => {
    for (const [{ law: p }, { law: q }] of PAIRS) {
      const size = p.mean.length;
      const map = square(size, gaussian(9, size * size));
      const moved = ({ mean, covariance }: NormalLaw): NormalLaw => ({
        mean: matVec(map, mean).map((v) => v + 3),
        covariance: matMul(matMul(map, covariance), transpose(map)),
      });
      expect(divergence(moved(p), moved(q))).toBeCloseTo(divergence(p, q), 7);
      expect(diagonal(p.covariance).every((v) => v > 0)).toBe(true);
    }
    const normal = (d: number): NormalLaw => ({ mean: [0], covariance: square(1, [d * d]) });
    for (const d of [1e-2, 1e-3]) {
      expect(divergence(normal(d), normal(1)) + Math.log(d)).toBeCloseTo(-0.5, 3);
      expect(d * d * divergence(normal(1), normal(d))).toBeCloseTo(0.5, 2);
    }
  },
  mutants: {
    'turns it round': MUTANTS['turns it round'],
    'forgets the half': MUTANTS['forgets the half'],
    'is symmetric': MUTANTS['is symmetric'],
    'forgets the covariances between coordinates': MUTANTS['forgets the covariances between coordinates'],
    'forgets the dimension': MUTANTS['forgets the dimension'],
  },
});
