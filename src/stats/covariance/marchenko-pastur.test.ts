import { describe, expect, it } from 'vitest';
import { marchenkoPastur } from './marchenko-pastur.js';

describe('marchenkoPastur', () => {
  // E 1/λ = 1/(1 − γ) where γ < 1; where γ > 1 zeros are the share 1 − 1/γ, and 1/x of them is nearly all.
  it('has a resolvent to the last digits beside 0, with more rows than columns and with fewer', () => {
    expect(marchenkoPastur({ ratio: 0.25 }).resolvent(1e-13)).toBeCloseTo(4 / 3, 10);
    expect(1e-13 * marchenkoPastur({ ratio: 4 }).resolvent(1e-13)).toBeCloseTo(0.75, 10);
  });

  it.each([0, -1, Number.NaN])('refuses a ratio and a variance of %s', (value) => {
    expect(() => marchenkoPastur({ ratio: value })).toThrow(`ratio must be a finite number above 0, got ${value}; columns over rows`);
    expect(() => marchenkoPastur({ ratio: 1, variance: value })).toThrow(`variance must be a finite number above 0, got ${value}`);
  });
});
