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
  const ranks = new Float64Array(panel.values.length);
  const [sorted, order] = [new Float64Array(N), new Int32Array(N)];
  for (let start = 0; start < ranks.length; start += N) rankRow(panel.values, start, order, sorted, ranks, start);
  return { ...panel, field: 'crossSectionalRank', values: ranks };
}

/** Ranks of the row of `values` that begins at `start` into `ranks` from `to` on; `order` and `sorted` [N] are overwritten. */
export function rankRow(
  values: Float64Array,
  start: number,
  order: Int32Array,
  sorted: Float64Array,
  ranks: Float64Array,
  to: number,
): void {
  const N = order.length;
  if (N <= FEW && compareRow(values, start, order)) {
    for (let n = 0; n < N; n++) ranks[to + n] = (N + 1 + order[n]) / 2 / N;
    return;
  }
  const m = sortRow(values, start, order, sorted);
  for (let low = 0, high = 0; low < m; low = high) {
    do high++;
    while (high < m && sorted[high] === sorted[low]);
    const rank = (low + high + 1) / 2 / m;
    for (let k = low; k < high; k++) ranks[to + order[k]] = rank;
  }
  for (let n = 0; m < N && n < N; n++) if (Number.isNaN(values[start + n])) ranks[to + n] = Number.NaN;
}

/**
 * How many assets are below each less how many are above it, by comparing every two: of few assets faster than a sort, whose branches random
 * values mislead. False where a value is missing, and nothing is then said.
 */
function compareRow(values: Float64Array, start: number, balance: Int32Array): boolean {
  const N = balance.length;
  balance.fill(0);
  let missing = 0;
  for (let n = 0; n < N; n++) {
    const value = values[start + n];
    let own = 0;
    missing += Number(Number.isNaN(value));
    for (let k = n + 1; k < N; k++) {
      const other = values[start + k];
      const above = Number(value < other) - Number(other < value);
      own += above;
      balance[k] += above;
    }
    balance[n] -= own;
  }
  return missing === 0;
}

/** Few enough that shifting them along is faster than a general sort. */
const FEW = 48;

/** Orders the assets that have a value in the row from `start` by it; the values then stand in `sorted` in that order. Returns how many. */
function sortRow(values: Float64Array, start: number, order: Int32Array, sorted: Float64Array): number {
  const N = order.length;
  let m = 0;
  if (N > FEW) {
    for (let n = 0; n < N; n++) if (!Number.isNaN(values[start + n])) order[m++] = n;
    order.subarray(0, m).sort((a, b) => values[start + a] - values[start + b] || 0);
    for (let k = 0; k < m; k++) sorted[k] = values[start + order[k]];
    return m;
  }
  for (let n = 0; n < N; n++) {
    const value = values[start + n];
    if (Number.isNaN(value)) continue;
    let at = m++;
    while (at > 0 && sorted[at - 1] > value) {
      sorted[at] = sorted[at - 1];
      order[at] = order[at - 1];
      at--;
    }
    sorted[at] = value;
    order[at] = n;
  }
  return m;
}
