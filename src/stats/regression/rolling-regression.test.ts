import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { column } from '../../linalg/index.js';
import reference from '../inference.reference.json' with { type: 'json' }; // made by reference/inference.py
import { design } from './design.js';
import { linearRegression } from './linear-regression.js';
import { rollingRegression } from './rolling-regression.js';

const [first, second] = reference.robust.columns;
const X = design({ first, second });
const Y = reference.robust.y;
const row = ({ data, cols }: { data: Float64Array; cols: number }, k: number) => data.subarray(k * cols, (k + 1) * cols);

describe('rollingRegression', () => {
  it("has the coefficients and errors of statsmodels' RollingOLS, and HAC errors window by window", () => {
    const rolled = rollingRegression(X, Y, { window: 20 });
    const hac = rollingRegression(X, Y, { window: 20, lags: 3 });
    expect([rolled.ends.length, rolled.ends[0], rolled.ends.at(-1)]).toEqual([41, 19, 59]);
    for (const { end, coefficients, errors, hac: robust } of reference.robust.rolling) {
      expectClose(row(rolled.coefficients, end - 19), coefficients, 11);
      expectClose(row(rolled.standardErrors, end - 19), errors, 11);
      expectClose(row(hac.standardErrors, end - 19), robust, 12);
    }
    const last = linearRegression(design({ first: first.slice(40), second: second.slice(40) }), Y.slice(40));
    expect(rolled.rSquared[40]).toBeCloseTo(last.rSquared, 13);
    const everyTen = rollingRegression(X, Y, { window: 20, step: 10 });
    expect([...everyTen.ends]).toEqual([19, 29, 39, 49, 59]);
    expect(row(everyTen.coefficients, 1)).toEqual(row(rolled.coefficients, 10));
  });

  it('does not drift: after a huge outlier has left the window nothing of it is left', () => {
    const n = 400;
    const market = gaussian(1, n);
    const clean = market.map((value, t) => 1.5 * value + 0.1 * gaussian(2, n)[t]);
    const [hit, y] = [market.slice(), clean.slice()];
    hit[50] = 1e9;
    y[50] = -1e9;
    const after = rollingRegression(design({ market: hit }), y, { window: 40 });
    const without = rollingRegression(design({ market }), clean, { window: 40 });
    expect(column(after.coefficients, 1).subarray(60)).toEqual(column(without.coefficients, 1).subarray(60));
  });

  it('names what is wrong', () => {
    expect(() => rollingRegression(X, Y, { window: 61 })).toThrow('rollingRegression: window 61 is longer than the sample of 60 rows');
    expect(() => rollingRegression(X, Y, { window: 20, step: 0.5 })).toThrow('step must be a whole number from 1 up, got 0.5');
    const still = design({ flat: Float64Array.from(Y, (_, t) => (t < 30 ? t : 7)) });
    expect(() => rollingRegression(still, Y, { window: 20 })).toThrow("linearRegression: 'flat' is a linear combination of 'intercept'");
    expect(() => rollingRegression(X, Y, { window: 3 })).toThrow('linearRegression: 3 rows cannot determine 3 coefficients and a variance');
  });
});
