import { describe, expect, it } from 'vitest';
import type { Matrix } from '../../linalg/index.js';
import { impliedReturns, optimalWeights } from './reverse-optimisation.js';

const SIGMA: Matrix = { rows: 2, cols: 2, data: Float64Array.of(1, 0.5, 0.5, 4) };

describe('impliedReturns and optimalWeights', () => {
  it('are each other’s inverse, of two assets', () => {
    expect([...impliedReturns([0.5, 0.5], SIGMA, { riskAversion: 2 })]).toEqual([1.5, 4.5]); // 2(0.5 + 0.25), 2(0.25 + 2)
    const weights = optimalWeights([1.5, 4.5], SIGMA, { riskAversion: 2 });
    expect(weights[0]).toBeCloseTo(0.5, 12);
    expect(weights[1]).toBeCloseTo(0.5, 12);
  });

  it.each([0, -1])('refuse a risk aversion of %s', (riskAversion) => {
    const message = `riskAversion must be a finite number above 0, got ${riskAversion}`;
    expect(() => impliedReturns([1, 0], SIGMA, { riskAversion })).toThrow(`impliedReturns: ${message}`);
    expect(() => optimalWeights([1, 0], SIGMA, { riskAversion })).toThrow(`optimalWeights: ${message}`);
  });

  it('refuse what is not of the covariance’s assets', () => {
    const options = { riskAversion: 2 };
    expect(() => impliedReturns([1], SIGMA, options)).toThrow('impliedReturns: weights has 1 values and the covariance 2 assets');
    expect(() => optimalWeights([1, 2, 3], SIGMA, options)).toThrow('optimalWeights: mean has 3 values and the covariance 2 assets');
    const lopsided = { ...SIGMA, data: Float64Array.of(1, 0.5, 0.4, 4) };
    expect(() => impliedReturns([1, 0], lopsided, options)).toThrow('impliedReturns: the covariance of asset 1 and asset 0 is 0.4 one way');
  });
});
