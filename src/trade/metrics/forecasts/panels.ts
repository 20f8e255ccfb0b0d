import type { Panel } from '../../../market/index.js';

/** Two panels of the same dates and assets. */
export function checkSame(caller: string, first: Panel, second: Panel): void {
  const apart = (a: readonly string[], b: readonly string[]) =>
    a === b ? -1 : Array.from({ length: Math.max(a.length, b.length) }).findIndex((_, i) => a[i] !== b[i]);
  const [date, asset] = [apart(first.dates, second.dates), apart(first.assets, second.assets)];
  if (date >= 0)
    throw new Error(
      `${caller}: row ${date} is of ${first.dates[date] ?? 'no date'} in ${first.field} and of ${second.dates[date] ?? 'no date'} in ${second.field}; align the panels first`,
    );
  if (asset >= 0)
    throw new Error(
      `${caller}: column ${asset} is ${first.assets[asset] ?? 'none'} in ${first.field} and ${second.assets[asset] ?? 'none'} in ${second.field}; select the same assets, in the same order`,
    );
}

/** The values of one date that both panels have, in two arrays that are used again: [m] of each. */
export function pairsOf(first: Panel, second: Panel, a = new Float64Array(first.assets.length), b = new Float64Array(first.assets.length)) {
  const N = first.assets.length;
  return (t: number, before = 0): { readonly x: Float64Array; readonly y: Float64Array } => {
    let m = 0;
    for (let n = 0; n < N; n++) {
      const [x, y] = [first.values[t * N + n], second.values[(t - before) * N + n]];
      if (!(Number.isFinite(x) && Number.isFinite(y))) continue;
      a[m] = x;
      b[m++] = y;
    }
    return { x: a.subarray(0, m), y: b.subarray(0, m) };
  };
}

/** Simple returns from the close of each date to that of `horizon` rows later [T, N]; the last rows have none. */
export function returnsAhead(prices: Panel, horizon: number): Panel {
  const step = horizon * prices.assets.length;
  const values = prices.values.map((price, i) => (i + step < prices.values.length ? prices.values[i + step] / price - 1 : Number.NaN));
  return { ...prices, field: `${horizon}-period return ahead`, values };
}

/** Pearson's correlation of x and y [m]; NaN of fewer than 3, or where one does not vary. */
export function correlation(x: Float64Array, y: Float64Array): number {
  const m = x.length;
  if (m < FEWEST || varies(x) === false || varies(y) === false) return Number.NaN;
  let [meanX, meanY] = [0, 0];
  for (let i = 0; i < m; i++) {
    meanX += x[i] / m;
    meanY += y[i] / m;
  }
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < m; i++) {
    const [a, b] = [x[i] - meanX, y[i] - meanY];
    xx += a * a;
    yy += b * b;
    xy += a * b;
  }
  return Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy)));
}

/** Spearman's correlation: Pearson's of the ranks, ties sharing the mean of theirs. */
export const rankCorrelation = (x: Float64Array, y: Float64Array): number => correlation(ranksOf(x), ranksOf(y));

/** Ranks 1 … m from the lowest, ties sharing the mean of theirs [m]. */
export function ranksOf(x: Float64Array): Float64Array {
  const order = Array.from(x, (_, i) => i).sort((i, j) => x[i] - x[j]);
  const ranks = new Float64Array(x.length);
  for (let low = 0, high = 0; low < order.length; low = high) {
    do high++;
    while (high < order.length && x[order[high]] === x[order[low]]);
    for (let k = low; k < high; k++) ranks[order[k]] = (low + high + 1) / 2;
  }
  return ranks;
}

const varies = (x: Float64Array): boolean => x.some((value) => value !== x[0]);

/** Two points have a correlation of 1 or −1 whatever they are. */
const FEWEST = 3;
