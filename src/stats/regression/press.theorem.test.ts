import { expect } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { factorReturns, gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { column, fromColumns, type Matrix } from '../../linalg/matrix.js';
import { dot } from '../../linalg/vector.js';
import { type LinearRegression, linearRegression } from './linear-regression.js';
import { type Ridge, ridge } from './ridge.js';

type Fit = typeof linearRegression;

const without = (values: ArrayLike<number>, i: number) => Float64Array.from(Array.from(values).filter((_, k) => k !== i));
const dropRow = (x: Matrix, i: number) => fromColumns(Array.from({ length: x.cols }, (_, j) => without(column(x, j), i)));
const row = (x: Matrix, i: number) => x.data.subarray(i * x.cols, (i + 1) * x.cols);

const mutate =
  (change: (fit: LinearRegression, x: Matrix) => Partial<LinearRegression>): Fit =>
  (x, y) => {
    const fit = linearRegression(x, y);
    return { ...fit, ...change(fit, x) };
  };

theorem<Fit>('thm:press', 'a', {
  real: linearRegression,
  check: (fit) => {
    for (const [n, alone] of [
      [20, 7],
      [12, 0],
    ]) {
      const x = fromColumns([
        new Float64Array(n).fill(1),
        gaussian(n, n),
        Float64Array.from({ length: n }, (_, i) => (i === alone ? 1 : 0)), // only row `alone` knows of this column
      ]);
      const y = gaussian(1, n);
      fit(x, y).leverage.forEach((h, i) => {
        expect(h).toBeGreaterThanOrEqual(0);
        expect(h).toBeLessThanOrEqual(1 + 1e-12);
        const refit = () => linearRegression(dropRow(x, i), without(y, i));
        if (h > 1 - 1e-10) expect(refit).toThrow('not unique');
        else expect(refit).not.toThrow();
      });
    }
  },
  mutants: {
    'keeps every leverage below 0.99': mutate((fit) => ({ leverage: fit.leverage.map((h) => Math.min(h, 0.99)) })),
    'counts leverage double': mutate((fit) => ({ leverage: fit.leverage.map((h) => 2 * h) })),
    'centres leverage at its mean': mutate((fit, x) => ({ leverage: fit.leverage.map((h) => h - x.cols / x.rows) })),
  },
});

const leaveOneOut = (formula: (e: number, h: number, n: number, p: number) => number) =>
  mutate((fit, x) => {
    const leaveOneOutResiduals = fit.residuals.map((e, i) => formula(e, fit.leverage[i], x.rows, x.cols));
    return { leaveOneOutResiduals, press: dot(leaveOneOutResiduals, leaveOneOutResiduals) };
  });

theorem<Fit>('thm:press', 'b', {
  real: linearRegression,
  check: (fit) => {
    for (const { x, y, noise } of [factorReturns(50, 9), factorReturns(12, 10)]) {
      const { leaveOneOutResiduals, press } = fit(x, y);
      const refitted = y.map((value, i) => value - dot(row(x, i), linearRegression(dropRow(x, i), without(y, i)).coefficients));
      expectClose(
        leaveOneOutResiduals.map((e) => e / noise),
        refitted.map((e) => e / noise),
        9,
      );
      expect(press / dot(refitted, refitted)).toBeCloseTo(1, 10);
    }
  },
  mutants: {
    'leaves the row in': leaveOneOut((e) => e),
    'sums the errors within the sample': mutate((fit) => ({ press: dot(fit.residuals, fit.residuals) })),
    'studentises instead, e/√(1 − h)': leaveOneOut((e, h) => e / Math.sqrt(1 - h)),
    'divides by 1 + h': leaveOneOut((e, h) => e / (1 + h)),
    'flips the sign': leaveOneOut((e, h) => -e / (1 - h)),
    'takes the mean for the sum': mutate((fit, x) => ({ press: fit.press / x.rows })),
    'replaces each leverage by the mean one, as GCV does': leaveOneOut((e, _h, n, p) => e / (1 - p / n)),
  },
});

type Penalised = typeof ridge;

/** The least-squares problem whose solution is ridge's: √λ I below X, and a column of ones that the penalty spares. */
function stacked(x: Matrix, y: ArrayLike<number>, lambda: number, intercept: boolean): Float64Array {
  const p = x.cols;
  const below = (j: number) => Float64Array.from({ length: p }, (_, i) => (i === j ? Math.sqrt(lambda) : 0));
  const columns = Array.from({ length: p }, (_, j) => Float64Array.of(...column(x, j), ...below(j)));
  const ones = Float64Array.from({ length: x.rows + p }, (_, i) => (i < x.rows ? 1 : 0));
  return linearRegression(fromColumns(intercept ? [ones, ...columns] : columns), Float64Array.of(...Array.from(y), ...new Float64Array(p)))
    .coefficients;
}

const penalised =
  (change: (fit: Ridge) => Partial<Ridge>): Penalised =>
  (x, y, options) => {
    const fit = ridge(x, y, options);
    return { ...fit, ...change(fit) };
  };
const sum = (fit: Ridge, leverage: (h: number, i: number) => number) =>
  fit.residuals.reduce((total, e, i) => total + (e / (1 - leverage(fit.leverage[i], i))) ** 2, 0);

// Λ = λI, and Λ = diag(0, λ, …, λ) with an intercept.
theorem<Penalised>('thm:press', 'ab', {
  real: ridge,
  check: (fit) => {
    const { x: withOnes, y } = factorReturns(24, 12);
    const x = fromColumns([1, 2, 3].map((j) => column(withOnes, j).map((value) => 100 * value)));
    for (const intercept of [false, true])
      for (const lambda of [0.5, 20]) {
        const { residuals, leverage, press } = fit(x, y, { lambda, intercept });
        const refitted = y.map((value, i) => {
          const beta = stacked(dropRow(x, i), without(y, i), lambda, intercept);
          return value - (intercept ? beta[0] + dot(row(x, i), beta.subarray(1)) : dot(row(x, i), beta));
        });
        expectClose(
          residuals.map((e, i) => e / (1 - leverage[i])),
          refitted,
          11,
        );
        expect(Math.min(...leverage)).toBeGreaterThan(0);
        expect(Math.max(...leverage)).toBeLessThan(1);
        expect(press / dot(refitted, refitted)).toBeCloseTo(1, 10);
      }
  },
  mutants: {
    'sums the errors within the sample': penalised((fit) => ({ press: dot(fit.residuals, fit.residuals) })),
    'takes the leverage of least squares': (x, y, options) => ({
      ...ridge(x, y, options),
      leverage: ridge(x, y, { ...options, lambda: 0 }).leverage,
    }),
    'forgets the intercept in the leverage': penalised((fit) => ({ press: sum(fit, (h) => h - 1 / fit.residuals.length) })),
    'replaces each leverage by the mean one, as GCV does': penalised((fit) => ({
      press: sum(fit, () => fit.effectiveDegreesOfFreedom / fit.residuals.length),
    })),
    'forgets to square': penalised((fit) => ({ press: Math.sqrt(fit.press) })),
  },
});
