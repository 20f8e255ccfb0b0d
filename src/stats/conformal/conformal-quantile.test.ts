import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectMean } from '../../../tests/support/monte-carlo.js';
import { fold, key, normal, uniform } from '../../base/index.js';
import { conformalQuantile } from './conformal-quantile.js';

const draws = (seed: number, n: number, stream = 0) => normal(fold(key(seed), stream), [n], 'float64').data;

describe('conformalQuantile', () => {
  it('takes the ⌈(n + 1)(1 − α)⌉-th score: of nine at 90 % the largest, of fewer none (MAPIE 974, sktime 10758)', () => {
    const nine = conformalQuantile([5, 1, 9, 3, 7, 2, 8, 4, 6], 0.9);
    expect(nine).toMatchObject({ reach: 9, rank: 9, rows: 9, coverage: 0.9 });
    for (let n = 1; n < 9; n++)
      expect(conformalQuantile(draws(1, n), 0.9)).toMatchObject({ reach: Infinity, coverage: 1, conditionalCoverage: { low: 1, high: 1 } });
    expect(conformalQuantile(draws(1, 24), 0.56)).toMatchObject({ rank: 14, coverage: 0.56 }); // 25 · 0.56 is 14.000000000000002
    expect(conformalQuantile(draws(1, 100), 0.9).rank).toBe(91); // 90.9; the 90th of 100 would cover 89.1 %
  });

  it('covers with a chance between the level and 1/(n + 1) more, always', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 999 }), (n, thousandths) => {
        const level = thousandths / 1000;
        const { coverage, reach, rank } = conformalQuantile(
          Float64Array.from({ length: n }, (_, i) => i),
          level,
        );
        expect(coverage).toBeGreaterThanOrEqual(level - 1e-12);
        if (Number.isFinite(reach)) expect(coverage).toBeLessThan(level + 1 / (n + 1) + 1e-12);
        else expect(rank).toBe(n + 1);
      }),
      { seed: 4, numRuns: 500 },
    );
  });

  it('varies between calibrations by the law Beta(k, n + 1 − k)', () => {
    const [n, level, samples] = [50, 0.9, 2000];
    const { conditionalCoverage, coverage } = conformalQuantile(draws(0, n), level);
    // Scores uniform on [0, 1]: the chance to be covered is the reach itself.
    const chances = Float64Array.from(
      { length: samples },
      (_, s) => conformalQuantile(uniform(fold(key(5), s), [n], 'float64').data, level).reach,
    );
    expectMean(chances, coverage);
    const below = chances.filter((chance) => chance < conditionalCoverage.low).length / samples;
    const above = chances.filter((chance) => chance > conditionalCoverage.high).length / samples;
    for (const share of [below, above]) expect(Math.abs(share - 0.05)).toBeLessThan(4 * Math.sqrt(0.0475 / samples));
  });

  it('names what is wrong', () => {
    expect(() => conformalQuantile([], 0.9)).toThrow('conformalQuantile: needs calibration rows, got none');
    expect(() => conformalQuantile([1], 1)).toThrow('conformalQuantile: level must be a finite number above 0, below 1, got 1');
    expect(() => conformalQuantile([1, Number.NaN], 0.9)).toThrow('conformalQuantile: the score is NaN at row 1');
  });
});
