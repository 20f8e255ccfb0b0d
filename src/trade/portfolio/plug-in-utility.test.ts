import { describe, expect, it } from 'vitest';
import { plugInUtility } from './plug-in-utility.js';

const OPTIONS = { assets: 2, rows: 10, sharpe: 0.5, riskAversion: 2 };

describe('plugInUtility', () => {
  // θ² = 1/4, N/T = 1/5; T/(T − N − 2) = 10/6, T²(T − 2)/((T − N − 1)(T − N − 2)(T − N − 4)) = 800/168.
  it('of two assets and ten rows', () => {
    const { best, knownCovariance, promised, bestShare, estimated } = plugInUtility(OPTIONS);
    expect(best).toBeCloseTo(0.0625, 12);
    expect(knownCovariance).toBeCloseTo(0.0125, 12);
    expect(promised).toBeCloseTo(0.1125, 12);
    expect(bestShare).toBeCloseTo(5 / 9, 12);
    expect(estimated).toBeCloseTo(((10 / 6) * 0.25 - ((800 / 168) * 0.45) / 2) / 2, 12);
  });

  it('has no value with both estimated from N + 4 rows, and one from a row more', () => {
    expect(plugInUtility({ ...OPTIONS, rows: 6 }).estimated).toBe(-Infinity);
    expect(plugInUtility({ ...OPTIONS, rows: 5 }).estimated).toBe(-Infinity);
    // (7/3 · 1/4 − 245/(4 · 3 · 1) · (1/4 + 2/7)/2)/2
    expect(plugInUtility({ ...OPTIONS, rows: 7 }).estimated).toBeCloseTo((7 / 12 - ((245 / 12) * (1 / 4 + 2 / 7)) / 2) / 2, 12);
  });

  it('promises nothing without a Sharpe ratio, and refuses one below 0', () => {
    expect(plugInUtility({ ...OPTIONS, sharpe: 0 }).bestShare).toBe(0);
    expect(() => plugInUtility({ ...OPTIONS, sharpe: -0.1 })).toThrow('sharpe must be a finite number from 0 up, got -0.1; of one row');
  });

  it('refuses counts that are not whole, and a risk aversion of 0', () => {
    expect(() => plugInUtility({ ...OPTIONS, assets: 1.5 })).toThrow('assets must be a whole number from 1 up, got 1.5');
    expect(() => plugInUtility({ ...OPTIONS, rows: 0 })).toThrow('rows must be a whole number from 1 up, got 0');
    expect(() => plugInUtility({ ...OPTIONS, riskAversion: 0 })).toThrow('riskAversion must be a finite number above 0, got 0');
  });
});
