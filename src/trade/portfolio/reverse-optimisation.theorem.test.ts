import { expect } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { dot, type Matrix, matMul, matVec, transpose } from '../../linalg/index.js';
import { varianceOf } from './covariance.js';
import { impliedReturns, optimalWeights } from './reverse-optimisation.js';

function covarianceOf(N: number, seed: number): Matrix {
  const b: Matrix = { rows: N, cols: N, data: gaussian(seed, N * N) };
  return matMul(b, transpose(b));
}
const CASES = [2.5, 0.6].flatMap((riskAversion) =>
  [3, 5].map((N) => ({ riskAversion, covariance: covarianceOf(N, 60 + N), mean: gaussian(70 + N, N), weights: gaussian(80 + N, N) })),
);

theorem<typeof optimalWeights>('thm:reverse-optimisation', 'a', {
  real: optimalWeights,
  check: (optimal) => {
    for (const { riskAversion, covariance, mean } of CASES) {
      const utility = (w: Float64Array) => dot(mean, w) - 0.5 * riskAversion * varianceOf(covariance, w);
      const best = optimal(mean, covariance, { riskAversion });
      expect(utility(best)).toBeCloseTo(dot(mean, best) / 2, 7); // mᵀΣ⁻¹m/(2δ) = mᵀw*/2
      for (const seed of [1, 2, 3]) {
        const z = gaussian(seed, mean.length);
        const loss = utility(best) - utility(best.map((w, i) => w + z[i]));
        expect(loss).toBeCloseTo(0.5 * riskAversion * varianceOf(covariance, z), 7);
        expect(loss).toBeGreaterThan(0);
      }
    }
  },
  mutants: {
    'counts the variance in full': (mean, covariance, { riskAversion }) =>
      optimalWeights(mean, covariance, { riskAversion: 2 * riskAversion }),
    'forgets the risk aversion': (mean, covariance) => optimalWeights(mean, covariance, { riskAversion: 1 }),
    'multiplies by it': (mean, covariance, { riskAversion }) => optimalWeights(mean, covariance, { riskAversion: 1 / riskAversion }),
    'makes the weights sum to 1': (mean, covariance, options) => {
      const w = optimalWeights(mean, covariance, options);
      const sum = w.reduce((a, b) => a + b);
      return w.map((value) => value / sum);
    },
    'divides by variances alone': (mean, covariance, { riskAversion }) =>
      Float64Array.from(mean, (m, i) => m / (riskAversion * covariance.data[i * covariance.cols + i])),
  },
});

theorem<typeof impliedReturns>('thm:reverse-optimisation', 'bc', {
  real: impliedReturns,
  check: (implied) => {
    for (const { riskAversion, covariance, weights } of CASES) {
      const prior = implied(weights, covariance, { riskAversion });
      expectClose(optimalWeights(prior, covariance, { riskAversion }), weights, 7); // and one mean for each optimum, since Σ⁻¹ is one to one
      const variance = varianceOf(covariance, weights);
      const earned = dot(prior, weights);
      expect(earned / variance).toBeCloseTo(riskAversion, 9);
      expectClose(
        prior,
        matVec(covariance, weights).map((value) => (value / variance) * earned),
        8,
      );
    }
  },
  mutants: {
    halves: (weights, covariance, { riskAversion }) => impliedReturns(weights, covariance, { riskAversion: riskAversion / 2 }),
    'forgets the risk aversion': (weights, covariance) => impliedReturns(weights, covariance, { riskAversion: 1 }),
    'takes variances alone': (weights, covariance, { riskAversion }) =>
      Float64Array.from(weights, (w, i) => riskAversion * covariance.data[i * covariance.cols + i] * w),
    'gives betas': (weights, covariance) => matVec(covariance, weights).map((value) => value / varianceOf(covariance, weights)),
  },
});
