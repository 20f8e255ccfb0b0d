import { mean, variance } from '../../../src/linalg/index.js';
import { hacMean } from '../../../src/stats/index.js';

/** A mean, its standard error and the degrees of freedom of that. */
export interface Estimate {
  readonly value: number;
  readonly error: number;
  readonly freedom: number;
}

/**
 * The mean over writers and windows of what each got right, 0 or 1. Its error has two parts: windows, by dates where these are given and neighbours may be
 * alike, and writers, by the spread of their means; degrees of freedom as Welch and Satterthwaite count them.
 */
export function rate(writers: readonly (readonly number[])[], dates?: readonly string[]): Estimate {
  const each = writers[0].map((_, i) => mean(Float64Array.from(writers, (one) => one[i])));
  const means = Float64Array.from(writers, (one) => mean(Float64Array.from(one)));
  const value = mean(Float64Array.from(each));
  const overWindows = dates ? byDate(each, dates) : variance(Float64Array.from(each)) / each.length;
  const overWriters = writers.length > 1 ? variance(means) / writers.length : 0;
  const both = overWindows + overWriters;
  const windows = dates ? new Set(dates).size : each.length;
  const doubt = overWindows ** 2 / (windows - 1) + overWriters ** 2 / Math.max(1, writers.length - 1);
  return { value, error: Math.sqrt(both), freedom: doubt > 0 ? both ** 2 / doubt : windows - 1 };
}

/** How much the first are ahead of the second on the same windows. */
export function between(
  first: readonly (readonly number[])[],
  second: readonly (readonly number[])[],
  dates?: readonly string[],
): Estimate {
  const writers = first.length >= second.length ? first : second;
  const differences = writers.map((_, w) => {
    const [a, b] = [first[Math.min(w, first.length - 1)], second[Math.min(w, second.length - 1)]];
    return a.map((v, i) => v - b[i]);
  });
  return rate(differences, dates);
}

/** The squared error of a mean whose windows share dates: of the dates' sums, HAC. */
function byDate(each: readonly number[], dates: readonly string[]): number {
  const all = [...new Set(dates)];
  const value = mean(Float64Array.from(each));
  const sums = new Map(all.map((date) => [date, 0]));
  for (const [i, v] of each.entries()) sums.set(dates[i], sums.get(dates[i])! + v - value);
  const scores = Float64Array.from(all, (date) => (sums.get(date)! * all.length) / each.length);
  return scores.every((v) => v === 0) ? 0 : hacMean(scores).standardError ** 2; // a rule may be right on all
}

/** Shares of windows by truth and by what was said, and the share that the same texts would name rightly of other windows. */
export function confusion(said: readonly number[], truth: readonly number[]) {
  const classes = [...new Set(truth)].sort();
  const n = truth.length;
  const cells = classes.flatMap((t) =>
    [...classes].map((s) => ({ truth: t, said: s, share: truth.filter((one, i) => one === t && said[i] === s).length / n })),
  );
  const chance = classes.reduce(
    (sum, k) => sum + (truth.filter((one) => one === k).length / n) * (said.filter((one) => one === k).length / n),
    0,
  );
  return { cells, chance };
}
