import { AHEAD, type Samples } from './sessions.js';

/** What a part leaves for `collect`; rows are those of the test sessions in their order. */
export interface Left {
  /** P(up) by model and seed, and mean changes [n · 3]. */
  readonly next: Record<string, number[][]>;
  readonly moves: Record<string, number[][]>;
  /** Correlations with the change of the mid after `AHEAD` events, session by session. */
  readonly decay: Record<string, number[][]>;
  /** Of each session and row: paths up of either half, mean changes, their variances. */
  readonly bayes?: { session: number; rows: number[][] }[];
  readonly impact?: { slope: number; r2: number; depth: number }[];
  readonly truth?: { session: number[]; up: number[]; moves: number[]; intervals: number; paths: number; trained: number };
}

/** Mean of a number of each row by session. */
export function bySession(sessions: ArrayLike<number>, value: (row: number) => number): Float64Array {
  const S = sessions[sessions.length - 1] + 1;
  const [sums, counts] = [new Float64Array(S), new Float64Array(S)];
  for (let i = 0; i < sessions.length; i++) {
    sums[sessions[i]] += value(i);
    counts[sessions[i]]++;
  }
  return sums.map((sum, s) => sum / counts[s]);
}

/** Correlations of a signal with what the mid does over so many events, by session. */
export function decayOf({ session, moves }: Pick<Samples, 'session' | 'moves'>, signal: ArrayLike<number>): number[][] {
  const by = (value: (row: number) => number) => bySession(session, value);
  const [s, s2] = [by((i) => signal[i]), by((i) => signal[i] ** 2)];
  return AHEAD.map((_, j) => {
    const move = (i: number) => moves[i * AHEAD.length + j];
    const [m, m2, both] = [by(move), by((i) => move(i) ** 2), by((i) => signal[i] * move(i))];
    return Array.from(both, (value, k) => {
      const scale = Math.sqrt((s2[k] - s[k] ** 2) * (m2[k] - m[k] ** 2));
      return scale > 1e-12 ? (value - s[k] * m[k]) / scale : 0;
    });
  });
}
