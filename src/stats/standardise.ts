import { fromColumns, type Matrix } from '../linalg/index.js';
import { checkDesign, columnName } from '../linalg/internal.js';

/** What `standardise` learns of a design, to treat later rows alike. */
export interface Moments {
  /** Of the columns [p]. */
  readonly names: readonly string[];
  /** [p]. */
  readonly means: Float64Array;
  /** √(Σ (x − mean)² / n) [p]. */
  readonly deviations: Float64Array;
}

/**
 * Means and standard deviations of the columns of x [n, p].
 *
 * Deviations divide by n, so that the standardised X has XᵀX/n with ones on its diagonal; `standardDeviation` divides by n − 1.
 *
 * @throws when x is empty or a value is not finite, naming row and column
 */
export function moments(x: Matrix): Moments {
  checkDesign('moments', x);
  const means = new Float64Array(x.cols);
  for (let at = 0; at < x.data.length; at++) means[at % x.cols] += x.data[at] / x.rows;
  const squares = new Float64Array(x.cols);
  for (let at = 0; at < x.data.length; at++) squares[at % x.cols] += (x.data[at] - means[at % x.cols]) ** 2;
  const names = Array.from({ length: x.cols }, (_, j) => columnName(x, j));
  return { names, means, deviations: squares.map((value) => Math.sqrt(value / x.rows)) };
}

/**
 * Columns, or one series, less their mean and divided by their standard deviation.
 *
 *     const learnt = moments(train);        standardise(train, learnt), standardise(test, learnt)
 *
 * Test rows take the moments of the training rows: their own would be look-ahead. `scaler` is the same as a fitted thing, and can be undone.
 *
 * @param x       [n, p], or a series [n]
 * @param learnt  the moments to use; those of x unless told
 * @throws        as `moments`; when a column does not vary; when `learnt` has another number of columns
 *
 * Divides by n as scikit-learn's StandardScaler does.
 */
export function standardise(x: Matrix, learnt?: Moments): Matrix;
export function standardise(x: ArrayLike<number>, learnt?: Moments): Float64Array;
export function standardise(x: Matrix | ArrayLike<number>, learnt?: Moments): Matrix | Float64Array {
  if (!('data' in x)) return scale(fromColumns([x], ['series']), learnt).data;
  return scale(x, learnt);
}

function scale(x: Matrix, learnt: Moments = moments(x)): Matrix {
  const { means, deviations, names } = learnt;
  checkDesign('standardise', x);
  if (means.length !== x.cols)
    throw new Error(`standardise: x has ${x.cols} columns but the moments are of ${means.length}: ${names.join(', ')}`);
  const still = deviations.findIndex((value, j) => !(value > 1e-14 * Math.abs(means[j])));
  if (still >= 0) throw new Error(`standardise: '${names[still]}' does not vary, so it has no scale; drop it`);
  return { ...x, data: x.data.map((value, at) => (value - means[at % x.cols]) / deviations[at % x.cols]) };
}
