import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { factorReturns, gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { column, fromColumns, type Matrix, matVec, transpose, transposeVec } from '../../linalg/matrix.js';
import { svd } from '../../linalg/svd.js';
import { dot } from '../../linalg/vector.js';
import reference from '../regression.reference.json' with { type: 'json' }; // made by reference/regression.py
import { design } from './design.js';
import { linearRegression, predict } from './linear-regression.js';
import { type Ridge, ridge, ridgePath } from './ridge.js';

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

  it('chooses on the path what refitting chooses', () => {
    const { fits, byPress, byGcv } = ridgePath(X, Y);
    expect(fits).toHaveLength(50);
    for (const { press, gcv } of fits) {
      expect(byPress.press).toBeLessThanOrEqual(press);
      expect(byGcv.gcv).toBeLessThanOrEqual(gcv);
    }
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

type Fit = (x: Matrix, y: ArrayLike<number>, lambda: number) => Pick<Ridge, 'coefficients' | 'effectiveDegreesOfFreedom'>;

/** β̂ = Σ filter(sₖ, λ) (uₖᵀy) vₖ with another filter than s/(s² + λ). */
const filtered =
  (filter: (s: number, lambda: number, n: number) => number): Fit =>
  (x, y, lambda) => {
    const { u, s, v } = svd(x);
    const shares = s.map((value) => filter(value, lambda, x.rows));
    const projections = transposeVec(u, y).map((value, k) => value * shares[k]);
    return { coefficients: matVec(v, projections), effectiveDegreesOfFreedom: dot(shares, s) };
  };

theorem<Fit>('thm:ridge', {
  real: (x, y, lambda) => ridge(x, y, { lambda, intercept: false }),
  check: (fit) => {
    const sigma = 0.012;
    const tau = 0.4; // prior: coefficients are N(0, τ²)
    const lambda = sigma ** 2 / tau ** 2;
    const { x: withOnes, y } = factorReturns(250, 4);
    const x = fromColumns([1, 2, 3].map((j) => column(withOnes, j)));
    const { coefficients, effectiveDegreesOfFreedom } = fit(x, y, lambda);
    const residuals = matVec(x, coefficients).map((value, i) => y[i] - value);
    const slope = transposeVec(x, residuals).map((g, j) => g / sigma ** 2 - coefficients[j] / tau ** 2); // ∇ log posterior
    expectClose(slope, [0, 0, 0], 8);
    const { u, s, v } = svd(x);
    const along = matVec(transpose(v), coefficients); // vₖᵀβ̂(λ) = s²/(s² + λ) · vₖᵀβ̂(0)
    expectClose(
      along,
      transposeVec(u, y).map((value, k) => (s[k] / (s[k] ** 2 + lambda)) * value),
      11,
    );
    const trace = [0, 1, 2].reduce((sum, j) => sum + augmented(x, column(x, j), lambda)[j], 0);
    expect(effectiveDegreesOfFreedom).toBeCloseTo(trace, 9); // tr X(XᵀX + λI)⁻¹Xᵀ
  },
  mutants: {
    'penalises the mean of squares instead of their sum': (x, y, lambda) => ridge(x, y, { lambda: lambda * x.rows, intercept: false }),
    'adds λ to the singular value, not to its square': filtered((s, lambda) => 1 / (s + lambda)),
    'shrinks every direction alike': filtered((s, lambda, n) => 1 / (s * (1 + lambda / n))),
    'forgets the penalty': filtered((s) => 1 / s),
  },
});

/** (XᵀX + λI)⁻¹Xᵀy as least squares on X with √λ I below it: a way to ridge that shares nothing with the SVD. */
function augmented(x: Matrix, y: Float64Array, lambda: number): Float64Array {
  const below = (j: number) => Float64Array.from({ length: x.cols }, (_, i) => (i === j ? Math.sqrt(lambda) : 0));
  const rows = fromColumns(Array.from({ length: x.cols }, (_, j) => Float64Array.of(...column(x, j), ...below(j))));
  return linearRegression(rows, Float64Array.of(...y, ...new Float64Array(x.cols))).coefficients;
}
