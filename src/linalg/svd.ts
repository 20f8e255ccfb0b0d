import { checkFinite } from './check-matrix.js';
import { column, fromColumns, type Matrix, matMul, transpose } from './matrix.js';
import { qr } from './qr.js';
import { norm } from './vector.js';

/** X = U diag(s) Vᵀ, k = min(n, p): U [n, k], s [k] in descending order, V [p, k]. */
export interface SVD {
  /** Orthonormal columns; one that belongs to s = 0 is zero where n ≥ p. */
  readonly u: Matrix;
  readonly s: Float64Array;
  /** Orthonormal columns; one that belongs to s = 0 is zero where n < p. */
  readonly v: Matrix;
}

/**
 * Thin singular value decomposition by one-sided Jacobi rotations: pairs of columns are rotated until all are orthogonal.
 * Small singular values keep their relative accuracy, which a method that forms XᵀX loses.
 *
 * @param x  [n, p], any n and p
 * @throws   when a value is not finite
 *
 * Demmel & Veselić 1992, Jacobi's method is more accurate than QR. A tall X is rotated as its R of QR, a wide one as its transpose;
 * columns are sorted by length before each sweep (de Rijk 1989).
 */
export function svd(x: Matrix): SVD {
  checkFinite('svd', x);
  if (x.rows < x.cols) {
    const { u, s, v } = svd(transpose(x));
    return { u: v, s, v: u };
  }
  // Near 1, where no square overflows or vanishes; by a power of 2, which rounds nothing.
  const scale = 2 ** Math.floor(Math.log2(x.data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) || 1));
  const scaled = { ...x, data: x.data.map((value) => value / scale) };
  const { u, s, v } = x.rows === x.cols ? jacobi(scaled) : tall(scaled);
  return { u, s: s.map((value) => value * scale), v };
}

function tall(x: Matrix): SVD {
  const { q, r } = qr(x);
  const { u, s, v } = jacobi(r, x.rows);
  return { u: matMul(q, u), s, v };
}

/** The decomposition of a square X; singular values that rounding in `rows` rows may have made are zero. */
function jacobi(x: Matrix, rows = x.rows): SVD {
  const p = x.cols;
  const orthogonal = Math.sqrt(p) * Number.EPSILON; // what rounding leaves of an inner product, as in LAPACK's dgesvj
  // Each column with one of the identity's below it, which the same rotations turn: in the end U diag(s) above and V below.
  let pairs: Float64Array[] = Array.from({ length: p }, (_, j) => {
    const pair = new Float64Array(2 * p);
    pair.set(column(x, j));
    pair[p + j] = 1;
    return pair;
  });
  for (let rotated = true, sweep = 0; rotated && sweep < 60; sweep++) {
    rotated = false;
    pairs = descending(pairs, p);
    const squares = pairs.map((pair) => product(pair, pair, p));
    const shift = (k: number, by: number) => {
      const next = squares[k] + by;
      squares[k] = next > squares[k] / 2 ? next : product(pairs[k], pairs[k], p); // too much of it cancelled
    };
    for (let i = 0; i < p - 1; i++)
      for (let j = i + 1; j < p; j++) {
        const c = product(pairs[i], pairs[j], p);
        if (Math.abs(c) <= orthogonal * Math.sqrt(squares[i]) * Math.sqrt(squares[j])) continue;
        rotated = true;
        const zeta = (squares[j] - squares[i]) / (2 * c);
        const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
        rotate(pairs[i], pairs[j], t);
        shift(i, -t * c);
        shift(j, t * c);
      }
  }
  pairs = descending(pairs, p);
  const lengths = pairs.map((pair) => norm(pair.subarray(0, p)));
  const floor = rows * Number.EPSILON * lengths[0];
  const s = Float64Array.from(lengths, (length) => (length > floor ? length : 0));
  const u = pairs.map((pair, k) => pair.subarray(0, p).map((value) => (s[k] > 0 ? value / s[k] : 0)));
  return { u: fromColumns(u), s, v: fromColumns(pairs.map((pair) => pair.subarray(p))) };
}

/** By the length of their first p elements. */
function descending(pairs: readonly Float64Array[], p: number): Float64Array[] {
  const lengths = pairs.map((pair) => norm(pair.subarray(0, p)));
  return pairs
    .map((_, k) => k)
    .sort((i, j) => lengths[j] - lengths[i])
    .map((k) => pairs[k]);
}

/** The inner product of the first p elements, as four sums that do not wait for each other. */
function product(a: Float64Array, b: Float64Array, p: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < p; i += 4) {
    s0 += a[i] * b[i];
    s1 += a[i + 1] * b[i + 1];
    s2 += a[i + 2] * b[i + 2];
    s3 += a[i + 3] * b[i + 3];
  }
  for (; i < p; i++) s0 += a[i] * b[i];
  return s0 + s1 + s2 + s3;
}

/** The rotation by angle atan(t) in the plane of a and b. */
function rotate(a: Float64Array, b: Float64Array, t: number): void {
  const cos = 1 / Math.hypot(1, t);
  const sin = t * cos;
  for (let i = 0; i < a.length; i++) {
    const ai = a[i];
    const bi = b[i];
    a[i] = cos * ai - sin * bi;
    b[i] = sin * ai + cos * bi;
  }
}
