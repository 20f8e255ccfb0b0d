import { describe, expect, it } from 'vitest';
import reference from '../../../tests/references/statsmodels.json' with { type: 'json' }; // made by tests/references/statsmodels.py
import { expectClose } from '../../../tests/support/close.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { transposeVec } from '../../linalg/index.js';
import { mean } from '../../linalg/vector.js';
import { neweyWest } from '../inference/newey-west.js';
import { design } from './design.js';
import { gammaRegression, predictGamma } from './gamma-regression.js';

const designOf = (columns: readonly (readonly number[])[]) => design(Object.fromEntries(columns.map((values, j) => [`x${j}`, values])));

describe('gammaRegression', () => {
  it.each(reference)('equals the GLM of statsmodels, %#', (one) => {
    const x = designOf(one.columns);
    const fit = gammaRegression(x, one.y);
    expectClose(fit.coefficients, one.coefficients, 9);
    expectClose(fit.standardErrors, one.standardErrors, 9);
    expect(fit.deviance).toBeCloseTo(one.deviance, 8);
    expect(fit.nullDeviance).toBeCloseTo(one.nullDeviance, 8);
    expect(fit.dispersion).toBeCloseTo(one.dispersion, 9);
    expectClose(neweyWest(fit, { lags: 4 }).standardErrors, one.hac, 8);
    expectClose(predictGamma(fit, x), fit.fitted, 14);
    expect(fit.names).toEqual(['intercept', ...one.columns.map((_, j) => `x${j}`)]);
  });

  it('with an intercept alone is the mean, whose relative error it knows', () => {
    const y = gaussian(1, 50).map((z) => Math.exp(z));
    const fit = gammaRegression({ rows: 50, cols: 1, data: new Float64Array(50).fill(1), names: ['intercept'] }, y);
    expect(Math.exp(fit.coefficients[0])).toBeCloseTo(mean(y), 12);
    expect(fit.deviance).toBeCloseTo(fit.nullDeviance, 12);
    const spread = Math.sqrt(mean(y.map((value) => (value / mean(y) - 1) ** 2)) / 49);
    expect(fit.standardErrors[0]).toBeCloseTo(spread, 12);
  });

  it('has a finite deviance where a value is nothing beside its mean', () => {
    const y = gaussian(1, 50).map((z, i) => (i === 3 ? 1e-30 : z * z));
    const { deviance, fitted } = gammaRegression(designOf([Array.from(gaussian(2, 50))]), y);
    expect(deviance).toBeCloseTo(2 * y.reduce((sum, value, i) => sum + value / fitted[i] - Math.log(value / fitted[i]) - 1, 0), 9);
  });

  // The loss is convex, so that a gradient of zero is its least value: 40 columns with a common part, and squares.
  it('ends in a few steps where Fisher’s alone do not in 20,000, at a gradient of zero', () => {
    const [n, common] = [300, gaussian(7, 300)];
    const x = designOf(Array.from({ length: 39 }, (_, j) => Array.from(gaussian(100 + j, n), (z, i) => common[i] + z)));
    const y = gaussian(8, n).map((z, i) => 1e-4 * z * z * Math.exp(common[i]));
    const { iterations, residuals } = gammaRegression(x, y);
    expect(iterations).toBeLessThanOrEqual(15);
    expect(Math.max(...transposeVec(x, residuals).map(Math.abs))).toBeLessThan(1e-10 * n);
    // Beside nearly equal columns the last digits of each are open, those of the mean are not.
    const near = designOf([Array.from(common), Array.from(common, (z, i) => z + 1e-5 * x.data[40 * i + 1])]);
    expect(Math.max(...transposeVec(near, gammaRegression(near, y).residuals).map(Math.abs))).toBeLessThan(1e-9 * n);
  });

  it('does not depend on the unit of y but by its intercept', () => {
    const [{ columns, y }] = reference;
    const [percent, plain] = [1, 1e-4].map((unit) =>
      gammaRegression(
        designOf(columns),
        y.map((value) => unit * value),
      ),
    );
    expectClose(plain.coefficients.subarray(1), percent.coefficients.subarray(1), 10);
    expect(plain.coefficients[0]).toBeCloseTo(percent.coefficients[0] - 4 * Math.log(10), 10);
  });

  it('names what is wrong', () => {
    const x = designOf([Array.from(gaussian(1, 5))]);
    expect(() => gammaRegression(x, [1, 2, 0, 1, 1])).toThrow(
      'gammaRegression: y is 0 at row 2 and must be positive; is it a variance of stale',
    );
    expect(() => gammaRegression(x, [1, 2])).toThrow('gammaRegression: x has 5 rows but y has 2 values');
    expect(() => gammaRegression(x, [1, 2, 3, 1, 9], { maxIterations: 1 })).toThrow('gammaRegression: no minimum after 1 steps');
    expect(() => predictGamma(gammaRegression(x, [1, 2, 3, 1, 9]), design({ other: [1] }))).toThrow("column 1 of x is 'other'");
  });
});
