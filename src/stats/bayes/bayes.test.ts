import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { estimate, expectMean } from '../../../tests/support/monte-carlo.js';
import { factorReturns } from '../../../tests/support/simulated.js';
import { key } from '../../base/index.js';
import { column, fromColumns } from '../../linalg/index.js';
import { bayesianLinearRegression } from '../regression/bayesian-linear-regression.js';
import { evidenceLowerBound } from './evidence-lower-bound.js';
import { meanFieldRegression } from './mean-field-regression.js';
import { sampleThenOptimise } from './sample-then-optimise.js';

const { x, y } = factorReturns(250);
const OPTIONS = { noise: 0.012, prior: [0.1, 1, 1, 1] };
const fit = bayesianLinearRegression(x, y, OPTIONS);
const posterior = { mean: fit.coefficients, covariance: fit.covariance };

describe('evidenceLowerBound', () => {
  it('is the evidence at the posterior, and below it at the mean field by its divergence', () => {
    const { bound, expectedLogLikelihood, divergence } = evidenceLowerBound(x, y, posterior, OPTIONS);
    expect(bound).toBeCloseTo(fit.logEvidence, 9);
    expect(expectedLogLikelihood - divergence).toBe(bound);
    const nearest = meanFieldRegression(fit);
    expect(evidenceLowerBound(x, y, nearest, OPTIONS).bound).toBeCloseTo(fit.logEvidence - nearest.divergence, 8);
    expect(nearest.divergence).toBeGreaterThan(0.1);
  });

  it('names what is wrong', () => {
    expect(() => evidenceLowerBound(x, y, { ...posterior, mean: [0] }, OPTIONS)).toThrow('normalDivergence: laws of 1 coordinates');
    expect(() => evidenceLowerBound(x, y, posterior, { ...OPTIONS, noise: -1 })).toThrow(
      'evidenceLowerBound: noise must be a finite number above 0, got -1',
    );
    expect(() => evidenceLowerBound(x, y, posterior, { ...OPTIONS, prior: 0 })).toThrow('evidenceLowerBound: prior must be above 0, got 0');
  });
});

describe('meanFieldRegression', () => {
  // Two columns of correlation r and unit length, σ = 1: S⁻¹ = [[1 + λ, r], [r, 1 + λ]] with λ = 1/τ².
  it('has its closed form for two columns', () => {
    const [r, lambda] = [0.6, 0.25];
    const two = fromColumns([Float64Array.of(1, 0), Float64Array.of(r, Math.sqrt(1 - r * r))]);
    const { mean, standardDeviations, covariance, divergence } = meanFieldRegression(
      bayesianLinearRegression(two, [1, 2], { noise: 1, prior: 2 }),
    );
    expectClose(
      standardDeviations,
      [1, 1].map((v) => v / Math.sqrt(1 + lambda)),
      14,
    );
    expectClose(covariance.data, [0.8, 0, 0, 0.8], 14);
    expect(divergence).toBeCloseTo(-0.5 * Math.log(1 - (r / (1 + lambda)) ** 2), 13);
    const [a, b] = [1, r + 2 * Math.sqrt(1 - r * r)]; // Xᵀy
    const determinant = 1.25 ** 2 - r ** 2;
    expectClose(mean, [(1.25 * a - r * b) / determinant, (1.25 * b - r * a) / determinant], 13);
  });

  it('says when the posterior is too narrow for double precision', () => {
    const same = fromColumns([column(x, 1), column(x, 1)]);
    expect(() => meanFieldRegression(bayesianLinearRegression(same, y, { noise: 1e-9, prior: 10 }))).toThrow(
      'meanFieldRegression: the posterior has a direction some 1e8 times wider than another',
    );
  });
});

describe('sampleThenOptimise', () => {
  it('draws from the posterior: means, deviations and correlations', () => {
    const members = sampleThenOptimise(x, y, { ...OPTIONS, draws: 4000, key: key(3) });
    expect([members.rows, members.cols]).toEqual([4000, 4]);
    for (let j = 0; j < 4; j++) {
      const draws = column(members, j);
      expectMean(draws, fit.coefficients[j]);
      for (let k = 0; k <= j; k++) {
        const products = column(members, k).map((b, s) => (b - fit.coefficients[k]) * (draws[s] - fit.coefficients[j]));
        expectMean(products, fit.covariance.data[4 * j + k]);
      }
      expect(Math.sqrt(4000) * estimate(draws).standardError).toBeGreaterThan(0.9 * fit.standardDeviations[j]);
    }
  });

  it('is the same for a key, and another for another', () => {
    const at = (seed: number) => sampleThenOptimise(x, y, { ...OPTIONS, draws: 2, key: key(seed) }).data;
    expect(at(1)).toEqual(at(1));
    expect(at(1)[0]).not.toBe(at(2)[0]);
    expect(at(1)[0]).not.toBe(at(1)[4]);
  });

  it('names what is wrong', () => {
    const draw = (options: object) => () => sampleThenOptimise(x, y, { ...OPTIONS, draws: 2, key: key(1), ...options });
    expect(draw({ draws: 0 })).toThrow('sampleThenOptimise: draws must be a whole number from 1 up, got 0');
    expect(draw({ noise: 0 })).toThrow('sampleThenOptimise: noise must be a finite number above 0, got 0');
  });
});
