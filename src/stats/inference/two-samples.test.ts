import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import reference from '../two-samples.reference.json' with { type: 'json' }; // made by ../reference/two_samples.py with scipy 1.17.1
import { fisherExact, welchTest } from './two-samples.js';

type Share = [number, number];

describe('fisherExact', () => {
  it.each(reference.tables)("has scipy's p-value of $first against $second", ({ first, second, p }) => {
    expect(fisherExact(first as Share, second as Share) / p).toBeCloseTo(1, 10);
  });

  it('is that of the lady who tasted tea: 17/35 with three of four cups right (Fisher 1935)', () => {
    expect(fisherExact([3, 4], [1, 4])).toBeCloseTo(34 / 70, 12);
  });

  it('is the same for the groups in the other order, and for what did not come true', () => {
    const group = fc.nat(30).chain((n) => fc.tuple(fc.nat(n), fc.constant(n)));
    fc.assert(
      fc.property(group, group, (first, second) => {
        const p = fisherExact(first, second);
        expect(p).toBeGreaterThan(0);
        expect(p).toBeLessThanOrEqual(1);
        expect(fisherExact(second, first)).toBeCloseTo(p, 10);
        const others = [first, second].map(([k, n]): Share => [n - k, n]);
        expect(fisherExact(others[0], others[1])).toBeCloseTo(p, 10);
      }),
    );
  });

  it('refuses more that came true than there were', () => {
    expect(() => fisherExact([5, 4], [1, 4])).toThrow('fisherExact: the number that came true must be a whole number from 0 to 4, got 5');
    expect(() => fisherExact([0.5, 4], [1, 4])).toThrow('fisherExact: the number that came true must be a whole number');
  });
});

describe('welchTest', () => {
  it.each(reference.pairs)(
    "has scipy's difference, degrees of freedom, p-value and interval at t = $t",
    ({ x, y, difference, t, degrees, p, low, high }) => {
      const found = welchTest(x, y);
      expect(found.difference).toBeCloseTo(difference, 12);
      expect(found.difference / found.standardError).toBeCloseTo(t, 10);
      expect(found.degrees).toBeCloseTo(degrees, 9);
      expect(found.pValue).toBeCloseTo(p, 11);
      expect([found.interval.low, found.interval.high]).toEqual([expect.closeTo(low, 9), expect.closeTo(high, 9)]);
    },
  );

  it('refuses a group of one and groups that do not vary', () => {
    expect(() => welchTest([1], [1, 2])).toThrow('welchTest: a group has 1 values; each needs two or more for its variance');
    expect(() => welchTest([1, 1], [2, 2])).toThrow('welchTest: neither group varies');
    expect(() => welchTest([0, 0], [0, 0])).toThrow('welchTest: neither group varies');
    // Of three times 0.1 the mean is not 0.1, and the variance not 0.
    expect(() => welchTest([0.1, 0.1, 0.1], [0.7, 0.7, 0.7])).toThrow('welchTest: neither group varies');
  });
});
