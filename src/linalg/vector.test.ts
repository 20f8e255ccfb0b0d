import { describe, expect, it } from 'vitest';
import { dot, largestDifference, mean, norm, standardDeviation, sum, variance } from './vector.js';

describe('vectors', () => {
  it('have an inner product, a length, a sum and a mean', () => {
    expect(dot([1, 2, 3], Float64Array.of(4, -5, 6))).toBe(12);
    expect(norm([3, 4])).toBe(5);
    expect(norm([9, 3, 4], 1)).toBe(5); // from index 1 on
    expect(norm([3e200, 4e200])).toBeCloseTo(5e200, -190); // whose squares overflow
    expect(norm([])).toBe(0);
    expect(largestDifference([1, -2, 3], [1, 2, 2])).toBe(4);
    expect(largestDifference([], [])).toBe(0);
    expect(largestDifference([1, Number.NaN, 3], [1, 2, 9])).toBeNaN();
    expect(() => largestDifference([1], [1, 2])).toThrow('largestDifference: a has 1 values and b has 2; align them first');
    expect([sum([1, 2, 6]), mean([1, 2, 6])]).toEqual([9, 3]);
  });

  it('have a variance that divides by n − 1', () => {
    expect(variance([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(32 / 7, 14);
    expect(standardDeviation([1, 3])).toBe(Math.SQRT2);
    expect(variance([1])).toBeNaN();
    expect(variance([1e9 + 1, 1e9 + 3])).toBe(2); // the mean is taken away first
  });

  it('refuse to pair what differs in length', () => {
    expect(() => dot([1, 2], [1])).toThrow('dot: a has 2 values and b has 1; align them first');
  });
});
