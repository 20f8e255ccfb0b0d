import type { Elements } from '../../src/tensor/interpret/interpret.js';
import { LEAST } from './rounding.js';

/** What right results of one output lie within: evaluations that round in different ways. */
export interface Hull {
  readonly samples: readonly Elements[];
  /** No rounding stands between the arguments and it: it has to be equal. */
  readonly exact: boolean;
}

/** How far beyond its samples a result may lie, in widths of what they span. */
const BEYOND = 2;
const MAX = 3.4028234663852886e38;

/** The first element that no right evaluation gives, or −1. */
export function firstWrong(got: ArrayLike<number>, { samples, exact }: Hull): number {
  for (let i = 0; i < got.length; i++)
    if (
      !mayBe(
        got[i],
        samples.map((sample) => sample[i]),
        exact,
      )
    )
      return i;
  return -1;
}

function mayBe(x: number, seen: readonly number[], exact: boolean): boolean {
  if (Number.isNaN(x)) return seen.some(Number.isNaN);
  if (seen.includes(x)) return true;
  if (Math.abs(x) < LEAST && seen.some((y) => Math.abs(y) < LEAST)) return true; // wherever it was flushed, or not
  if (exact) return false;
  const { low, high } = span(seen);
  if (!Number.isFinite(x)) return seen.some((y) => Math.abs(y) > 0.999 * MAX && y > 0 === x > 0);
  if (Number.isNaN(low)) return Math.abs(x) > 0.999 * MAX && seen.includes(x > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY);
  const slack = BEYOND * (high - low) + 2 ** -22 * Math.max(Math.abs(low), Math.abs(high)) + LEAST;
  return x >= low - slack && x <= high + slack;
}

function span(seen: readonly number[]): { low: number; high: number } {
  let [low, high] = [Number.NaN, Number.NaN];
  for (const y of seen) {
    if (!Number.isFinite(y)) continue;
    if (!(low <= y)) low = y;
    if (!(high >= y)) high = y;
  }
  return { low, high };
}

/** How many elements the samples leave open: some are numbers and some are not, or they differ by a hundredth. */
export function open({ samples }: Hull): number {
  let count = 0;
  for (let i = 0; i < samples[0].length; i++) {
    const seen = samples.map((sample) => sample[i]);
    const { low, high } = span(seen);
    const numbers = seen.filter(Number.isFinite).length;
    if ((numbers > 0 && numbers < seen.length) || high - low > 0.01 * Math.max(Math.abs(low), Math.abs(high), LEAST)) count++;
  }
  return count;
}
