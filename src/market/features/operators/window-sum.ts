import { apply, type Expression } from '../expression.js';
import { missing, type Operator, requireRows } from './operator.js';

/*
 * Sums over the last `window` rows by two stacks. Rows lie in blocks of `window`; a window is the end of one block and the start of the
 * next. `head` adds up the current block row by row; when a block is full its rows are replaced by the sums from each to its end. Nothing
 * is ever taken away again, so a large value leaves no rounding behind it, and a missing one is gone when its window is over.
 *
 * `block` is both: its first `at` rows are those of the current block, those after hold the sums of the block before.
 */

/** Puts head + end of the block before, times `scale`, into `out`. */
function pushSums(
  block: Float64Array,
  head: Float64Array,
  at: Float64Array,
  x: Float64Array,
  out: Float64Array,
  N: number,
  scale: number,
): void {
  let own = at[0] * N;
  for (let row = 0; row < out.length; row += N) {
    const next = own + N;
    if (next < block.length) {
      for (let n = 0; n < N; n++) {
        const value = x[row + n];
        block[own + n] = value;
        const sum = head[n] + value;
        head[n] = sum;
        out[row + n] = (sum + block[next + n]) * scale;
      }
      own = next;
      continue;
    }
    for (let n = 0; n < N; n++) {
      block[own + n] = x[row + n];
      out[row + n] = (head[n] + x[row + n]) * scale;
      head[n] = 0;
    }
    for (let i = block.length - N - 1; i >= N; i--) block[i] += block[i + N];
    own = 0;
  }
  at[0] = own / N;
}

const sumOver = (window: number, name: string, scale: number): Operator => ({
  key: `${name} ${window}`,
  first: window - 1,
  memory: 0,
  start: (N) => ({ block: missing(window * N), head: new Float64Array(N), at: new Float64Array(1) }),
  push: ({ block, head, at }, [x], out, N) => pushSums(block, head, at, x, out, N, scale),
});

/** Σ of the last `window` rows. */
export const windowSum = (x: Expression, window: number): Expression => apply(sumOver(requireRows('windowSum', window), 'sum', 1), x);

/** The mean of the last `window` rows. */
export const windowMean = (x: Expression, window: number): Expression =>
  apply(sumOver(requireRows('windowMean', window), 'mean', 1 / window), x);

const trendOver = (window: number): Operator => {
  const scale = 12 / (window * (window * window - 1));
  const centre = (window - 1) / 2;
  return {
    key: `trend ${window}`,
    first: window - 1,
    memory: 0,
    // Beside the sums Σ x those of Σ i x, where i counts rows of the part: of the head from its start, of the block before from each row on.
    start: (N) => ({
      block: missing(window * N),
      ranked: missing(window * N),
      head: new Float64Array(N),
      headRanked: new Float64Array(N),
      at: new Float64Array(1),
    }),
    push({ block, ranked, head, headRanked, at }, [x], out, N) {
      let k = at[0];
      for (let row = 0; row < out.length; row += N, k++) {
        if (k === window) {
          turnRanked(block, ranked, N);
          head.fill(0);
          headRanked.fill(0);
          k = 0;
        }
        const [own, next, before] = [k * N, (k + 1) * N, window - 1 - k];
        for (let n = 0; n < N; n++) {
          const value = x[row + n];
          block[own + n] = value;
          head[n] += value;
          headRanked[n] += k * value;
          const older = before > 0 ? block[next + n] : 0;
          const olderRanked = before > 0 ? ranked[next + n] : 0;
          out[row + n] = scale * (olderRanked + headRanked[n] + before * head[n] - centre * (older + head[n]));
        }
      }
      at[0] = k;
    },
  };
};

/** Of a full block: Σ x and Σ i x from each row to its end, i = 0 at that row. */
function turnRanked(block: Float64Array, ranked: Float64Array, N: number): void {
  ranked.fill(0, block.length - N);
  for (let i = block.length - N - 1; i >= N; i--) {
    ranked[i] = ranked[i + N] + block[i + N];
    block[i] += block[i + N];
  }
}

/** The slope of the least-squares line through the last `window` rows, per row. */
export const windowTrend = (x: Expression, window: number): Expression => apply(trendOver(requireRows('windowTrend', window, 2)), x);
