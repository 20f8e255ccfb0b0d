import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { fold, key, normal } from '../../base/index.js';
import { mean } from '../../linalg/index.js';
import { adaptiveConformal } from './adaptive-conformal.js';
import { splitConformal } from './split-conformal.js';

const draws = (seed: number, n: number, stream = 0) => normal(fold(key(seed), stream), [n], 'float64').data;
const zeros = (n: number) => new Float64Array(n);

describe('adaptiveConformal', () => {
  it('keeps its bound whatever the data: of random walks, of outcomes made to miss, of rates large and small', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        fc.constantFrom(0.001, 0.01, 0.1, 0.5, 1),
        fc.constantFrom(0.5, 0.9, 0.99),
        fc.constantFrom('exact' as const, 'walk' as const, 'growing' as const, 'constant' as const),
        (seed, rate, level, kind) => {
          const n = 300;
          const z = draws(seed, n);
          const made = {
            exact: zeros(n),
            walk: z.map((_, t) => z.subarray(0, t + 1).reduce((a, b) => a + b)),
            growing: z.map((v, t) => v * 1.1 ** t),
            constant: zeros(n).fill(1),
          };
          const y = made[kind];
          const { coverage, bound } = adaptiveConformal({ y, forecast: zeros(n) }, { level, rate, window: 20 });
          expect(Math.abs(coverage - level)).toBeLessThanOrEqual(bound + 1e-12);
        },
      ),
      { seed: 6, numRuns: 200 },
    );
  });

  it('covers through a change of volatility that a fixed quantile does not', () => {
    const n = 4000;
    const y = draws(31, n).map((z, t) => z * (t < n / 2 ? 1 : 4));
    const forecast = zeros(n);
    const { coverage, alphas, low, start } = adaptiveConformal({ y, forecast }, { level: 0.9, rate: 0.02, window: 1000 });
    const fixed = splitConformal({ y: y.subarray(0, 1000), forecast: forecast.subarray(0, 1000) }, [0], 0.9).reach;
    const held = mean(y.subarray(1000).map((value) => Number(Math.abs(value) <= fixed)));
    expect(Math.abs(coverage - 0.9)).toBeLessThan(0.01);
    expect(held).toBeLessThan(0.7);
    expect([start, Number.isNaN(low[999]), Number.isFinite(low[1000])]).toEqual([1000, true, true]);
    expect(alphas[1000]).toBeCloseTo(0.1, 15);
  });

  it('sees nothing of the outcome that it is for, nor of those after', () => {
    const n = 120;
    const y = draws(8, n);
    const cut = 80;
    const other = y.map((value, t) => (t >= cut ? -1e3 * value : value));
    const made = (series: Float64Array) => adaptiveConformal({ y: series, forecast: zeros(n) }, { level: 0.8, rate: 0.05, window: 30 });
    expectClose(made(other).high.subarray(30, cut + 1), made(y).high.subarray(30, cut + 1), 15);
    expect(made(other).high[cut + 1]).not.toBe(made(y).high[cut + 1]);
  });

  it('follows the rule step by step', () => {
    // Errors 1 2 | 3 0: at α = 0.5 of two the ⌈3 · 0.5⌉ = 2nd smallest is 2: missed; α = 0.5 + 0.2 (0.5 − 1) = 0.4: ⌈1.8⌉ = 2nd of {2, 3}
    const { high, alphas, coverage } = adaptiveConformal({ y: [1, 2, 3, 0], forecast: zeros(4) }, { level: 0.5, rate: 0.2, window: 2 });
    expect([...high.subarray(2)]).toEqual([2, 3]);
    expectClose(alphas.subarray(2), [0.5, 0.4], 15);
    expect(coverage).toBe(0.5);
    expect(() => adaptiveConformal({ y: [1, 2], forecast: [0, 0] }, { level: 0.9, window: 5 })).toThrow(
      'a window of 5 rows leaves no row of 2',
    );
    expect(() => adaptiveConformal({ y: [1, 2], forecast: [0, 0] }, { level: 0.9, rate: 0 })).toThrow(
      'rate must be a finite number above 0',
    );
  });
});
