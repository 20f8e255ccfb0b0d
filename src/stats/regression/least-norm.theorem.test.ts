import { expect } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { column, fromColumns, type Matrix, matVec, transposeVec } from '../../linalg/matrix.js';
import { dot } from '../../linalg/vector.js';
import { linearRegression } from './linear-regression.js';
import { type Ridge, ridge } from './ridge.js';

const columns = [1, 2, 3].map((seed) => gaussian(seed, 20));
const FULL = { x: fromColumns(columns), y: gaussian(4, 20) };
/** Of rank 2: with a column that is the sum of two others, and with two rows. */
const SUMMED = { x: fromColumns([columns[0], columns[1], columns[0].map((value, i) => value + columns[1][i])]), y: FULL.y };
const FEW = { x: fromColumns(columns.map((values) => values.slice(0, 2))), y: FULL.y.slice(0, 2) };

/** Least squares for a design of any rank: ridge without a penalty, which takes the shortest solution. */
type Least = (x: Matrix, y: ArrayLike<number>) => Ridge;
const shortest: Least = (x, y) => ridge(x, y, { lambda: 0, intercept: false });

theorem<Least>('thm:normal-equations', 'abc', {
  real: shortest,
  check: (fit) => {
    for (const { x, y, kernel } of [
      { ...SUMMED, kernel: Float64Array.of(1, 1, -1) },
      { ...FEW, kernel: kernelOf(FEW.x) },
    ]) {
      expectClose(matVec(x, kernel), new Float64Array(x.rows), 12);
      const { coefficients, fitted } = fit(x, y);
      const squares = (b: Float64Array) => matVec(x, b).reduce((sum, value, i) => sum + (y[i] - value) ** 2, 0);
      const normal = (b: Float64Array) =>
        transposeVec(
          x,
          matVec(x, b).map((value, i) => y[i] - value),
        );
      expectClose(normal(coefficients), [0, 0, 0], 9); // (a) a solution exists though XᵀX has no inverse
      for (const d of [1, 2, 3].map((seed) => gaussian(seed, 3))) {
        const rise = dot(matVec(x, d), matVec(x, d));
        expect(squares(coefficients.map((b, j) => b + d[j])) - squares(coefficients)).toBeCloseTo(rise, 8); // (b)
      }
      const other = coefficients.map((b, j) => b + 5 * kernel[j]); // (c) another minimiser, with the same fitted values
      expectClose(normal(other), [0, 0, 0], 8);
      expectClose(matVec(x, other), fitted, 10);
    }
    // With full rank there is one: the shortest is the one that linearRegression finds.
    expectClose(fit(FULL.x, FULL.y).coefficients, linearRegression(FULL.x, FULL.y).coefficients, 11);
  },
  mutants: {
    'shrinks by one in a thousand': (x, y) => ridge(x, y, { lambda: 0.001 * x.rows, intercept: false }),
    'adds an intercept': (x, y) => ridge(x, y, { lambda: 0 }),
    'leaves the last column out': (x, y) => {
      const found = shortest(fromColumns([column(x, 0), column(x, 1)]), y);
      return { ...found, coefficients: Float64Array.of(...found.coefficients, 0) };
    },
    'counts the fitted values double': (x, y) => {
      const found = shortest(x, y);
      return { ...found, fitted: found.fitted.map((value) => 2 * value) };
    },
  },
});

/** A vector at right angles to both rows of x [2, 3]. */
function kernelOf({ data: [a, b, c, d, e, f] }: Matrix): Float64Array {
  return Float64Array.of(b * f - c * e, c * d - a * f, a * e - b * d);
}
