import type { Matrix } from '../linalg/index.js';

/**
 * A statistic of the last `window` rows of each column, made of their mean and Σ(x − mean)², in time that does not grow with the window.
 *
 * Rows lie in blocks of `window`; a window is the end of one and the start of the next, whose moments are built up row by row and joined.
 * Nothing is ever taken away again, so a large value leaves no rounding behind it, a missing one is gone when its window is over, and the
 * squares of a constant window are exactly 0.
 *
 *     mean = m₁ + (m₂ − m₁) n₂/n        squares = s₁ + s₂ + (m₂ − m₁)² n₁n₂/n
 *
 * @param x   [T, N]; the moments of a window that holds NaN, or an infinite value, are NaN
 * @returns   [T, N], NaN on the rows before the first whole window
 *
 * Welford 1962; Chan, Golub & LeVeque 1983, eq. 2.1.
 */
export function rollingMoments(
  { rows: T, cols: N, data }: Matrix,
  window: number,
  statistic: (mean: number, squares: number) => number,
): Float64Array {
  const out = new Float64Array(T * N).fill(Number.NaN, 0, (window - 1) * N);
  // Of the block's rows up to the current one, and of the block before from its i-th row on.
  const [mean, square] = [new Float64Array(N), new Float64Array(N)];
  const [endMeans, endSquares] = [new Float64Array(window * N), new Float64Array(window * N)];
  for (let start = 0; start < T; start += window) {
    const end = Math.min(start + window, T);
    mean.fill(0);
    square.fill(0);
    for (let t = start; t < end; t++) {
      const count = t - start + 1;
      const row = t * N;
      include(data, row, mean, square, 1 / count);
      if (count === window) for (let n = 0; n < N; n++) out[row + n] = statistic(mean[n], square[n]);
      else if (start > 0) {
        const [share, together] = [count / window, (count * (window - count)) / window];
        for (let n = 0, before = count * N; n < N; n++, before++) {
          const apart = mean[n] - endMeans[before];
          out[row + n] = statistic(endMeans[before] + apart * share, endSquares[before] + square[n] + apart * apart * together);
        }
      }
    }
    if (end === T) break;
    mean.fill(0);
    square.fill(0);
    for (let t = end - 1; t > start; t--) {
      include(data, t * N, mean, square, 1 / (end - t));
      endMeans.set(mean, (t - start) * N);
      endSquares.set(square, (t - start) * N);
    }
  }
  return out;
}

/** Takes the row of each column into its moments, of which it is the 1/share-th. */
function include(data: Float64Array, row: number, mean: Float64Array, square: Float64Array, share: number): void {
  for (let n = 0; n < mean.length; n++) {
    const value = data[row + n] + (data[row + n] - data[row + n]); // NaN where it is infinite
    const distance = value - mean[n];
    mean[n] += distance * share;
    square[n] += distance * (value - mean[n]);
  }
}
