import type { Matrix } from '../../linalg/index.js';

/** How alike two rows [d] are: symmetric, and positive semi-definite. */
export type RowKernel = (a: Float64Array, b: Float64Array) => number;

/** How far apart two laws are in the means of a kernel's features, by a sample of each. */
export interface MeanDiscrepancy {
  /** Its mean is MMD² of the laws; it may be negative. */
  readonly squared: number;
  /** MMD² of the two samples as laws of their own, 0 or more; too large by about (E k(x, x) − E k(x, x′)) (1/n + 1/m) for equal laws. */
  readonly biased: number;
  /** Standard deviation of `squared` if both samples are of one law and rows are independent, estimated from both together. */
  readonly nullError: number;
}

const squaredDistance = (a: Float64Array, b: Float64Array) => {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += (a[j] - b[j]) ** 2;
  return sum;
};

/**
 * The Gaussian kernel, which tells all laws apart.
 *
 *     k(a, b) = exp(−‖a − b‖² / (2 b²))
 *
 * @param bandwidth  b, in the unit of the rows; `medianDistance` where nothing else is known
 * @throws           when it is not positive
 */
export function gaussianKernel(bandwidth: number): RowKernel {
  if (!(bandwidth > 0 && bandwidth < Infinity))
    throw new Error(`gaussianKernel: the bandwidth must be positive and finite, got ${bandwidth}; are all rows alike?`);
  const scale = -1 / (2 * bandwidth * bandwidth);
  return (a, b) => Math.exp(scale * squaredDistance(a, b));
}

/**
 * The median Euclidean distance between two different rows of both samples, a usual bandwidth.
 *
 * @param x  [n, d]
 * @param y  [m, d]
 * @throws   when the columns differ in number, or there are not two rows
 */
export function medianDistance(x: Matrix, y: Matrix): number {
  const rows = pooled('medianDistance', x, y, 1);
  const distances = new Float64Array((rows.length * (rows.length - 1)) / 2);
  for (let i = 1, at = 0; i < rows.length; i++) for (let j = 0; j < i; j++, at++) distances[at] = squaredDistance(rows[i], rows[j]);
  distances.sort();
  const half = (distances.length - 1) / 2;
  return (Math.sqrt(distances[Math.floor(half)]) + Math.sqrt(distances[Math.ceil(half)])) / 2;
}

/**
 * Squared maximum mean discrepancy of the laws of two samples.
 *
 *     MMD² = E k(x, x′) + E k(y, y′) − 2 E k(x, y)
 *
 *     squared = Σᵢ≠ⱼ k(xᵢ, xⱼ) / (n (n − 1)) + Σᵢ≠ⱼ k(yᵢ, yⱼ) / (m (m − 1)) − 2 Σᵢⱼ k(xᵢ, yⱼ) / (n m)
 *
 *     nullError² = v (2/(n (n − 1)) + 2/(m (m − 1)) + 4/(n m))        v = E k̃(x, x′)², k̃ the kernel of features less their mean
 *
 * @param x       [n, d], n of 2 or more
 * @param y       [m, d], m of 2 or more
 * @param kernel  as `gaussianKernel(medianDistance(x, y))`, for which MMD is 0 for equal laws only
 * @throws        when the columns differ in number, or a sample has fewer than two rows
 *
 * Gretton et al. 2012, lemma 6: thm:mmd. Rows of a time series are not independent: take `nullError` from resampled blocks then.
 */
export function maximumMeanDiscrepancy(x: Matrix, y: Matrix, kernel: RowKernel): MeanDiscrepancy {
  const rows = pooled('maximumMeanDiscrepancy', x, y, 2);
  const [n, m, N] = [x.rows, y.rows, rows.length];
  const gram = new Float64Array(N * N);
  for (let i = 0; i < N; i++) for (let j = 0; j <= i; j++) gram[i * N + j] = gram[j * N + i] = kernel(rows[i], rows[j]);
  let [ofX, ofY, across, ownX, ownY] = [0, 0, 0, 0, 0];
  const means = new Float64Array(N);
  for (let i = 0; i < N; i++)
    for (let j = 0; j < N; j++) {
      const k = gram[i * N + j];
      means[i] += k / N;
      if (i === j && i < n) ownX += k;
      else if (i === j) ownY += k;
      else if (i < n && j < n) ofX += k;
      else if (i >= n && j >= n) ofY += k;
      else across += k;
    }
  const overall = means.reduce((sum, value) => sum + value / N, 0);
  let squares = 0;
  for (let i = 0; i < N; i++) for (let j = 0; j < i; j++) squares += 2 * (gram[i * N + j] - means[i] - means[j] + overall) ** 2;
  const variance = squares / (N * (N - 1));
  return {
    squared: ofX / (n * (n - 1)) + ofY / (m * (m - 1)) - across / (n * m),
    biased: (ofX + ownX) / (n * n) + (ofY + ownY) / (m * m) - across / (n * m),
    nullError: Math.sqrt(variance * (2 / (n * (n - 1)) + 2 / (m * (m - 1)) + 4 / (n * m))),
  };
}

/** The rows of both samples, one after the other. */
function pooled(caller: string, x: Matrix, y: Matrix, least: number): Float64Array[] {
  if (x.cols !== y.cols || x.rows < least || y.rows < least)
    throw new Error(
      `${caller} takes two samples [n, d] and [m, d] of ${least} rows or more: got x [${x.rows},${x.cols}], y [${y.rows},${y.cols}]`,
    );
  return [x, y].flatMap(({ rows, cols, data }) => Array.from({ length: rows }, (_, i) => data.subarray(i * cols, (i + 1) * cols)));
}
