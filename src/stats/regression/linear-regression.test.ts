import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { factorReturns } from '../../../tests/support/simulated.js';
import { column } from '../../linalg/matrix.js';
import { diagnostics } from '../inference/diagnostics.js';
import reference from '../regression.reference.json' with { type: 'json' }; // made by reference/regression.py
import { design } from './design.js';
import { linearRegression, predict } from './linear-regression.js';

const LONGLEY_NAMES = ['deflator', 'gnp', 'unemployed', 'forces', 'population', 'year'];
const longley = () => design(Object.fromEntries(LONGLEY_NAMES.map((name, j) => [name, reference.longley.columns[j]])));

// NIST StRD, Longley: certified values, www.itl.nist.gov/div898/strd/lls/data/Longley.shtml
const CERTIFIED = {
  coefficients: [
    -3482258.63459582, 15.0618722713733, -0.035819179292591, -2.02022980381683, -1.03322686717359, -0.0511041056535807, 1829.15146461355,
  ],
  standardErrors: [
    890420.383607373, 84.9149257747669, 0.0334910077722432, 0.488399681651699, 0.214274163161675, 0.22607320006937, 455.478499142212,
  ],
  residualStandardError: 304.854073561965,
  rSquared: 0.995479004577296,
};

const digits = (got: number, want: number) => -Math.log10(Math.max(Math.abs(got / want - 1), 1e-16));
const { x: X, y: Y } = factorReturns(400);

describe('linearRegression', () => {
  it("has NIST's certified values on Longley to 9 digits", () => {
    const fit = linearRegression(longley(), reference.longley.y);
    for (const [j, value] of CERTIFIED.coefficients.entries()) expect(digits(fit.coefficients[j], value)).toBeGreaterThan(9);
    for (const [j, value] of CERTIFIED.standardErrors.entries()) expect(digits(fit.standardErrors[j], value)).toBeGreaterThan(9);
    expect(digits(fit.residualStandardError, CERTIFIED.residualStandardError)).toBeGreaterThan(9);
    expect(digits(fit.rSquared, CERTIFIED.rSquared)).toBeGreaterThan(12);
  });

  it("recovers NIST's Wampler1, y = 1 + x + … + x⁵ on x = 0 … 20, where every coefficient is 1", () => {
    const x = Float64Array.from({ length: 21 }, (_, i) => i);
    const powers = design({ x, x2: x.map((v) => v ** 2), x3: x.map((v) => v ** 3), x4: x.map((v) => v ** 4), x5: x.map((v) => v ** 5) });
    const y = x.map((v) => 1 + v + v ** 2 + v ** 3 + v ** 4 + v ** 5);
    for (const value of linearRegression(powers, y).coefficients) expect(value).toBeCloseTo(1, 8);
  });

  it('equals statsmodels in leverage, PRESS, likelihood and adjusted R² on Longley', () => {
    const fit = linearRegression(longley(), reference.longley.y);
    expectClose(fit.leverage, reference.longley.leverage, 8);
    expect(digits(fit.press, reference.longley.press)).toBeGreaterThan(6); // statsmodels goes through the pseudo-inverse
    expect(fit.logLikelihood).toBeCloseTo(reference.longley.logLikelihood, 6);
    expect(fit.adjustedRSquared).toBeCloseTo(reference.longley.adjustedRSquared, 10);
  });

  it('predicts with the coefficients and names a design that does not fit', () => {
    const fit = linearRegression(X, Y);
    expect(predict(fit, X)).toEqual(fit.fitted);
    expect(() => predict(fit, longley())).toThrow('predict: the fit has 4 coefficients but x has 7 columns; build both with one design');
    const swapped = linearRegression(design({ a: [1, 2, 4, 8], b: [1, -1, 1, 2] }), [1, 2, 3, 5]);
    expect(() => predict(swapped, design({ b: [1], a: [2] }))).toThrow("predict: column 1 of x is 'b' where the fit has 'a'");
  });

  it('measures R² from zero where there is no intercept, and has none where y does not vary', () => {
    const market = column(X, 1);
    const through = linearRegression(design({ market }, { intercept: false }), Y);
    const square = (v: Float64Array) => v.reduce((sum, value) => sum + value * value, 0);
    expect(through.rSquared).toBeCloseTo(1 - square(through.residuals) / square(Y), 12);
    expect(linearRegression(design({ market }), new Float64Array(400).fill(2)).rSquared).toBeNaN();
  });

  it('names a first column of zeros', () => {
    expect(() => linearRegression(design({ none: new Float64Array(400), market: column(X, 1) }, { intercept: false }), Y)).toThrow(
      "linearRegression: 'none' is all zeros",
    );
  });

  it('names what is wrong with the sample', () => {
    const market = Float64Array.from(column(X, 1));
    const gap = market.slice();
    gap[17] = Number.NaN;
    const short = (n: number) => market.subarray(0, n);
    const y = Float64Array.from(Y);
    expect(() => linearRegression(design({ market: gap }), y)).toThrow(
      "linearRegression: x is NaN at row 17, 'market'; drop or fill the row before fitting",
    );
    expect(() => linearRegression(design({ market }), gap)).toThrow(
      'linearRegression: y is NaN at row 17; drop or fill the row before fitting',
    );
    expect(() => linearRegression(design({ market }), y.subarray(1))).toThrow(
      'x has 400 rows but y has 399 values; align them on their dates first',
    );
    expect(() => linearRegression(design({ market: short(2) }), y.subarray(0, 2))).toThrow(
      '2 rows cannot determine 2 coefficients and a variance',
    );
    expect(() => linearRegression(design({ market: [] }), [])).toThrow('linearRegression: x is empty, [0,2]');
    expect(() => linearRegression(design({ market, again: market.map((v) => 3 * v) }), y)).toThrow(
      "linearRegression: 'again' is a linear combination of 'intercept' and 'market', so the coefficients are not unique; drop it, or use ridge",
    );
    expect(() => linearRegression(design({ flat: market.map(() => 2) }), y)).toThrow("'flat' is a linear combination of 'intercept'");
    expect(() => design({ market, size: short(9) })).toThrow(
      "design: 'size' has 9 values but 'market' has 400; align them on their dates first",
    );
    expect(() => design({})).toThrow('design: no column given');
  });
});

describe('diagnostics', () => {
  it('equals statsmodels on Longley', () => {
    const d = diagnostics(linearRegression(longley(), reference.longley.y));
    expect(d.durbinWatson).toBeCloseTo(reference.longley.durbinWatson, 8);
    expect(d.skewness).toBeCloseTo(reference.longley.skewness, 8);
    expect(d.kurtosis).toBeCloseTo(reference.longley.kurtosis, 8);
    expect(d.jarqueBera.statistic).toBeCloseTo(reference.longley.jarqueBera[0], 8);
    expect(d.jarqueBera.pValue).toBeCloseTo(reference.longley.jarqueBera[1], 8);
  });

  it('refuses residuals without variance', () => {
    expect(() => diagnostics({ residuals: new Float64Array(9) })).toThrow('diagnostics: every residual is the same');
  });
});
