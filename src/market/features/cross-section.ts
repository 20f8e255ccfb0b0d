import type { Panel } from '../panel/panel.js';

/**
 * Where each asset stands among those of its date: the share of them that are below it or level with it, ties sharing the mean of theirs.
 *
 *     rank / m        rank 1 … m from the lowest value, of the m assets that have one on the date
 *
 * Units: 1 is the highest, `0.05` the lowest of twenty. NaN where the value is missing; infinite values are ranked.
 *
 * As pandas' `rank(axis=1, pct=True)`.
 */
export function crossSectionalRank(panel: Panel): Panel {
  const N = panel.assets.length;
  const values = new Float64Array(panel.values.length).fill(Number.NaN);
  const [sorted, order] = [new Float64Array(N), new Int32Array(N)];
  for (let start = 0; start < values.length; start += N) {
    let m = 0;
    for (let n = 0; n < N; n++) if (!Number.isNaN(panel.values[start + n])) order[m++] = n;
    sortBy(panel.values.subarray(start, start + N), order.subarray(0, m), sorted);
    for (let low = 0, high = 0; low < m; low = high) {
      while (high < m && sorted[high] === sorted[low]) high++;
      for (let k = low; k < high; k++) values[start + order[k]] = (low + high + 1) / 2 / m;
    }
  }
  return { ...panel, field: 'crossSectionalRank', values };
}

/** Few enough that shifting them along is faster than a general sort. */
const FEW = 48;

/** Orders assets by their values on a date, which then stand in `sorted` in that order. */
function sortBy(values: Float64Array, order: Int32Array, sorted: Float64Array): void {
  if (order.length > FEW) order.sort((a, b) => values[a] - values[b] || 0);
  for (let k = 0; k < order.length; k++) {
    const [n, value] = [order[k], values[order[k]]];
    let at = k;
    for (; at > 0 && sorted[at - 1] > value; at--) {
      sorted[at] = sorted[at - 1];
      order[at] = order[at - 1];
    }
    sorted[at] = value;
    order[at] = n;
  }
}
