import { checkNumber, checkOptions, checkWhole } from '../../base/internal.js';
import type { Panel } from '../../market/index.js';

/** How many assets are chosen, by `count` or as a `share` of those that have a score on the date, and whether as many are sold short. */
export type TopChoice = ({ readonly count: number } | { readonly share: number }) & {
  /** the lowest are held short: Σw = 0 and Σ|w| = 1; long only unless told */
  readonly short?: boolean;
  /** |w| of an asset at most, as `limits.position` has it; what that leaves is cash. Any unless told */
  readonly position?: number;
};

/**
 * Equal weights of the assets with the highest scores of their date, such as forecasts or features.
 *
 *     topWeights(forecast, { count: 5 })                         1/5 each
 *     topWeights(forecast, { share: 0.1, short: true })          the highest tenth against the lowest
 *
 *     long only      w = 1 / k of the k highest            Σw = 1
 *     short too      w = ± 1 / (2k) of the k highest and the k lowest            Σw = 0, Σ|w| = 1
 *
 * k is `count`, or share · m of the m assets that have a score on the date, rounded down and 1 at least; all m where there are fewer, and m / 2
 * where they are sold short too. So all is invested where names are missing, which a rank above a threshold leaves in cash. An asset without a
 * score (NaN) is never chosen. Of equal scores the asset that stands first in the panel counts as higher. A date on which too few have a score, none
 * or with shorts one, is left out: positions are then left alone.
 *
 * @param scores  [T, N], known at their date; higher is better
 * @returns       [T', N] weights as `backtest` takes them
 * @throws        when neither or both of count and share are given, one is not in its range, or no date is left
 */
export function topWeights(scores: Panel, choice: TopChoice): Panel {
  checkOptions('topWeights', choice as { count?: number; share?: number } & TopChoice, ['count', 'share', 'short', 'position']);
  const { short = false, position = Infinity } = choice;
  const chosenOf = chooser(choice);
  if (position !== Infinity) checkNumber('topWeights', 'position', position, { above: 0 });
  const { dates, assets, values, source } = scores;
  const N = assets.length;
  const kept: string[] = [];
  const weights: number[] = [];
  for (const [t, date] of dates.entries()) {
    const row = values.subarray(t * N, (t + 1) * N);
    const order = [...row.keys()].filter((n) => !Number.isNaN(row[n]));
    const m = order.length;
    const k = Math.min(chosenOf(m), short ? Math.floor(m / 2) : m);
    if (k === 0) continue;
    order.sort((a, b) => Number(row[b] > row[a]) - Number(row[a] > row[b]) || a - b);
    const weight = Math.min(position, 1 / (short ? 2 * k : k));
    const of = new Array<number>(N).fill(0);
    for (let i = 0; i < k; i++) {
      of[order[i]] = weight;
      if (short) of[order[m - 1 - i]] = -weight;
    }
    kept.push(date);
    for (const w of of) weights.push(w);
  }
  if (kept.length === 0)
    throw new Error(
      `topWeights: on none of the ${dates.length} dates of ${scores.field} ${short ? 'two assets have' : 'an asset has'} a score, so nothing can be chosen; do features still warm up? Select later dates`,
    );
  return { dates: kept, assets, values: Float64Array.from(weights), field: 'weight', source };
}

/** How many of m assets are to be chosen. */
function chooser(choice: { readonly count?: number; readonly share?: number }): (m: number) => number {
  const { count, share } = choice;
  if (count !== undefined && share === undefined) {
    checkWhole('topWeights', 'count', count);
    return () => count;
  }
  if (share !== undefined && count === undefined) {
    checkNumber('topWeights', 'share', share, { above: 0, to: 1 });
    return (m) => Math.max(1, Math.floor(share * m + 1e-9)); // 0.29 of 100 is 28.999… in binary
  }
  throw new Error(
    `topWeights: choose by count or by share, one of the two: got ${count === undefined ? 'neither' : 'both'}; as in { count: 5 }`,
  );
}
