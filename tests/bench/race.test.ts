import { describe, expect, it } from 'vitest';
import type { Contender } from '../../bench/contender.js';
import { intervalOf, type Measured, race, ratioOf } from '../../bench/race.js';

const measured = (rounds: number[]): Measured => ({ framework: 'jax', runtime: 'jit', threads: 1, rounds, fastest: 0, p99: 0, loss: 0 });
const ones = (n: number) => measured(Array.from({ length: n }, () => 1));
const upTo = (n: number) => measured(Array.from({ length: n }, (_, i) => i + 1));

describe('ratioOf', () => {
  // With p = P(at least k of n coins show tails): n = 10 gives P(heads < 2) = 11/1024 and P(heads < 3) = 56/1024, so k = 2;
  // n = 11 gives P(heads < 3) = 67/2048 and P(heads < 4) = 232/2048, so k = 3.
  it.each([
    [5, 3, 1],
    [10, 5.5, 2],
    [11, 6, 3],
  ])('of %i rounds 1 … n has the median %d and the bound %d', (n, median, low) => {
    expect(ratioOf(ones(n), upTo(n))).toEqual({ median, low });
  });

  it('pairs the rounds: a disturbance that doubles one round of both changes nothing', () => {
    expect(ratioOf(measured([1, 2, 1, 1, 1]), measured([3, 6, 3, 3, 3]))).toEqual({ median: 3, low: 3 });
  });
});

describe('race', () => {
  it('trains all, then lets them take turns', async () => {
    const log: string[] = [];
    const contender = (runtime: string, us: number): Contender => ({
      framework: 'lemmata',
      runtime,
      threads: 1,
      train: async (n) => log.push(`${runtime} ${n}`),
      time: async () => [log.push(runtime) && 3 * us, us, 2 * us],
      release: () => log.push(`${runtime} released`),
    });
    const results = await race([contender('a', 1), contender('b', 10)], 7, 2, 0.1);
    expect(log).toEqual(['a 7', 'b 7', 'a', 'b', 'a', 'b', 'a released', 'b released']);
    expect(results.map(({ rounds, fastest, p99 }) => [rounds, fastest, p99])).toEqual([
      [[2, 2], 1, 3],
      [[20, 20], 10, 30],
    ]);
  });
});

describe('intervalOf', () => {
  // P(heads < 2 of 10) = 11/1024 ≤ 2.5 % and P(heads < 3) = 56/1024 is not: the 2nd smallest and the 2nd largest.
  it('leaves 2.5 % out on either side', () => {
    expect(intervalOf(ones(10), upTo(10))).toEqual({ low: 2, median: 5.5, high: 9 });
  });
});
