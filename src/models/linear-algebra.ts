import { column, dot, fromColumns, type Matrix, zeros } from './matrix.js';

/** X = QR with orthonormal columns in Q [n, p] and R [p, p] upper triangular. */
export interface QR {
  readonly q: Matrix;
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
  const work = Array.from({ length: p }, (_, j) => column(x, j));
  const reflectors: Float64Array[] = [];
  const r = zeros(p, p);
  let dependent = -1;
  for (let k = 0; k < p; k++) {
    const v = work[k];
    const length = Math.sqrt(dot(column(x, k), column(x, k)));
    const tail = norm(v, k);
    if (dependent < 0 && tail <= 10 * n * Number.EPSILON * length) dependent = k;
    const pivot = v[k] > 0 ? -tail : tail; // away from v[k]: no cancellation
    for (let i = 0; i < k; i++) r.data[i * p + k] = v[i];
    r.data[k * p + k] = pivot;
    const reflector = v.slice();
    reflector.fill(0, 0, k);
    reflector[k] = v[k] - pivot;
    const scale = norm(reflector, k);
    if (scale > 0) for (let i = k; i < n; i++) reflector[i] /= scale;
    reflectors.push(reflector);
    for (let j = k + 1; j < p; j++) reflect(work[j], reflector, k);
  }
  const q = Array.from({ length: p }, (_, j) => {
    const e = new Float64Array(n);
    e[j] = 1;
    for (let k = p - 1; k >= 0; k--) reflect(e, reflectors[k], k);
    return e;
  });
  return { q: fromColumns(q), r, dependent };
}

/** Solves Rz = b for an upper triangular R [p, p]. */
export function backSubstitute(r: Matrix, b: ArrayLike<number>): Float64Array {
  const z = Float64Array.from(b);
  for (let i = r.rows - 1; i >= 0; i--) {
    for (let j = i + 1; j < r.cols; j++) z[i] -= r.data[i * r.cols + j] * z[j];
    z[i] /= r.data[i * r.cols + i];
  }
  return z;
}

/** (RᵀR)⁻¹ = R⁻¹R⁻ᵀ for an upper triangular R: the inverse of XᵀX without forming it. */
export function inverseGram(r: Matrix): Matrix {
  const p = r.rows;
  const inverse = Array.from({ length: p }, (_, j) => {
    const e = new Float64Array(p);
    e[j] = 1;
    return backSubstitute(r, e); // column j of R⁻¹
  });
  const out = zeros(p, p);
  for (const z of inverse) for (let i = 0; i < p; i++) for (let j = 0; j < p; j++) out.data[i * p + j] += z[i] * z[j];
  return out;
}

/** X = U diag(s) Vᵀ with s in descending order; a column of U that belongs to s = 0 is zero. */
export interface SVD {
  readonly u: Matrix;
  readonly s: Float64Array;
  readonly v: Matrix;
}

/**
 * Thin singular value decomposition by one-sided Jacobi rotations: pairs of columns are rotated until all are orthogonal.
 * Small singular values keep their relative accuracy, which a method that forms XᵀX loses.
 *
 * @param x  [n, p], any n and p
 *
 * Demmel & Veselić 1992, Jacobi's method is more accurate than QR.
 */
export function svd(x: Matrix): SVD {
  const { rows: n, cols: p } = x;
  const us = Array.from({ length: p }, (_, j) => column(x, j));
  const vs = Array.from({ length: p }, (_, j) => Float64Array.from({ length: p }, (_, i) => (i === j ? 1 : 0)));
  for (let rotated = true, sweep = 0; rotated && sweep < 60; sweep++) {
    rotated = false;
    for (let i = 0; i < p - 1; i++)
      for (let j = i + 1; j < p; j++) {
        const [a, b, c] = [dot(us[i], us[i]), dot(us[j], us[j]), dot(us[i], us[j])];
        if (Math.abs(c) <= Number.EPSILON * Math.sqrt(a * b)) continue;
        rotated = true;
        const zeta = (b - a) / (2 * c);
        const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
        rotate(us[i], us[j], t);
        rotate(vs[i], vs[j], t);
      }
  }
  const lengths = us.map((u) => norm(u, 0));
  const floor = Math.max(n, p) * Number.EPSILON * Math.max(0, ...lengths);
  const order = lengths.map((_, j) => j).sort((i, j) => lengths[j] - lengths[i]);
  const s = Float64Array.from(order, (j) => (lengths[j] > floor ? lengths[j] : 0));
  const u = order.map((j, k) => us[j].map((value) => (s[k] > 0 ? value / s[k] : 0)));
  return { u: fromColumns(u), s, v: fromColumns(order.map((j) => vs[j])) };
}

function norm(v: Float64Array, from: number): number {
  let largest = 0;
  for (let i = from; i < v.length; i++) largest = Math.max(largest, Math.abs(v[i]));
  if (largest === 0) return 0;
  let sum = 0;
  for (let i = from; i < v.length; i++) sum += (v[i] / largest) ** 2; // scaled: no overflow, no underflow
  return largest * Math.sqrt(sum);
}

/** a ← (I − 2vvᵀ)a for a unit vector v that is zero before index k. */
function reflect(a: Float64Array, v: Float64Array, k: number): void {
  let sum = 0;
  for (let i = k; i < a.length; i++) sum += v[i] * a[i];
  for (let i = k; i < a.length; i++) a[i] -= 2 * sum * v[i];
}

/** The rotation by angle atan(t) in the plane of a and b. */
function rotate(a: Float64Array, b: Float64Array, t: number): void {
  const cos = 1 / Math.hypot(1, t);
  const sin = t * cos;
  for (let i = 0; i < a.length; i++) {
    const [ai, bi] = [a[i], b[i]];
    a[i] = cos * ai - sin * bi;
    b[i] = sin * ai + cos * bi;
  }
}
