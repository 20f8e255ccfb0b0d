import type { Matrix } from './matrix.js';
import { norm } from './vector.js';

/** A matrix column after column: element (i, j) is `data[j * rows + i]`, so that a reflection finds each column in one piece. */
export interface Columns {
  readonly rows: number;
  readonly cols: number;
  readonly data: Float64Array;
}

export function columnsOf({ rows, cols, data }: Matrix): Columns {
  const out = new Float64Array(data.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) out[j * rows + i] = data[i * cols + j];
  return { rows, cols, data: out };
}

/**
 * Turns v, from index k on, into the unit vector whose reflection takes what v was there to a multiple of the k-th unit vector.
 *
 * @returns  that multiple, ± ‖v‖ with the sign that v[k] has not: no cancellation
 *
 * Golub & Van Loan, Matrix Computations, 4th ed., alg. 5.1.1.
 */
export function reflector(v: Float64Array, k: number): number {
  const length = norm(v, k);
  const pivot = v[k] > 0 ? -length : length;
  v[k] -= pivot;
  const scale = norm(v, k);
  if (scale > 0) for (let i = k; i < v.length; i++) v[i] /= scale;
  return pivot;
}

/** A ← (I − 2vvᵀ)A for columns `from` to `to` of A, v a unit vector from index k on. Four columns at a time: their sums do not wait for each other. */
export function reflect({ rows: n, data: a }: Columns, from: number, to: number, v: Float64Array, k: number): void {
  let at = from * n;
  for (; at + 3 * n < to * n; at += 4 * n) {
    const [p0, p1, p2, p3] = [at, at + n, at + 2 * n, at + 3 * n];
    let [s0, s1, s2, s3] = [0, 0, 0, 0];
    for (let i = k; i < n; i++) {
      const w = 2 * v[i];
      s0 += w * a[p0 + i];
      s1 += w * a[p1 + i];
      s2 += w * a[p2 + i];
      s3 += w * a[p3 + i];
    }
    for (let i = k; i < n; i++) {
      const w = v[i];
      a[p0 + i] -= s0 * w;
      a[p1 + i] -= s1 * w;
      a[p2 + i] -= s2 * w;
      a[p3 + i] -= s3 * w;
    }
  }
  for (; at < to * n; at += n) {
    let sum = 0;
    for (let i = k; i < n; i++) sum += 2 * v[i] * a[at + i];
    for (let i = k; i < n; i++) a[at + i] -= sum * v[i];
  }
}
