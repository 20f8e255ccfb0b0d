import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { design } from '../regression/design.js';
import { linearRegression } from '../regression/linear-regression.js';
import reference from '../regression.reference.json' with { type: 'json' }; // made by reference/regression.py
import { neweyWest, neweyWestLags } from './newey-west.js';

const [a, b] = reference.hac.columns;
const fit = linearRegression(design({ a, b }), reference.hac.y);

describe('neweyWest', () => {
  it.each(Object.entries(reference.hac.standardErrors))('equals statsmodels with %s lags', (lags, errors) => {
    expectClose(neweyWest(fit, { lags: Number(lags) }).standardErrors, errors, 12);
  });

  it('takes 4 (n/100)^(2/9) lags, rounded down', () => {
    expect([100, 200, 8312].map(neweyWestLags)).toEqual([4, 4, 10]);
    expect(neweyWest(fit).lags).toBe(4);
  });

  it('keeps the covariance positive semi-definite at any number of lags', () => {
    for (const lags of [1, 20, 100, 199]) {
      const { data } = neweyWest(fit, { lags }).covariance;
      const minor = data[0] * data[4] - data[1] * data[3];
      expect(data[0]).toBeGreaterThan(0);
      expect(minor).toBeGreaterThan(0);
    }
  });

  it('names the range of lags', () => {
    const range = 'neweyWest: lags must be a whole number from 0 to 199, got ';
    for (const lags of [-1, 2.5, 200]) expect(() => neweyWest(fit, { lags })).toThrow(`${range}${lags}`);
  });
});
