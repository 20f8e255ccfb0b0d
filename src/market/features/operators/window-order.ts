import { checkNumber } from '../../../base/internal.js';
import { apply, type Expression } from '../expression.js';
import { missing, type Operator, requireRows, type State } from './operator.js';
import { windowMean } from './window-sum.js';

/*
 * What depends on the order of the values of a window: each asset's last rows are kept sorted, so that a row costs two searches and a shift.
 */

/** The rows in their order [window, N], and sorted by asset [N, window], of which `count` are there. */
const startSorted =
  (window: number) =>
  (N: number): State => ({
    values: missing(window * N),
    sorted: new Float64Array(window * N),
    count: new Float64Array(N),
    at: new Float64Array(1),
  });

/** The first place in sorted[from, to) whose value is not below x. Halved without a branch, which random values would mislead. */
function place(sorted: Float64Array, from: number, to: number, x: number): number {
  let low = from;
  let length = to - from;
  while (length > 0) {
    const half = (length + 1) >> 1;
    low += half * Number(sorted[low + half - 1] < x);
    length -= half;
  }
  return low;
}

/** Puts the value in the place of the one that leaves, and says where in the order it now stands: the first of its equals. */
function replace({ values, sorted, count }: State, slot: number, n: number, window: number, value: number): number {
  const from = n * window;
  const old = values[slot];
  values[slot] = value;
  const end = from + count[n];
  const gap = Number.isNaN(old) ? end : place(sorted, from, end, old);
  if (Number.isNaN(value)) {
    if (!Number.isNaN(old)) sorted.copyWithin(gap, gap + 1, end);
    count[n] -= Number.isNaN(old) ? 0 : 1;
    return gap;
  }
  count[n] += Number.isNaN(old) ? 1 : 0;
  let at = place(sorted, from, end, value);
  if (at > gap) {
    at--;
    sorted.copyWithin(gap, gap + 1, at + 1);
  } else sorted.copyWithin(at + 1, at, gap);
  sorted[at] = value;
  return at;
}

const rankOver = (window: number): Operator => ({
  key: `rank ${window}`,
  first: window - 1,
  memory: 0,
  start: startSorted(window),
  push(state, [x], out, N) {
    const { sorted, count, at } = state;
    let k = at[0];
    for (let row = 0; row < out.length; row += N) {
      for (let n = 0; n < N; n++) {
        const value = x[row + n];
        const low = replace(state, k * N + n, n, window, value);
        const from = n * window;
        if (count[n] < window) {
          out[row + n] = Number.NaN;
          continue;
        }
        let high = low;
        while (high < from + window && sorted[high] === value) high++;
        out[row + n] = (low - from + high - from + 1) / 2 / window;
      }
      k = k + 1 === window ? 0 : k + 1;
    }
    at[0] = k;
  },
});

const quantileOver = (window: number, q: number): Operator => ({
  key: `quantile ${q} ${window}`,
  first: window - 1,
  memory: 0,
  start: startSorted(window),
  push(state, [x], out, N) {
    const { sorted, count, at } = state;
    const below = Math.floor(q * (window - 1));
    const share = q * (window - 1) - below;
    let k = at[0];
    for (let row = 0; row < out.length; row += N) {
      for (let n = 0; n < N; n++) {
        replace(state, k * N + n, n, window, x[row + n]);
        const low = sorted[n * window + below];
        out[row + n] = count[n] < window ? Number.NaN : share === 0 ? low : low + share * (sorted[n * window + below + 1] - low);
      }
      k = k + 1 === window ? 0 : k + 1;
    }
    at[0] = k;
  },
});

const meanDeviationOver = (window: number): Operator => ({
  key: `mean deviation ${window}`,
  first: 0, // beyond that of the mean
  memory: 0,
  start: (N) => ({ values: missing(window * N), at: new Float64Array(1) }),
  push({ values, at }, [x, mean], out, N) {
    let k = at[0];
    for (let row = 0; row < out.length; row += N) {
      for (let n = 0; n < N; n++) {
        values[k * N + n] = x[row + n];
        let sum = 0;
        for (let i = n; i < values.length; i += N) sum += Math.abs(values[i] - mean[row + n]);
        out[row + n] = sum / window;
      }
      k = k + 1 === window ? 0 : k + 1;
    }
    at[0] = k;
  },
});

/** Where the current row stands among the last `window`: the share of them that are below it or level, ties sharing the mean of theirs. */
export const windowRank = (x: Expression, window: number): Expression => apply(rankOver(requireRows('windowRank', window)), x);

/** The q-quantile of the last `window` rows, between two of them in proportion: q from 0, the least, to 1. */
export function windowQuantile(x: Expression, q: number, window: number): Expression {
  checkNumber('windowQuantile', 'q', q, { from: 0, to: 1 });
  return apply(quantileOver(requireRows('windowQuantile', window), q), x);
}

/** The mean of |x − x̄| over the last `window` rows, about their mean. */
export const windowMeanDeviation = (x: Expression, window: number): Expression =>
  apply(meanDeviationOver(requireRows('windowMeanDeviation', window)), x, windowMean(x, window));
