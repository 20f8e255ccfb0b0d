import type { Matrix } from '../linalg/index.js';

/** Mean and Σ(x − mean)² of each window [T, N], NaN on the rows before the first whole one. */
export interface RollingMoments {
  readonly means: Float64Array;
  readonly squares: Float64Array;
}

/**
 * Moments of the last `window` rows of each column, in time that does not grow with the window.
 *
 * Rows lie in blocks of `window`; a window is the end of one and the start of the next, whose moments are built up row by row and joined.
 * Nothing is ever taken away again, so a large value leaves no rounding behind it, a missing one is gone when its window is over, and the
 * squares of a constant window are exactly 0.
 *
 *     mean = m₁ + (m₂ − m₁) n₂/n        squares = s₁ + s₂ + (m₂ − m₁)² n₁n₂/n
 *
 * @param x  [T, N]; a window that holds NaN, or an infinite value, has NaN for its moments
 *
 * Welford 1962; Chan, Golub & LeVeque 1983, eq. 2.1.
 */
export function rollingMoments({ rows: T, cols: N, data }: Matrix, window: number): RollingMoments {
  const [means, squares] = [0, 0].map(() => new Float64Array(T * N).fill(Number.NaN, 0, (window - 1) * N));
  // Of the block's rows up to the current one, and of the block before from its i-th row on.
  const [mean, square] = [new Float64Array(N), new Float64Array(N)];
  const [endMeans, endSquares] = [new Float64Array(window * N), new Float64Array(window * N)];
  for (let start = 0; start < T; start += window) {
    const end = Math.min(start + window, T);
    mean.fill(0);
    square.fill(0);
    for (let t = start; t < end; t++) {
      const count = t - start + 1;
      const [own, share, together] = [1 / count, count / window, (count * (window - count)) / window];
      const row = t * N;
      for (let n = 0; n < N; n++) {
        const value = data[row + n] + (data[row + n] - data[row + n]); // NaN where it is infinite
        const distance = value - mean[n];
        mean[n] += distance * own;
        square[n] += distance * (value - mean[n]);
      }
      if (count === window) {
        means.set(mean, row);
        squares.set(square, row);
      } else if (start > 0)
        for (let n = 0, at = row, before = count * N; n < N; n++, at++, before++) {
          const apart = mean[n] - endMeans[before];
          means[at] = endMeans[before] + apart * share;
          squares[at] = endSquares[before] + square[n] + apart * apart * together;
        }
    }
    if (end === T) break;
    mean.fill(0);
    square.fill(0);
    for (let t = end - 1; t > start; t--) {
      const own = 1 / (end - t);
      for (let n = 0, at = t * N, to = (t - start) * N; n < N; n++, at++, to++) {
        const value = data[at] + (data[at] - data[at]);
        const distance = value - mean[n];
        mean[n] += distance * own;
        square[n] += distance * (value - mean[n]);
        endMeans[to] = mean[n];
        endSquares[to] = square[n];
      }
    }
  }
  return { means, squares };
}
