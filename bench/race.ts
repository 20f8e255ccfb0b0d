import type { Contender } from './contender.js';

/** What one contender showed in a race. */
export interface Measured extends Pick<Contender, 'framework' | 'runtime' | 'threads'> {
  /** The median step of each round, in microseconds. */
  readonly rounds: readonly number[];
  /** The fastest step and the 99th percentile of all. */
  readonly fastest: number;
  readonly p99: number;
  readonly loss: number;
}

/** The time of each round of one way to do a thing, the ways in turn. */
type Rounds = Pick<Measured, 'rounds'>;

/** All contenders from the same weights to the same step, then timed in turn, so that a disturbance meets them alike. */
export async function race(contenders: readonly Contender[], steps: number, rounds: number, seconds: number): Promise<Measured[]> {
  const losses: number[] = [];
  for (const contender of contenders) losses.push(await contender.train(steps));
  const times = contenders.map((): number[][] => []);
  for (let round = 0; round < rounds; round++)
    for (const [i, contender] of contenders.entries()) times[i].push(ascending(await contender.time(seconds)));
  return contenders.map(({ framework, runtime, threads, release }, i) => {
    release?.();
    const all = ascending(times[i].flat());
    const quantile = (share: number) => all[Math.floor(share * (all.length - 1))];
    return { framework, runtime, threads, rounds: times[i].map(median), fastest: all[0], p99: quantile(0.99), loss: losses[i] };
  });
}

/** How many times as fast `ours` is as `theirs`, round by round. */
export interface Ratio {
  readonly median: number;
  /** The lower end of a one-sided 95 % confidence interval of that median. */
  readonly low: number;
}

/**
 * The median over the rounds of theirs/ours, and its lower 95 % bound without assumptions on the noise: the k-th smallest of n
 * ratios is below the true median unless fewer than k of n fair coins show heads, so k is the largest with P(heads < k) ≤ 5 %.
 * Fewer than five rounds have no such bound: it is then the smallest.
 */
export function ratioOf(ours: Measured, theirs: Measured): Ratio {
  const ratios = ascending(ours.rounds.map((us, round) => theirs.rounds[round] / us));
  return { median: median(ratios), low: ratios[Math.max(0, boundIndex(ratios.length))] };
}

/** A median over the rounds, and both ends of its 95 % interval or wider. */
interface Interval {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Of the ratio that `ratioOf` has. */
export const intervalOf = (ours: Rounds, theirs: Rounds): Interval => medianOf(ours.rounds.map((us, round) => theirs.rounds[round] / us));

/** Of what the rounds gave: 2.5 % on either side, as there. */
export function medianOf(rounds: readonly number[]): Interval {
  const sorted = ascending([...rounds]);
  const k = Math.max(0, boundIndex(sorted.length, 0.025));
  return { low: sorted[k], median: median(sorted), high: sorted[sorted.length - 1 - k] };
}

/** The k − 1 of above. */
function boundIndex(n: number, risk = 0.05): number {
  let [below, probability, k] = [0, 0.5 ** n, 0]; // P(heads < k), P(heads = k)
  while (below + probability <= risk) {
    below += probability;
    probability *= (n - k) / (k + 1);
    k++;
  }
  return k - 1;
}

/** The median of its rounds, in their unit. */
export const typical = ({ rounds }: Rounds): number => median(ascending([...rounds]));

const ascending = (values: number[]) => values.sort((a, b) => a - b);

/** Of ascending values. */
function median(values: readonly number[]): number {
  const middle = values.length >> 1;
  return values.length % 2 === 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}
