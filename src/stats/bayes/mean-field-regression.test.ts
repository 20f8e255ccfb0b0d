import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { factorReturns } from '../../../tests/support/simulated.js';
import { column, fromColumns } from '../../linalg/index.js';
import { bayesianLinearRegression } from '../regression/bayesian-linear-regression.js';
import { meanFieldRegression } from './mean-field-regression.js';

const { x, y } = factorReturns(250);

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

  it('takes columns that are all but one', () => {
    // A posterior 1e7 times wider along the difference than along the sum, but not 1e8.
    const same = fromColumns([column(x, 1), column(x, 1)]);
    const norm = Math.hypot(...column(x, 1));
    const { divergence } = meanFieldRegression(bayesianLinearRegression(same, y, { noise: norm * 1e-7, prior: 1 }));
    expect(divergence).toBeCloseTo(0.5 * Math.log(1e14 / 2), 1);
  });

  it('says when the posterior is too narrow for double precision', () => {
    const same = fromColumns([column(x, 1), column(x, 1)]);
    expect(() => meanFieldRegression(bayesianLinearRegression(same, y, { noise: 1e-9, prior: 10 }))).toThrow(
      'meanFieldRegression: the posterior has a direction some 1e8 times wider than another',
    );
  });
});
