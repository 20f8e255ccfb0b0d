import { hacMean } from '../../../src/stats/index.js';
import { type Tape, TICK } from './tape.js';

/** Of test rows, by the interval between two changes of the mid in which they lie: how many, and when it began. */
export interface Intervals {
  /** [n] of each row, counted from 0 */
  readonly of: Int32Array;
  /** [J] rows */
  readonly counts: Float64Array;
  /** [J] of its first row */
  readonly dates: readonly string[];
}

export function intervalsOf({ labels, test }: Tape): Intervals {
  const first = labels.intervals[test.start];
  const of = labels.intervals.slice(test.start, test.end).map((interval) => interval - first);
  const counts = new Float64Array(of[of.length - 1] + 1);
  for (const j of of) counts[j]++;
  const dates: string[] = [];
  for (const [i, j] of of.entries()) dates[j] ??= labels.dates[test.start + i];
  return { of, counts, dates };
}

/** Sums of a value by interval, [J]. */
export function summed({ of, counts }: Intervals, values: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(counts.length);
  for (let i = 0; i < of.length; i++) sums[of[i]] += values[i];
  return sums;
}

/** A mean with its standard error. */
export interface Estimate {
  readonly value: number;
  readonly error: number;
}

/**
 * Mean over rows, with an error over intervals: rows of one interval have one label. HAC, since neighbours may be alike too.
 *
 * @param overlap  over how many intervals a value reaches
 */
export function meanByInterval(sums: Float64Array, counts: Float64Array, overlap = 1): Estimate {
  const [rows, all] = [counts.reduce((a, b) => a + b, 0), sums.reduce((a, b) => a + b, 0)];
  const value = all / rows;
  const scale = counts.length / rows;
  const influence = sums.map((sum, j) => (sum - value * counts[j]) * scale);
  if (influence.every((one) => one === influence[0])) return { value, error: 0 };
  const usual = Math.floor(4 * (counts.length / 100) ** (2 / 9));
  return { value, error: hacMean(influence, { lags: Math.min(counts.length - 1, Math.max(usual, 2 * overlap)) }).standardError };
}

/** How far a signal reaches: its correlation with the move of the mid over the next events. */
export function reach({ labels, mids, test }: Tape, intervals: Intervals, signal: ArrayLike<number>, ahead: number): Estimate {
  const from = labels.starts[test.start];
  const n = Math.min(signal.length, mids.length - ahead - from);
  const moves = Float64Array.from({ length: n }, (_, i) => mids[from + i + ahead] - mids[from + i]);
  const scaled = (values: ArrayLike<number>) => {
    const some = Float64Array.from({ length: n }, (_, i) => values[i]);
    const centre = some.reduce((a, b) => a + b, 0) / n;
    const deviation = Math.sqrt(some.reduce((sum, v) => sum + (v - centre) ** 2, 0) / n);
    return some.map((v) => (v - centre) / deviation);
  };
  const [a, b] = [scaled(signal), scaled(moves)];
  const value = a.reduce((sum, v, i) => sum + v * b[i], 0) / n;
  const influence = a.map((v, i) => v * b[i] - (value / 2) * (v * v + b[i] * b[i]));
  const J = intervals.of[n - 1] + 1;
  const counts = new Float64Array(J);
  const sums = new Float64Array(J);
  for (let i = 0; i < n; i++) {
    counts[intervals.of[i]]++;
    sums[intervals.of[i]] += influence[i];
  }
  const { error } = meanByInterval(sums, counts, Math.ceil((ahead * J) / n));
  return { value, error };
}

/** What waiting for the next change saves, in ticks, one who buys and one who sells in equal parts: [n], for a decision that takes effect so many events later. */
export function saved({ labels, test }: Tape, p: ArrayLike<number>, delay: number): Float64Array {
  return Float64Array.from(p, (up, i) => {
    const row = test.start + i;
    if (labels.ends[row] <= labels.starts[row] + delay) return 0; // the change is over: who buys at once pays what the other pays
    return ((up > 0.5 ? 1 : up < 0.5 ? -1 : 0) * labels.moves[row]) / TICK / 2;
  });
}

/** How the mid moves over the next changes, in ticks, by row: [n], NaN where the tape ends before. */
export function movesOver({ labels, mids, test }: Tape, changes: number): Float64Array {
  const ends: number[] = []; // the event of each change
  for (const [i, interval] of labels.intervals.entries()) ends[interval] = labels.ends[i];
  return Float64Array.from({ length: test.end - test.start }, (_, i) => {
    const row = test.start + i;
    const end = ends[labels.intervals[row] + changes - 1];
    return end === undefined ? Number.NaN : (mids[end] - mids[labels.starts[row]]) / TICK;
  });
}
