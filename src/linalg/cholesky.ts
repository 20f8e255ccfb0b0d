import { addProducts, type Block, eachBlock, gram } from './gram.js';
import { type Matrix, matMul, zeroMatrix } from './matrix.js';

/**
 * The upper triangle R with RᵀR = A of a symmetric positive definite A [p, p]; nothing where A is near to a singular matrix.
 *
 * Near: the condition number of R, its columns scaled to length one, is above `limit`. XᵀX loses twice the digits of that number, at a
 * million twelve of its sixteen; beyond that a decomposition of X itself is to be taken.
 *
 * Golub & Van Loan, Matrix Computations, 4th ed., alg. 4.2.1, on A scaled to a diagonal of ones.
 */
export function cholesky({ rows: p, data: a }: Matrix, { limit = 1e6 } = {}): Matrix | undefined {
  const lengths = Float64Array.from({ length: p }, (_, j) => Math.sqrt(a[j * p + j]));
  // Beyond these bounds squares have lost digits, or are infinite.
  if (!lengths.every((length) => length > 1e-140 && length < 1e140)) return undefined;
  const out = zeroMatrix(p, p);
  const r = out.data;
  for (let i = 0; i < p; i++) {
    for (let j = i; j < p; j++) r[i * p + j] = a[i * p + j] / (lengths[i] * lengths[j]);
    for (let k = 0; k < i; k++) {
      const above = r[k * p + i];
      for (let j = i; j < p; j++) r[i * p + j] -= above * r[k * p + j];
    }
    const pivot = Math.sqrt(r[i * p + i]);
    if (!(pivot * limit > 1)) return undefined;
    for (let j = i; j < p; j++) r[i * p + j] /= pivot;
  }
  if (!(Math.sqrt(p) * sizeOfInverse(out) <= limit)) return undefined;
  for (let i = 0; i < p; i++) for (let j = i; j < p; j++) r[i * p + j] *= lengths[j];
  return out;
}

/** ‖R⁻¹‖ in Frobenius' norm, column by column. */
function sizeOfInverse({ rows: p, data: r }: Matrix): number {
  let squares = 0;
  const z = new Float64Array(p);
  for (let k = 0; k < p; k++) {
    z.fill(0);
    z[k] = 1;
    for (let i = k; i >= 0; i--) {
      for (let j = i + 1; j <= k; j++) z[i] -= r[i * p + j] * z[j];
      z[i] /= r[i * p + i];
      squares += z[i] * z[i];
    }
  }
  return Math.sqrt(squares);
}

/** R of X = QR and what belongs to it. */
export interface CholeskyQR {
  /** [p, p]. */
  readonly r: Matrix;
  /** QᵀY [p, m]. */
  readonly qty: Matrix;
  /** The rows of Q [n, p], when they were asked for. */
  readonly q: readonly Block[];
  /** What the second step changed, relative to 1: the distance to Q of what `see` was shown. */
  readonly correction: number;
}

/**
 * R of X = QR and QᵀY by Cholesky's decomposition of XᵀX = R₁ᵀR₁ and, to take away the rounding of that, of what XR₁⁻¹ makes of it; nothing
 * where columns are too near to each other for XᵀX to tell them apart. As accurate as Householder's reflections at half the work.
 *
 * @param x     [n, p], n ≥ p
 * @param y     [n, m]
 * @param keep  whether to give Q too
 * @param see   is shown the rows of XR₁⁻¹, which are Q but for rounding, and nothing keeps them
 *
 * Yamamoto, Nakatsukasa, Yanagisawa & Fukaya 2015, CholeskyQR2.
 */
export function choleskyQr(
  x: Matrix,
  y: Matrix,
  { keep = false, see }: { keep?: boolean; see?: (block: Block) => void } = {},
): CholeskyQR | undefined {
  const [p, m] = [x.cols, y.cols];
  const first = cholesky(gram(x));
  if (!first) return undefined;
  const sums = zeroMatrix(p, p + m);
  const q: Block[] = [];
  const collect = (block: Block) => {
    whiten(block, first);
    addProducts(sums, block);
    if (keep) q.push(block);
    see?.(block);
  };
  eachBlock([x, y], collect, { keep });
  const [products, qty] = [zeroMatrix(p, p), zeroMatrix(p, m)];
  for (let i = 0; i < p; i++) {
    for (let j = 0; j < p; j++) products.data[i * p + j] = sums.data[Math.min(i, j) * (p + m) + Math.max(i, j)];
    for (let j = 0; j < m; j++) qty.data[i * m + j] = sums.data[i * (p + m) + p + j];
  }
  const second = cholesky(products); // the identity but for rounding
  if (!second) return undefined;
  for (const block of q) whiten(block, second);
  for (let i = 0; i < p; i++)
    for (let j = 0; j < m; j++) {
      for (let k = 0; k < i; k++) qty.data[i * m + j] -= second.data[k * p + i] * qty.data[k * m + j];
      qty.data[i * m + j] /= second.data[i * p + i];
    }
  const correction = second.data.reduce((most, value, at) => Math.max(most, Math.abs(value - (at % (p + 1) === 0 ? 1 : 0))), 0);
  return { r: matMul(second, first), qty, q, correction };
}

/** The block's first p columns times R⁻¹ [p, p], in their place. Four at a time: a value is read and written once for four products. */
function whiten({ rows, columns }: Block, { rows: p, data: r }: Matrix): void {
  const none = new Float64Array(rows);
  for (let j = 0; j < p; j++) {
    const to = columns[j];
    for (let i = 0; i < j; i += 4) {
      const [a, b, c, d] = [i, i + 1, i + 2, i + 3].map((k) => (k < j ? columns[k] : none));
      const [ra, rb, rc, rd] = [i, i + 1, i + 2, i + 3].map((k) => (k < j ? r[k * p + j] : 0));
      for (let k = 0; k < rows; k++) to[k] -= ra * a[k] + rb * b[k] + (rc * c[k] + rd * d[k]);
    }
    const scale = 1 / r[j * p + j];
    for (let k = 0; k < rows; k++) to[k] *= scale;
  }
}
