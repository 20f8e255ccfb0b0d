import { checkFinite } from './check-matrix.js';
import { column, fromColumns, type Matrix } from './matrix.js';
import { svd } from './svd.js';

/** A = V diag(values) Vᵀ. */
export interface SymmetricEigen {
  /** [n] in ascending order, each as often as it is repeated. */
  readonly values: Float64Array;
  /** V [n, n], whose columns are orthonormal; column k belongs to value k. */
  readonly vectors: Matrix;
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix, by the singular values of A + cI, where c ≥ ‖A‖ makes it positive semi-definite.
 *
 * @param a  [n, n]; its two halves may differ by rounding, 1e-9 of its largest row sum
 * @throws   when a value is not finite, or A is not square or not symmetric
 *
 * c is the largest row sum of |A| (Gershgorin). Values are right to about n ε c, as those of LAPACK's dsyev are.
 */
export function eigenSymmetric(a: Matrix): SymmetricEigen {
  const { rows: n, cols, data } = a;
  if (n !== cols) throw new Error(`eigenSymmetric: a matrix that is symmetric is square, got [${n},${cols}]`);
  checkFinite('eigenSymmetric', a);
  const sums = Array.from({ length: n }, (_, i) => data.subarray(i * n, (i + 1) * n).reduce((sum, value) => sum + Math.abs(value), 0));
  const c = Math.max(...sums, 0);
  const shifted = Float64Array.from(data, (value, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    const other = data[j * n + i];
    if (Math.abs(value - other) > 1e-9 * c)
      throw new Error(`eigenSymmetric: element (${i}, ${j}) is ${value} and (${j}, ${i}) is ${other}; average A and its transpose`);
    return (value + other) / 2 + (i === j ? c : 0);
  });
  const { s, v } = svd({ rows: n, cols: n, data: shifted });
  const last = n - 1;
  return { values: s.map((_, k) => s[last - k] - c), vectors: fromColumns(Array.from(s, (_, k) => column(v, last - k))) };
}
