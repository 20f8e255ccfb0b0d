import { describe, expect, it } from 'vitest';
import { optimalBaseline } from './baseline.js';

describe('optimalBaseline', () => {
  it('is the mean by squares', () => {
    expect(optimalBaseline([1, 3], [2, 6])).toBe(5);
    expect(optimalBaseline([0, 0.5], [1e6, -4])).toBe(-4);
  });

  it('refuses what has no mean', () => {
    for (const [squares, returns, got] of [
      [[], [], 'got 0 and 0'],
      [[0, 0], [1, 2], 'got 2 and 2; a policy that is sure has no score'],
      [[1], [1, 2], 'got 1 and 2'],
      [[1, 2], [1], 'got 2 and 1'],
      [[-1], [1], 'squares are 0 or more and returns finite, got -1 and 1 at 0'],
      [[1, 1], [1, Number.NaN], 'got 1 and NaN at 1'],
      [[1, Number.POSITIVE_INFINITY], [1, 1], 'got Infinity and 1 at 1'],
      [[Number.NaN], [1], 'got NaN and 1 at 0'],
    ] as [number[], number[], string][])
      expect(() => optimalBaseline(squares, returns)).toThrow(got);
  });
});
