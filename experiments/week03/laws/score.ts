import { crpsOfSample, hacMean } from '../../../src/stats/index.js';
import type { At } from './panel.js';

/** Forecast laws of rows: K equally likely values each, in ascending order [n, K]. */
export type Ensembles = Float64Array;
/** K: the middles of as many equal parts of a law. */
export const K = 99;
export const LEVELS = Float64Array.from({ length: K }, (_, k) => (k + 0.5) / K);
export const COVERAGES = [0.5, 0.8, 0.9, 0.96];

/** What a law was worth. */
export interface Scored {
  /** CRPS averaged over stocks, by date of the outcome. */
  readonly losses: Float64Array;
  /** Shares of stocks within the central intervals, by date, for each of `COVERAGES`. */
  readonly within: readonly Float64Array[];
}

/** m + s q for each row: a law of one form, moved and stretched. */
export function stretched(location: ArrayLike<number>, scale: ArrayLike<number>, grid: ArrayLike<number>): Ensembles {
  const out = new Float64Array(location.length * K);
  for (let i = 0; i < location.length; i++) for (let k = 0; k < K; k++) out[i * K + k] = location[i] + scale[i] * grid[k];
  return out;
}

/** The quantiles of a sample at `LEVELS`. */
export function gridOf(sample: Float64Array): Float64Array {
  const sorted = sample.toSorted();
  return LEVELS.map((level) => {
    const at = Math.min(Math.max(level * sorted.length - 0.5, 0), sorted.length - 1);
    const low = Math.floor(at);
    return sorted[low] + (at - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
  });
}

/** Scores rows that come date by date. */
export function score(y: Float64Array, laws: Ensembles, rows: readonly At[]): Scored {
  const losses = crpsOfSample(y, laws, { size: K, kind: 'plain' });
  const dates = [...new Set(rows.map(({ t }) => t))];
  const place = new Map(dates.map((t, d) => [t, d]));
  const counts = new Float64Array(dates.length);
  const sums = [losses, ...COVERAGES.map((level) => inside(y, laws, level))].map((values) => {
    const out = new Float64Array(dates.length);
    for (const [i, { t }] of rows.entries()) out[place.get(t)!] += values[i];
    return out;
  });
  for (const { t } of rows) counts[place.get(t)!]++;
  const [own, ...within] = sums.map((sum) => sum.map((value, d) => value / counts[d]));
  return { losses: own, within };
}

/** 1 where y is within the central interval of so much probability. */
function inside(y: Float64Array, laws: Ensembles, level: number): Float64Array {
  const tail = ((1 - level) / 2) * K - 0.5;
  const at = (i: number, place: number) => {
    const low = Math.floor(place);
    return laws[i * K + low] + (place - low) * (laws[i * K + Math.min(low + 1, K - 1)] - laws[i * K + low]);
  };
  return y.map((value, i) => Number(value >= at(i, tail) && value <= at(i, K - 1 - tail)));
}

/** A mean over dates with its HAC interval. */
export const overDates = (values: ArrayLike<number>) => hacMean(values);
