import { checkWhole } from '../../base/internal.js';
import { backSubstitute, column, diagonal, dot, inverseGram, type Matrix, matVec, norm } from '../../linalg/index.js';
import { columnName, constantColumn, triangle, zeroMatrix } from '../../linalg/internal.js';
import { neweyWest, type Sandwiched } from '../inference/newey-west.js';
import { checkSample } from './design.js';
import { linearRegression } from './linear-regression.js';
import { shareExplained } from './share-explained.js';

/** Regressions over a window that moves along the rows. */
export interface RollingRegression {
  /** Of the columns [p]. */
  readonly names: readonly string[];
  /** Last row of each window [m]: what is known on it, and not before. */
  readonly ends: Int32Array;
  /** β̂ of each window [m, p]. */
  readonly coefficients: Matrix;
  /** [m, p]. */
  readonly standardErrors: Matrix;
  /** [m]; NaN where y does not vary in the window. */
  readonly rSquared: Float64Array;
}

/** How a window moves and how its errors are told. */
export interface RollingOptions {
  /** Rows of a window, more than there are columns; 252 is a year of trading days. */
  readonly window: number;
  /** Rows by which the window moves; 1. */
  readonly step?: number;
  /** Lags of Newey–West errors; classical errors when left out. */
  readonly lags?: number;
}

/**
 * Least squares over the last `window` rows, at every row that has so many: betas that change.
 *
 *     const { coefficients, ends } = rollingRegression(design({ market }), stock, { window: 252, lags: 4 })
 *
 * Each window is solved anew by its own QR: updating and downdating a window's XᵀX would let rounding errors pile up along the way.
 * Neighbouring windows share all but a row, so their estimates move together, and a band around them is not one around the path.
 *
 * @param x  [n, p] design
 * @param y  [n]
 * @throws   as `linearRegression` in the window that fails, and when the window is longer than the sample
 */
export function rollingRegression(x: Matrix, y: ArrayLike<number>, { window, step = 1, lags }: RollingOptions): RollingRegression {
  checkSample('rollingRegression', x, y);
  for (const [name, value] of Object.entries({ window, step })) checkWhole('rollingRegression', name, value);
  if (window > x.rows)
    throw new Error(`rollingRegression: window ${window} is longer than the sample of ${x.rows} rows; shorten window or load more history`);
  const outcome = Float64Array.from(y);
  const m = Math.floor((x.rows - window) / step) + 1;
  const [coefficients, standardErrors] = [zeroMatrix(m, x.cols), zeroMatrix(m, x.cols)];
  const [ends, rSquared] = [new Int32Array(m), new Float64Array(m)];
  const centred = constantColumn(x) >= 0;
  for (let k = 0; k < m; k++) {
    const start = k * step;
    const part = { ...x, rows: window, data: x.data.subarray(start * x.cols, (start + window) * x.cols) };
    const target = outcome.subarray(start, start + window);
    const fit = fitWindow(part, target);
    const squares = dot(fit.residuals, fit.residuals);
    const variance = squares / (window - x.cols);
    const classical = () => diagonal(fit.inverseGram).map((value) => Math.sqrt(value * variance));
    ends[k] = start + window - 1;
    coefficients.data.set(fit.coefficients, k * x.cols);
    standardErrors.data.set(lags === undefined ? classical() : neweyWest(fit, { lags }).standardErrors, k * x.cols);
    rSquared[k] = shareExplained(target, squares, centred);
  }
  const names = Array.from({ length: x.cols }, (_, j) => columnName(x, j));
  return { names, ends, coefficients: { ...coefficients, names }, standardErrors: { ...standardErrors, names }, rSquared };
}

/** What `linearRegression` finds, without Q and what follows from it: a window has no use for leverages. */
function fitWindow(x: Matrix, y: Float64Array): Sandwiched {
  const { r, qty } = triangle(x, { rows: y.length, cols: 1, data: y });
  const dependent = diagonal(r).some((pivot, j) => Math.abs(pivot) <= 10 * x.rows * Number.EPSILON * norm(column(x, j)));
  if (dependent || x.rows <= x.cols) return linearRegression(x, y); // whose error says which column it is
  const coefficients = backSubstitute(r, qty.data);
  const residuals = matVec(x, coefficients).map((value, t) => y[t] - value);
  return { x, coefficients, residuals, inverseGram: inverseGram(r) };
}
