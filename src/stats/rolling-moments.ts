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
 * Features have the variance of a window by the same formulas in an operator, which remembers its block from row to row and calls what rounding
 * leaves 0; that state costs this function, which has all rows at once, half as much again.
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
      if (start > 0 && count < window) {
        const [own, share, together] = [1 / count, count / window, (count * (window - count)) / window];
        for (let n = 0, at = t * N, before = count * N; n < N; n++, at++, before++) {
          const value = known(data[at]);
          const distance = value - mean[n];
          const m = mean[n] + distance * own;
          const s = square[n] + distance * (value - m);
          mean[n] = m;
          square[n] = s;
          const older = endMeans[before];
          const apart = m - older;
          out[at] = statistic(older + apart * share, endSquares[before] + s + apart * apart * together);
        }
      } else {
        include(data, t * N, mean, square, 1 / count);
        if (count === window) for (let n = 0; n < N; n++) out[t * N + n] = statistic(mean[n], square[n]);
      }
    }
    if (end === T) break;
    mean.fill(0);
    square.fill(0);
    for (let t = window - 1; t > 0; t--) {
      const share = 1 / (window - t);
      for (let n = 0, at = (start + t) * N, to = t * N; n < N; n++, at++, to++) {
        const value = known(data[at]);
        const distance = value - mean[n];
        const m = mean[n] + distance * share;
        const s = square[n] + distance * (value - m);
        mean[n] = endMeans[to] = m;
        square[n] = endSquares[to] = s;
      }
    }
  }
  return out;
}

/** Takes the row of each column into its moments, of which it is the 1/share-th. */
function include(data: Float64Array, row: number, mean: Float64Array, square: Float64Array, share: number): void {
  for (let n = 0; n < mean.length; n++) {
    const value = known(data[row + n]);
    const distance = value - mean[n];
    mean[n] += distance * share;
    square[n] += distance * (value - mean[n]);
  }
}

/** NaN where it is infinite. */
const known = (value: number): number => value + (value - value);
