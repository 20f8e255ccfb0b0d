import { describe, expect, it } from 'vitest';
import { interval, joined } from '../experiments/week08/markets/judge.js';
import { key, normal } from '../src/base/index.js';

const days = (seed: number) => Array.from(normal(key(seed), [100]).data, Number);
/** Two folds of a hundred days, three seeds each, which differ by what is added to all their days. */
const years = (first: readonly number[], second: readonly number[]) =>
  joined([first, second].map((shifts, f) => shifts.map((shift) => days(f).map((value) => value + shift))));

describe('the interval of a mean over years and seeds', () => {
  // In each fold the seeds' means have variance 1, and each fold is half of the days: 2 · ¼ · 1/3 beside the variance of the days.
  it('adds the variance of the seeds fold by fold', () => {
    const [without, beside] = [interval(years([0, 0, 0], [0, 0, 0])), interval(years([1, -1, 0], [-1, 1, 0]))];
    expect(beside.value).toBeCloseTo(without.value, 10);
    expect(beside.error ** 2 - without.error ** 2).toBeCloseTo(1 / 6, 8);
  });

  it('does not depend on which seed of a fold goes with which of another', () => {
    const [one, other] = [interval(years([1, -1, 0], [2, 0, -2])), interval(years([1, -1, 0], [-2, 2, 0]))];
    expect(other.error).toBeCloseTo(one.error, 10);
    expect(other.high).toBeCloseTo(one.high, 10);
  });
});
