import { cholesky, choleskyQr } from './cholesky.js';
import { type Block, gram } from './gram.js';
import { columnsOf, reflect, reflector } from './householder.js';
import { column, type Matrix, transpose, transposeVec, zeroMatrix } from './matrix.js';
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
 * Thin QR decomposition: by Householder reflections, or twice by Cholesky's where x is tall and its columns are well apart.
 *
 * Column j is called dependent when |R_jj|, its distance to the span of the columns before it, is lost in the rounding of its own
 * length: |R_jj| ≤ 10 n ε ‖x_j‖. The rule does not change when a column is rescaled.
 *
 * @param x  [n, p], n ≥ p
 *
 * Golub & Van Loan, Matrix Computations, 4th ed., alg. 5.2.1; Yamamoto et al. 2015.
 */
export function qr(x: Matrix): QR {
  const fast = isTall(x) ? choleskyQr(x, zeroMatrix(x.rows, 0), { keep: true }) : undefined;
  if (!fast) return byReflections(x);
  const q = zeroMatrix(x.rows, x.cols);
  for (const { start, rows, columns } of fast.q)
    for (let i = 0, at = start * x.cols; i < rows; i++) for (let j = 0; j < x.cols; j++, at++) q.data[at] = columns[j][i];
  return { q, r: fast.r, dependent: -1 };
}

/** So many rows that half the arithmetic is worth a second look at them. */
const isTall = ({ rows: n, cols: p }: Matrix): boolean => n >= 256 && n >= 4 * p;

function byReflections(x: Matrix): QR {
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
 * R [p, p] of X = QR and QᵀY [p, m], without Q: as `qr`, or by folding rows into the triangle a block at a time, which stays in the cache.
 *
 * @param x  [n, p], any n and p
 * @param y  [n, m]
 *
 * Golub & Van Loan, section 5.3.5; Demmel et al. 2012, sequential TSQR.
 */
export function triangle(x: Matrix, y: Matrix = zeroMatrix(x.rows, 0)): { readonly r: Matrix; readonly qty: Matrix } {
  return (isTall(x) ? choleskyQr(x, y) : undefined) ?? folded(x, y);
}

function folded(x: Matrix, y: Matrix): { readonly r: Matrix; readonly qty: Matrix } {
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

/** Rows of a fold: 128 rows of some hundred columns are half a megabyte, the second level of a cache. */
const BLOCK = 127;

/** The first column of x [n, p] that the ones before it determine, as `qr` finds it, or −1: all of XᵀX where that is enough to see none. */
export const firstDependent = (x: Matrix): number => (x.rows < x.cols ? x.rows : cholesky(gram(x)) ? -1 : qr(x).dependent);

/** X = QR of least squares, and of Q what a fit needs: each row's square. */
export interface LeastSquares extends Omit<QR, 'q'> {
  /** Qᵀy [p]. */
  readonly qty: Float64Array;
  /** hᵢ = ‖qᵢ‖² [n]: the diagonal of QQᵀ. */
  readonly leverage: Float64Array;
}

/**
 * What least squares needs of X = QR.
 *
 * @param x  [n, p], n ≥ p
 * @param y  [n]
 */
export function leastSquaresOf(x: Matrix, y: Float64Array): LeastSquares {
  const target = { rows: x.rows, cols: 1, data: y };
  const leverage = new Float64Array(x.rows);
  const addSquares = ({ start, rows, columns }: Block) => {
    for (let j = 0; j < x.cols; j++) {
      const column = columns[j];
      for (let i = 0; i < rows; i++) leverage[start + i] += column[i] * column[i];
    }
  };
  const fast = isTall(x) ? choleskyQr(x, target, { see: addSquares }) : undefined;
  if (fast && fast.correction < SETTLED) return { r: fast.r, dependent: -1, qty: fast.qty.data, leverage };
  leverage.fill(0);
  const exact = fast && choleskyQr(x, target, { keep: true });
  if (exact) {
    exact.q.forEach(addSquares);
    return { r: exact.r, dependent: -1, qty: exact.qty.data, leverage };
  }
  const { q, r, dependent } = byReflections(x);
  for (let at = 0; at < q.data.length; at++) leverage[Math.floor(at / q.cols)] += q.data[at] ** 2;
  return { r, dependent, qty: transposeVec(q, y), leverage };
}

/** A second step of Cholesky's that changes less than this changes nothing of a row's square but its rounding. */
const SETTLED = 1e-14;

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
