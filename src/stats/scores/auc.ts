import { checkNumber } from '../../base/internal.js';
import { mean } from '../../linalg/index.js';
import { confidenceInterval, type Interval, twoSidedPValue } from '../distributions/distributions.js';
import { checkBinary } from '../regression/design.js';
import { comparable } from './comparable.js';

/**
 * The chance that a random 1 has a higher score than a random 0, ties counting half; 0.5 is a coin.
 *
 * @param labels  [n] of 0 and 1, both present
 * @param scores  [n], higher for a likelier 1
 * @throws        when the lengths differ, a label is not 0 or 1, a score is not finite, or one label is absent
 *
 * Mann & Whitney 1947, by ranks.
 */
export const areaUnderRoc = (labels: ArrayLike<number>, scores: ArrayLike<number>): number =>
  mean(placements('areaUnderRoc', labels, scores).ones);

/** An area under the ROC curve with its uncertainty; its interval stays within 0 and 1. */
export interface RocArea extends Interval {
  /** As `areaUnderRoc`. */
  readonly area: number;
  /** DeLong's; 0 where the scores separate all 1s from all 0s, which says nothing: the interval does. */
  readonly standardError: number;
}

/**
 * Area under the ROC curve with DeLong's standard error and interval.
 *
 *     var = var(V₁)/n₁ + var(V₀)/n₀        V₁ᵢ: share of the 0s below the i-th 1;   V₀ⱼ: share of the 1s above the j-th 0
 *
 * Rows are taken for independent of each other, which daily directions nearly are; a coin has 0.5. The interval is the normal law's of
 * log A/(1 − A), whose error is that of A over A(1 − A). At A = 1, where DeLong's error is 0, it reaches down to ((1 − level)/2)^(1/m): of
 * m = min(n₁, n₀) pairs without a row in common each is in order with probability A. At A = 0 it is that mirrored.
 *
 * @param level  of the interval; 0.95
 * @throws       as `areaUnderRoc`, when a label occurs only once, and when the level is not between 0 and 1
 *
 * DeLong, DeLong & Clarke-Pearson 1988; ranks as in Sun & Xu 2014; the interval, Pepe 2003, chapter 5.
 */
export function rocArea(labels: ArrayLike<number>, scores: ArrayLike<number>, { level = 0.95 } = {}): RocArea {
  const { ones, zeros } = twice('rocArea', placements('rocArea', labels, scores));
  const area = mean(ones);
  const standardError = Math.sqrt(covariance(ones, ones) / ones.length + covariance(zeros, zeros) / zeros.length);
  return { area, standardError, ...within(area, standardError, Math.min(ones.length, zeros.length), level) };
}

/** An interval of an area that stays in [0, 1], of m pairs at least. */
function within(area: number, standardError: number, pairs: number, level: number): Interval {
  const spread = area * (1 - area);
  if (spread > 0) {
    const { low, high } = confidenceInterval(Math.log(area / (1 - area)), standardError / spread, { level });
    return { low: 1 / (1 + Math.exp(-low)), high: 1 / (1 + Math.exp(-high)) };
  }
  checkNumber('rocArea', 'level', level, { above: 0, below: 1 }, '0.95 is 95 %');
  const reach = ((1 - level) / 2) ** (1 / pairs);
  return area > 0 ? { low: reach, high: 1 } : { low: 0, high: 1 - reach };
}

/** Two areas of the same rows compared. */
export interface RocDifference extends Interval {
  /** The area of the first less that of the second. */
  readonly difference: number;
  /** DeLong's, with the covariance of both. */
  readonly standardError: number;
  /** difference / standardError. */
  readonly zStatistic: number;
  /** Two-sided. */
  readonly pValue: number;
}

/**
 * The difference of two areas under ROC curves on the same rows, with the covariance that they share.
 *
 * @throws as `rocArea`, when both scores order the rows alike, so that there is no difference to judge, and when each separates all rows,
 *         one of them the wrong way, so that there is a difference and no variance to judge it by
 *
 * DeLong, DeLong & Clarke-Pearson 1988.
 */
export function compareRocAreas(
  labels: ArrayLike<number>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  { level = 0.95 } = {},
): RocDifference {
  const [a, b] = [first, second].map((scores) => twice('compareRocAreas', placements('compareRocAreas', labels, scores)));
  const along = (side: 'ones' | 'zeros') => a[side].map((value, i) => value - b[side][i]);
  const [ones, zeros] = [along('ones'), along('zeros')];
  const difference = mean(ones);
  const standardError = Math.sqrt(covariance(ones, ones) / ones.length + covariance(zeros, zeros) / zeros.length);
  if (!(standardError > 0) && difference === 0)
    throw new Error('compareRocAreas: both scores order the rows alike, so their areas are the same');
  if (!(standardError > 0))
    throw new Error(
      `compareRocAreas: the areas are ${mean(a.ones)} and ${mean(b.ones)}, and no row differs from another in it: DeLong's variance of their difference is 0 and cannot judge it; has a score the wrong sign? Else take a longer sample, or the interval of each by rocArea`,
    );
  const zStatistic = difference / standardError;
  return {
    difference,
    standardError,
    zStatistic,
    pValue: twoSidedPValue(zStatistic),
    ...confidenceInterval(difference, standardError, { level }),
  };
}

/** DeLong's placement values, in the order of the rows. */
interface Placements {
  /** For each 1 the share of 0s with a lower score. */
  readonly ones: Float64Array;
  /** For each 0 the share of 1s with a higher score. */
  readonly zeros: Float64Array;
}

/** By ranks: a 1's rank among all less its rank among the 1s counts the 0s below it, ties half. */
function placements(caller: string, labels: ArrayLike<number>, scores: ArrayLike<number>): Placements {
  comparable(caller, { labels, scores });
  checkBinary(caller, labels);
  const rows = Array.from(labels, (_, i) => i);
  const [one, zero] = [rows.filter((i) => labels[i] === 1), rows.filter((i) => labels[i] === 0)];
  if (one.length === 0 || zero.length === 0)
    throw new Error(`${caller}: needs both labels, got ${one.length} ones and ${zero.length} zeros; take a longer sample`);
  const among = (chosen: number[]) => midRanks(chosen, scores);
  const [all, ones, zeros] = [among(rows), among(one), among(zero)];
  return {
    ones: Float64Array.from(one, (i, k) => (all[i] - ones[k]) / zero.length),
    zeros: Float64Array.from(zero, (i, k) => 1 - (all[i] - zeros[k]) / one.length),
  };
}

/** Ranks from 1 of the scores of the chosen rows, in the order of `chosen`; tied ones share the mean of theirs. */
function midRanks(chosen: readonly number[], scores: ArrayLike<number>): Float64Array {
  const order = chosen.map((_, k) => k).sort((a, b) => scores[chosen[a]] - scores[chosen[b]]);
  const ranks = new Float64Array(chosen.length);
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && scores[chosen[order[end]]] === scores[chosen[order[start]]]) end++;
    for (let k = start; k < end; k++) ranks[order[k]] = (start + end + 1) / 2;
  }
  return ranks;
}

function twice(caller: string, found: Placements): Placements {
  if (found.ones.length < 2 || found.zeros.length < 2)
    throw new Error(
      `${caller}: a variance needs each label twice, got ${found.ones.length} ones and ${found.zeros.length} zeros; take a longer sample`,
    );
  return found;
}

/** With n − 1. */
function covariance(a: Float64Array, b: Float64Array): number {
  const [centreA, centreB] = [mean(a), mean(b)];
  return a.reduce((total, value, i) => total + (value - centreA) * (b[i] - centreB), 0) / (a.length - 1);
}
