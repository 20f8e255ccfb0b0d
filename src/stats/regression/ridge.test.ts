import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { column, fromColumns, type Matrix } from '../../linalg/matrix.js';
import { dot } from '../../linalg/vector.js';
import reference from '../regression.reference.json' with { type: 'json' }; // made by reference/regression.py
import { design } from './design.js';
import { linearRegression, predict } from './linear-regression.js';
import { ridgeGrid } from './penalty-grid.js';
import { ridge, ridgePath } from './ridge.js';

const X = design(Object.fromEntries(reference.ridge.columns.map((values, j) => [`x${j}`, values])), { intercept: false });
const Y = reference.ridge.y;

describe('ridge', () => {
  it('equals numpy: coefficients, degrees of freedom, GCV, and PRESS by refitting', () => {
    const fit = ridge(X, Y, { lambda: reference.ridge.lambda });
    expectClose(fit.coefficients, reference.ridge.coefficients, 12);
    expect(fit.intercept).toBeCloseTo(reference.ridge.intercept, 12);
    expect(fit.effectiveDegreesOfFreedom).toBeCloseTo(reference.ridge.df, 12);
    expect(fit.press).toBeCloseTo(reference.ridge.press, 10);
    expect(fit.gcv).toBeCloseTo(reference.ridge.gcv, 12);
    expectClose(predict(fit, X), fit.fitted, 12);
  });

  it('is least squares at λ = 0 and the mean of y as λ grows', () => {
    const ols = linearRegression(design(Object.fromEntries(X.names!.map((name, j) => [name, column(X, j)]))), Y);
    const none = ridge(X, Y, { lambda: 0 });
    expectClose([none.intercept, ...none.coefficients], ols.coefficients, 11);
    expect(none.press).toBeCloseTo(ols.press, 10);
    expectClose(none.leaveOneOutResiduals, ols.leaveOneOutResiduals, 10);
    const all = ridge(X, Y, { lambda: 1e12 });
    expectClose(all.coefficients, [0, 0, 0, 0], 9);
    expect(all.intercept).toBeCloseTo(Y.reduce((a, b) => a + b) / Y.length, 8);
    expect(all.effectiveDegreesOfFreedom).toBeCloseTo(1, 9);
  });

  it('shares a coefficient equally between two copies of a column', () => {
    const a = gaussian(1, 25);
    const { coefficients } = ridge(
      fromColumns([a, a]),
      Float64Array.from(a, (v, i) => 2 * v + 0.1 * Y[i]),
      { lambda: 0.5 },
    );
    expect(coefficients[0]).toBeCloseTo(coefficients[1], 13);
  });

  it('chooses on the path what refitting without each row chooses', () => {
    const { fits, byPress, byGcv } = ridgePath(X, Y);
    const refitted = fits.map(({ lambda }) => Y.reduce((sum, y, i) => sum + (y - forecastWithout(i, lambda)) ** 2, 0));
    expect(byPress).toBe(fits[refitted.indexOf(Math.min(...refitted))]);
    for (const { gcv } of fits) expect(byGcv.gcv).toBeLessThanOrEqual(gcv);
  });

  it('spans no penalty to full shrinkage by the singular values', () => {
    const grid = ridgeGrid([10, 1, 0]);
    expect([grid[0], grid[1], grid.at(-2), grid.at(-1)]).toEqual([0, 1e-3, 1e5, Infinity]);
    expect(grid).toHaveLength(2 + 8 * 8 + 1); // eight decades, eight to each
    for (let i = 2; i < grid.length - 1; i++) expect(grid[i] / grid[i - 1]).toBeCloseTo(10 ** (1 / 8), 12);
    expect(() => ridgeGrid([0, 0])).toThrow('ridgeGrid: every singular value is 0');
  });

  it('says that the mean forecasts best where the columns know nothing', () => {
    const noise = Float64Array.from(Y, (_, i) => (i % 2 ? 1 : -1) * (1 + (i % 5))); // moves with no column
    const { fits, byPress, byGcv } = ridgePath(fromColumns([Float64Array.from(noise, (_, i) => Math.sin(0.2 * i))]), noise);
    expect([byPress.lambda, byGcv.lambda]).toEqual([Infinity, Infinity]);
    expect(byPress.coefficients).toEqual(Float64Array.of(0));
    expect(byPress.effectiveDegreesOfFreedom).toBe(1); // the intercept
    const centre = noise.reduce((a, b) => a + b) / 30;
    const meanAlone = noise.reduce((sum, y) => sum + ((y - centre) * (30 / 29)) ** 2, 0);
    expect(byPress.press).toBeCloseTo(meanAlone, 9);
    expect(fits[0].press).toBeGreaterThan(meanAlone);
  });

  it('refuses a choice at the edge of its grid', () => {
    const { fits } = ridgePath(X, Y, { lambdas: [0, 0.5, 1e4] });
    expect(fits).toHaveLength(3);
    expect(() => ridgePath(X, Y, { lambdas: [1e3, 1e4] }).byPress).toThrow(
      'ridgePath: PRESS is lowest at the smallest of 2 penalties, 1000, an edge of the grid and no choice; add smaller ones down to 0',
    );
    const alternating = Float64Array.from(Y, (_, i) => (i % 2 ? 1 : -1));
    const slow = fromColumns([Float64Array.from(Y, (_, i) => Math.sin(0.2 * i))]);
    expect(() => ridgePath(slow, alternating, { lambdas: [1, 10] }).byGcv).toThrow(
      'ridgePath: GCV is lowest at the largest of 2 penalties, 10, an edge of the grid and no choice; add larger ones up to Infinity',
    );
  });

  it('has the leave-one-out errors of the fits of least norm where it goes through every point', () => {
    const wide = { rows: 20, cols: 50, data: gaussian(3, 1000) };
    const y = gaussian(4, 20).map((e, i) => e + wide.data[50 * i]);
    const rows = [0, 1, 2, 3];
    const few = fromColumns(rows.map((j) => column(X, j).slice(0, 4)));
    for (const { x, target, intercept } of [
      { x: wide, target: y, intercept: true },
      { x: wide, target: y, intercept: false },
      { x: few, target: Float64Array.from(Y.slice(0, 4)), intercept: true },
    ]) {
      const { fits } = ridgePath(x, target, { intercept, lambdas: [0, 1e-9, 0.01, 1, Infinity] });
      for (const fit of fits) {
        const { lambda, leaveOneOutResiduals, press, gcv } = fit;
        const refitted = target.map((value, i) => {
          const keep = Array.from(target.keys()).filter((k) => k !== i);
          const others = fromColumns(Array.from({ length: x.cols }, (_, j) => keep.map((k) => column(x, j)[k])));
          const row = { rows: 1, cols: x.cols, data: x.data.slice(i * x.cols, (i + 1) * x.cols) };
          return (
            value -
            predict(
              ridge(
                others,
                keep.map((k) => target[k]),
                { lambda, intercept },
              ),
              row,
            )[0]
          );
        });
        expectClose(leaveOneOutResiduals, refitted, 7);
        expect(press).toBeCloseTo(
          refitted.reduce((sum, e) => sum + e * e, 0),
          6,
        );
        expect(gcv).toBeGreaterThan(0);
      }
      expect(fits[1].gcv).toBeCloseTo(fits[0].gcv, 6);
      expect(fits[1].press).toBeCloseTo(fits[0].press, 6);
    }
  });

  it('has no leave-one-out error for a row that alone tells of a column', () => {
    const crash = Float64Array.from(Y, (_, i) => (i === 17 ? 1 : 0));
    const x = fromColumns([column(X, 0), crash]);
    const [none, some] = ridgePath(x, Y, { lambdas: [0, 1] }).fits;
    expect([...none.leaveOneOutResiduals.keys()].filter((i) => Number.isNaN(none.leaveOneOutResiduals[i]))).toEqual([17]);
    expect(none.press).toBeNaN();
    expect(some.press).toBeCloseTo(dot(some.leaveOneOutResiduals, some.leaveOneOutResiduals), 10);
    const ols = linearRegression(design({ x: column(X, 0), crash }), Y);
    expect([ols.leaveOneOutResiduals[17], ols.press]).toEqual([Number.NaN, Number.NaN]);
    expectClose(ols.leaveOneOutResiduals.slice(0, 17), none.leaveOneOutResiduals.slice(0, 17), 10);
  });

  it('names what is wrong', () => {
    expect(() => ridge(X, Y, { lambda: -1 })).toThrow('ridge: lambda must be a number from 0 up, got -1');
    expect(() => ridgePath(X, Y, { lambdas: [] })).toThrow('ridge: the list of penalties is empty');
    const market = column(X, 0);
    expect(() => ridge(design({ market }), Y, { lambda: 1 })).toThrow(
      "ridge: 'intercept' is constant and ridge adds an unpenalised intercept itself; build x with design(columns, { intercept: false })",
    );
    expect(() => ridge(X, Y.slice(1), { lambda: 1 })).toThrow('ridge: x has 30 rows but y has 29 values');
  });
});

/** The forecast of row i by the fit to the other rows, without the SVD: least squares with √λ I below the centred rows. */
function forecastWithout(i: number, lambda: number): number {
  const keep = Y.map((_, k) => k).filter((k) => k !== i);
  const centre = keep.reduce((sum, k) => sum + Y[k], 0) / keep.length;
  if (lambda === Infinity) return centre;
  const columns = [0, 1, 2, 3].map((j) => keep.map((k) => column(X, j)[k]));
  const means = columns.map((c) => c.reduce((a, b) => a + b) / c.length);
  const beta = augmented(
    fromColumns(columns.map((c, j) => c.map((value) => value - means[j]))),
    Float64Array.from(keep, (k) => Y[k] - centre),
    lambda,
  );
  return beta.reduce((sum, b, j) => sum + b * (column(X, j)[i] - means[j]), centre);
}

/** (XᵀX + λI)⁻¹Xᵀy as least squares on X with √λ I below it: a way to ridge that shares nothing with the SVD. */
function augmented(x: Matrix, y: Float64Array, lambda: number): Float64Array {
  const below = (j: number) => Float64Array.from({ length: x.cols }, (_, i) => (i === j ? Math.sqrt(lambda) : 0));
  const rows = fromColumns(Array.from({ length: x.cols }, (_, j) => Float64Array.of(...column(x, j), ...below(j))));
  return linearRegression(rows, Float64Array.of(...y, ...new Float64Array(x.cols))).coefficients;
}
