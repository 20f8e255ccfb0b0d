import { describe, expect, it } from 'vitest';
import reference from '../distances.reference.json' with { type: 'json' }; // made by ../reference/distances.py with scipy 1.17.1
import { wassersteinDistance } from './wasserstein.js';

describe('wassersteinDistance', () => {
  it.each(reference.lines)('is that of scipy, $distance', ({ x, y, distance }) => {
    expect(wassersteinDistance(x, y)).toBeCloseTo(distance, 12);
    expect(wassersteinDistance(y, x)).toBeCloseTo(distance, 12);
  });

  it('names empty samples and missing values', () => {
    expect(() => wassersteinDistance([1], [])).toThrow('wassersteinDistance: y is empty; there is no law to compare');
    expect(() => wassersteinDistance([1, Number.NaN], [1])).toThrow('x has a value that is not finite; leave out or fill missing values');
    expect(() => wassersteinDistance([1], [-Infinity, 1])).toThrow('y has a value that is not finite');
  });
});
