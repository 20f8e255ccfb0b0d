import { expect } from 'vitest';
import { expectMean } from '../../../tests/support/monte-carlo.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { fromColumns, type Matrix, matMul, matVec, transpose } from '../../linalg/index.js';
import { type NormalLaw, normalDivergence } from '../distributions/normal-divergence.js';
import { bayesianLinearRegression } from '../regression/bayesian-linear-regression.js';
import { evidenceLowerBound } from './evidence-lower-bound.js';

type Options = { noise: number; prior: number };
type Bound = (x: Matrix, y: ArrayLike<number>, q: NormalLaw, options: Options) => number;
const bound: Bound = (x, y, q, options) => evidenceLowerBound(x, y, q, options).bound;

const x = fromColumns([gaussian(1, 15), gaussian(2, 15).map((z, i) => 0.9 * gaussian(1, 15)[i] + 0.4 * z)]);
const y = gaussian(3, 15).map((e, i) => 0.6 * e + x.data[2 * i]);
const OPTIONS: Options[] = [
  { noise: 0.6, prior: 1 },
  { noise: 1.5, prior: 0.4 },
];
/** Normal laws with correlated coordinates, near the posterior and far from it. */
const LAWS = [1, 2, 3].map((seed): { law: NormalLaw; root: Matrix } => {
  const [a, b, c] = gaussian(40 + seed, 3);
  const root: Matrix = { rows: 2, cols: 2, data: Float64Array.of(0.3 + a * a, 0, b, 0.2 + c * c) };
  return { law: { mean: gaussian(50 + seed, 2), covariance: matMul(root, transpose(root)) }, root };
});

const parts = (x: Matrix, y: ArrayLike<number>, q: NormalLaw, { noise, prior }: Options) => {
  const fitted = matVec(x, q.mean);
  const residual = Array.from(y).reduce((sum, value, i) => sum + (value - fitted[i]) ** 2, 0);
  const spread = matMul(matMul(x, q.covariance), transpose(x)).data.reduce((sum, v, at) => sum + (at % (x.rows + 1) === 0 ? v : 0), 0);
  const tau = { mean: [0, 0], covariance: { rows: 2, cols: 2, data: Float64Array.of(prior ** 2, 0, 0, prior ** 2) } };
  const [forward, backward] = [normalDivergence(q, tau), normalDivergence(tau, q)];
  return { residual, spread, forward, backward, constant: -0.5 * x.rows * Math.log(2 * Math.PI * noise ** 2), scale: 2 * noise ** 2 };
};
type Parts = ReturnType<typeof parts>;
const from =
  (make: (parts: Parts) => number): Bound =>
  (...args) =>
    make(parts(...args));
const MUTANTS: Record<string, Bound> = {
  'forgets the spread of q in the fit': from((p) => p.constant - p.residual / p.scale - p.forward),
  'counts that spread twice': from((p) => p.constant - (p.residual + 2 * p.spread) / p.scale - p.forward),
  'adds the divergence': from((p) => p.constant - (p.residual + p.spread) / p.scale + p.forward),
  'takes half the divergence': from((p) => p.constant - (p.residual + p.spread) / p.scale - p.forward / 2),
  'turns the divergence round': from((p) => p.constant - (p.residual + p.spread) / p.scale - p.backward),
  'forgets the half of the squares': from((p) => p.constant - (2 * (p.residual + p.spread)) / p.scale - p.forward),
  'forgets 2π σ²': from((p) => -(p.residual + p.spread) / p.scale - p.forward),
};

theorem<Bound>('thm:elbo', 'a', {
  real: bound,
  check: (bound) => {
    for (const options of OPTIONS) {
      const { logEvidence, coefficients, covariance } = bayesianLinearRegression(x, y, options);
      const posterior = { mean: coefficients, covariance };
      expect(Math.abs(bound(x, y, posterior, options) - logEvidence)).toBeLessThan(1e-9);
      for (const { law } of LAWS) {
        const gap = logEvidence - bound(x, y, law, options);
        expect(gap).toBeGreaterThan(0);
        expect(gap).toBeCloseTo(normalDivergence(law, posterior), 8);
      }
      // The posterior itself, but for one part in a thousand: the bound is near the evidence, and below it.
      const near = { mean: coefficients.map((b) => 1.001 * b), covariance };
      const gap = logEvidence - bound(x, y, near, options);
      expect(gap).toBeGreaterThan(0);
      expect(gap).toBeLessThan(1e-3);
    }
  },
  mutants: MUTANTS,
});

theorem<Bound>('thm:elbo', 'b', {
  real: bound,
  // log p(y | θ) + log π(θ) − log q(θ) at 4,000 draws of q.
  check: (bound) => {
    for (const { noise, prior } of OPTIONS)
      for (const { law, root } of LAWS) {
        const z = gaussian(7, 8000);
        const values = Float64Array.from({ length: 4000 }, (_, s) => {
          const xi = z.subarray(2 * s, 2 * s + 2);
          const theta = matVec(root, xi).map((value, j) => value + law.mean[j]);
          const fitted = matVec(x, theta);
          const squares = y.reduce((sum, value, i) => sum + (value - fitted[i]) ** 2, 0);
          const logQ = -0.5 * (xi[0] ** 2 + xi[1] ** 2) - Math.log(root.data[0] * root.data[3]);
          const logPrior = -(theta[0] ** 2 + theta[1] ** 2) / (2 * prior ** 2) - 2 * Math.log(prior);
          return -squares / (2 * noise ** 2) - 7.5 * Math.log(2 * Math.PI * noise ** 2) + logPrior - logQ;
        });
        expectMean(values, bound(x, y, law, { noise, prior }));
      }
  },
  mutants: MUTANTS,
});
