import { columnsOf, reflect, reflector } from './householder.js';
import { column, type Matrix, transpose, zeroMatrix } from './matrix.js';
import { norm } from './vector.js';

/** X = QR with orthonormal columns in Q [n, p] and R [p, p] upper triangular. */
export interface QR {
  /** [n, p], QᵀQ = I. */
  readonly q: Matrix;
  /** [p, p], zero below its diagonal. */
  readonly r: Matrix;
  /** The first column that the ones before it determine to working precision, or −1 when X has full column rank. */
  readonly dependent: number;
}

/**
 * Thin QR decomposition by Householder reflections.
 *
 * Column j is called dependent when |R_jj|, its distance to the span of the columns before it, is lost in the rounding of its own
 * length: |R_jj| ≤ 10 n ε ‖x_j‖. The rule does not change when a column is rescaled.
 *
 * @param x  [n, p], n ≥ p
 *
 * Golub & Van Loan, Matrix Computations, 4th ed., alg. 5.2.1.
 */
export function qr(x: Matrix): QR {
  const { rows: n, cols: p } = x;
  const work = columnsOf(x);
  const reflectors: Float64Array[] = [];
  const r = zeroMatrix(p, p);
  let dependent = -1;
  for (let k = 0; k < p; k++) {
    const v = work.data.slice(k * n, (k + 1) * n);
    for (let i = 0; i < k; i++) r.data[i * p + k] = v[i];
    const pivot = reflector(v, k);
    r.data[k * p + k] = pivot;
    if (dependent < 0 && Math.abs(pivot) <= 10 * n * Number.EPSILON * norm(column(x, k))) dependent = k;
    reflectors.push(v);
    reflect(work, k + 1, p, v, k);
  }
  const q = { rows: n, cols: p, data: work.data.fill(0) };
  for (let k = p - 1; k >= 0; k--) {
    q.data[k * n + k] = 1;
    reflect(q, k, p, reflectors[k], k); // the columns before are unit vectors still, and zero from k on
  }
  return { q: transpose({ rows: p, cols: n, data: q.data }), r, dependent };
}

/**
 * R [p, p] of X = QR and QᵀY [p, m], without Q: rows are folded into the triangle a block at a time, which stays in the cache.
 *
 * @param x  [n, p], any n and p
 * @param y  [n, m]
 *
 * Golub & Van Loan, section 5.3.5; Demmel et al. 2012, sequential TSQR.
 */
export function triangle(x: Matrix, y: Matrix = zeroMatrix(x.rows, 0)): { readonly r: Matrix; readonly qty: Matrix } {
  const [p, m] = [x.cols, y.cols];
  const [r, qty] = [zeroMatrix(p, p), zeroMatrix(p, m)];
  const rows = Math.min(BLOCK, x.rows) + 1; // row 0 is the triangle's
  const block = { rows, cols: p + m, data: new Float64Array(rows * (p + m)) };
  for (let start = 0; start < x.rows; start += rows - 1) {
    block.data.fill(0);
    for (let i = 1; i < rows && start + i <= x.rows; i++) {
      const row = start + i - 1;
      for (let j = 0; j < p; j++) block.data[j * rows + i] = x.data[row * p + j];
      for (let j = 0; j < m; j++) block.data[(p + j) * rows + i] = y.data[row * m + j];
    }
    for (let k = 0; k < p; k++) {
      for (let j = k; j < p; j++) block.data[j * rows] = r.data[k * p + j];
      for (let j = 0; j < m; j++) block.data[(p + j) * rows] = qty.data[k * m + j];
      const v = block.data.slice(k * rows, (k + 1) * rows);
      r.data[k * p + k] = reflector(v, 0);
      reflect(block, k + 1, p + m, v, 0);
      for (let j = k + 1; j < p; j++) r.data[k * p + j] = block.data[j * rows];
      for (let j = 0; j < m; j++) qty.data[k * m + j] = block.data[(p + j) * rows];
    }
  }
  return { r, qty };
}

/** Rows of a block: 128 rows of some hundred columns are half a megabyte, the second level of a cache. */
const BLOCK = 127;

/** Solves Rz = b for an upper triangular R [p, p]. */
export function backSubstitute(r: Matrix, b: ArrayLike<number>): Float64Array {
  const z = Float64Array.from(b);
  for (let i = r.rows - 1; i >= 0; i--) {
    for (let j = i + 1; j < r.cols; j++) z[i] -= r.data[i * r.cols + j] * z[j];
    z[i] /= r.data[i * r.cols + i];
  }
  return z;
}

/** Solves Rᵀz = b for an upper triangular R [p, p]. */
export function forwardSubstitute(r: Matrix, b: ArrayLike<number>): Float64Array {
  const z = Float64Array.from(b);
  for (let i = 0; i < r.rows; i++) {
    z[i] /= r.data[i * r.cols + i];
    for (let j = i + 1; j < r.cols; j++) z[j] -= r.data[i * r.cols + j] * z[i];
  }
  return z;
}

/** (RᵀR)⁻¹ = R⁻¹R⁻ᵀ [p, p] for an upper triangular r [p, p]: the inverse of XᵀX without forming it. */
export function inverseGram(r: Matrix): Matrix {
  const p = r.rows;
  const inverse = Array.from({ length: p }, (_, j) => {
    const e = new Float64Array(p);
    e[j] = 1;
    return backSubstitute(r, e); // column j of R⁻¹
  });
  const out = zeroMatrix(p, p);
  for (const z of inverse) for (let i = 0; i < p; i++) for (let j = 0; j < p; j++) out.data[i * p + j] += z[i] * z[j];
  return out;
}
