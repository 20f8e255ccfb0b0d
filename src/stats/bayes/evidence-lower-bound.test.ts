import { describe, expect, it } from 'vitest';
import { factorReturns } from '../../../tests/support/simulated.js';
import { bayesianLinearRegression } from '../regression/bayesian-linear-regression.js';
import { evidenceLowerBound } from './evidence-lower-bound.js';
import { meanFieldRegression } from './mean-field-regression.js';

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
    expect(() => evidenceLowerBound(x, y.slice(1), posterior, OPTIONS)).toThrow('evidenceLowerBound: x has 250 rows but y has 249 values');
    expect(() => evidenceLowerBound(x, y, posterior, { ...OPTIONS, tau: 1 } as never)).toThrow("there is no option 'tau'");
    expect(() => evidenceLowerBound(x, y, { ...posterior, mean: [0] }, OPTIONS)).toThrow('normalDivergence: laws of 1 coordinates');
    expect(() => evidenceLowerBound(x, y, posterior, { ...OPTIONS, noise: -1 })).toThrow(
      'evidenceLowerBound: noise must be a finite number above 0, got -1',
    );
    expect(() => evidenceLowerBound(x, y, posterior, { ...OPTIONS, prior: 0 })).toThrow('evidenceLowerBound: prior must be above 0, got 0');
  });
});
