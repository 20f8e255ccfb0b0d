import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { column, fromColumns, type Matrix, transposeVec } from '../../linalg/matrix.js';
import { mean } from '../../linalg/vector.js';
import reference from '../lasso.reference.json' with { type: 'json' }; // made by reference/lasso.py with scikit-learn 1.9.1
import { design } from './design.js';
import { type Lasso, lasso, lassoPath } from './lasso.js';
import { linearRegression } from './linear-regression.js';

const X = design(Object.fromEntries(reference.columns.map((values, j) => [`x${j}`, values])), { intercept: false });
const Y = reference.y;

/** How far a fit is from the conditions of the optimum: |xⱼᵀe/n − λ sign βⱼ| where βⱼ ≠ 0, what |xⱼᵀe/n| has above λ elsewhere. */
function violation(x: Matrix, { residuals, coefficients, lambda }: Lasso): number {
  const pull = transposeVec(x, residuals).map((g) => g / x.rows);
  const each = coefficients.map((b, j) => (b !== 0 ? Math.abs(pull[j] - lambda * Math.sign(b)) : Math.max(0, Math.abs(pull[j]) - lambda)));
  return Math.max(...each, Math.abs(mean(residuals)));
}

describe('lasso', () => {
  it.each(reference.fits)('equals scikit-learn at λ = $lambda', ({ lambda, coefficients, intercept }) => {
    const fit = lasso(X, Y, { lambda, tolerance: 1e-14 });
    expectClose(fit.coefficients, coefficients, 6);
    expect(fit.intercept).toBeCloseTo(intercept, 6);
    expect(fit.active).toEqual(coefficients.flatMap((b, j) => (b !== 0 ? [j] : [])));
  });

  it('passes through the corners of the path that LARS finds', () => {
    const fits = lassoPath(X, Y, { lambdas: reference.corners.slice(0, -1), tolerance: 1e-14 });
    for (const [i, { coefficients }] of fits.entries()) expectClose(coefficients, reference.path[i], 6);
  });

  // Sweeps alone take minutes for these.
  it('meets the conditions of the optimum on factors that nearly repeat each other, and on more columns than rows', () => {
    const common = gaussian(1, 500);
    const nearly = (j: number) => gaussian(j + 2, 500).map((own, i) => common[i] + 0.02 * own);
    const factors = fromColumns(Array.from({ length: 40 }, (_, j) => nearly(j)));
    const y = common.map((c, i) => c + 5 * (factors.data[40 * i] - factors.data[40 * i + 1]) + 0.3 * gaussian(99, 500)[i]);
    for (const fit of lassoPath(factors, y)) expect(violation(factors, fit)).toBeLessThan(1e-6);
    const wide = { rows: 40, cols: 300, data: gaussian(5, 12_000) };
    for (const fit of lassoPath(wide, gaussian(6, 40))) expect(violation(wide, fit)).toBeLessThan(1e-6);
  });

  it('meets the conditions of the optimum along its default path, from λ_max where all coefficients are 0', () => {
    const path = lassoPath(X, Y);
    expect(path).toHaveLength(100);
    expect(path[0].lambda).toBeCloseTo(reference.corners[0], 12);
    expect(path[0].active).toEqual([]);
    expect(path[1].active).toHaveLength(1);
    const scale = Math.max(...Y.map(Math.abs));
    for (const fit of path) expect(violation(X, fit)).toBeLessThan(1e-5 * scale);
    for (const { gap } of path) expect(gap).toBeLessThan(1e-10);
  });

  it('tends to least squares as λ tends to 0', () => {
    const ols = linearRegression(design(Object.fromEntries(X.names!.map((name, j) => [name, column(X, j)]))), Y);
    const { intercept, coefficients } = lasso(X, Y, { lambda: 1e-7 });
    expectClose([intercept, ...coefficients], ols.coefficients, 4);
  });

  it('thresholds each coefficient of orthogonal columns: S(z, λ)', () => {
    const x = fromColumns([
      [1, 1, -1, -1],
      [1, -1, 1, -1],
      [1, -1, -1, 1],
    ]);
    const y = [6, 1, -2, -5]; // xⱼᵀy/n = 3.5, 2, 0.5
    const { coefficients } = lasso(x, y, { lambda: 2.25, intercept: false });
    expectClose(coefficients, [1.25, 0, 0], 14);
    expectClose(lasso(x, y, { lambda: 1, intercept: false }).coefficients, [2.5, 1, 0], 14);
  });

  it('works with more columns than rows, and with two copies of a column', () => {
    const wide = fromColumns(Array.from({ length: 40 }, (_, j) => gaussian(j + 1, 15)));
    const y = gaussian(99, 15);
    for (const fit of lassoPath(wide, y, { lambdas: [0.3, 0.1, 0.03] })) expect(violation(wide, fit)).toBeLessThan(1e-5);
    const twice = fromColumns([column(wide, 0), column(wide, 0)]);
    expect(violation(twice, lasso(twice, y, { lambda: 0.01 }))).toBeLessThan(1e-6);
  });

  it('names what is wrong', () => {
    expect(() => lasso(X, Y, { lambda: -1 })).toThrow('lasso: lambda must be a finite number above 0, got -1; at 0 it is linearRegression');
    expect(() => lasso(X, Y, { lambda: 1, tolerance: 0 })).toThrow('lasso: tolerance must be a finite number above 0, got 0');
    expect(() => lassoPath(X, new Float64Array(30).fill(2))).toThrow('lasso: y does not vary with any column');
    expect(() => lassoPath(X, Y, { lambdas: [] })).toThrow('lasso: the list of penalties is empty; leave lambdas out for a default grid');
    expect(() => lasso(design({ market: column(X, 0) }), Y, { lambda: 1 })).toThrow("lasso: 'intercept' is constant and lasso adds an");
    expect(() => lasso(X, Y.slice(1), { lambda: 1 })).toThrow('lasso: x has 30 rows but y has 29 values');
    expect(() =>
      lasso(
        X,
        Y.map((v, i) => (i === 4 ? Number.NaN : v)),
        { lambda: 1 },
      ),
    ).toThrow('lasso: y is NaN at row 4');
  });
});
