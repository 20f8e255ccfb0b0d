import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { estimate, expectMean } from '../../../tests/support/monte-carlo.js';
import { references } from '../../../tests/support/references.js';
import { fold, key, normal, uniform } from '../../base/index.js';
import { mean } from '../../linalg/index.js';
import { adaptiveConformal } from './adaptive-conformal.js';
import { conformalQuantile } from './conformal-quantile.js';
import { conformalisedQuantiles, splitConformal } from './split-conformal.js';
import { weightedConformal } from './weighted-conformal.js';

const draws = (seed: number, n: number, stream = 0) => normal(fold(key(seed), stream), [n], 'float64').data;
const zeros = (n: number) => new Float64Array(n);

interface Made {
  readonly level: number;
  readonly y: number[];
  /** Forecast, low and high of the calibration, and of the new rows. */
  readonly x: number[][];
  readonly target: number[][];
  readonly split: number[][];
  readonly quantiles: number[][];
}

describe('against mapie', () => {
  it.each(references<Made[]>('mapie'))('intervals at $level are its own', ({ level, y, x, target, split, quantiles }) => {
    const ends = ({ low, high }: { low: Float64Array; high: Float64Array }) => [...low, ...high];
    expectClose(ends(splitConformal({ y, forecast: x[0] }, target[0], level)), split.flat(), 13);
    const found = conformalisedQuantiles({ y, low: x[1], high: x[2] }, { low: target[1], high: target[2] }, level);
    expectClose(ends(found), quantiles.flat(), 13);
  });
});

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
});

describe('splitConformal', () => {
  it.each([9, 20, 99])('covers k/(n + 1) of new rows after %i of calibration, whatever the law', (n) => {
    const samples = 3000;
    const hits = Float64Array.from({ length: samples }, (_, s) => {
      const y = draws(s, n + 1, n).map((z) => Math.exp(2 * z)); // skewed and fat-tailed
      const { low, high } = splitConformal({ y: y.subarray(0, n), forecast: zeros(n).fill(1) }, [1], 0.9);
      return Number(low[0] <= y[n] && y[n] <= high[0]);
    });
    expectMean(hits, Math.ceil((n + 1) * 0.9 - 1e-9) / (n + 1));
  });

  it('is the forecast ± the quantile of the errors', () => {
    const { low, high, reach } = splitConformal({ y: [1, 2, 3, 4], forecast: [2, 2, 0, 4] }, [10, 20], 0.6);
    expect([reach, ...low, ...high]).toEqual([1, 9, 19, 11, 21]); // errors 0 0 1 3, k = ⌈5 · 0.6⌉ = 3
    expect(() => splitConformal({ y: [1], forecast: [1, 2] }, [1], 0.9)).toThrow('splitConformal: outcomes and forecasts must be as many');
    expect(() => splitConformal({ y: [1], forecast: [1] }, [1], 90)).toThrow('level must be a finite number above 0, below 1, got 90');
    expect(() => splitConformal({ y: [1], forecast: [1] }, [Number.NaN], 0.9)).toThrow('splitConformal: the forecast is NaN at row 0');
  });
});

describe('conformalisedQuantiles', () => {
  it('covers with intervals that are far too narrow, and with some that are too wide, and keeps their shape', () => {
    const [n, samples] = [60, 1500];
    for (const [seed, factor] of [
      [1, 0.3],
      [2, 5],
    ]) {
      const hits = Float64Array.from({ length: samples }, (_, s) => {
        const scale = uniform(fold(key(seed), s), [n + 1], 'float64').data.map((u) => 0.1 + 4 * u);
        const y = draws(s, n + 1, seed).map((z, i) => z * scale[i]);
        const [low, high] = [scale.map((v) => -factor * v), scale.map((v) => factor * v)];
        const found = conformalisedQuantiles(
          { y: y.subarray(0, n), low: low.subarray(0, n), high: high.subarray(0, n) },
          { low: low.subarray(n), high: high.subarray(n) },
          0.9,
        );
        expect(found.reach > 0).toBe(factor < 1);
        return Number(found.low[0] <= y[n] && y[n] <= found.high[0]);
      });
      // k/(n + 1) = 55/61, exactly: an interval that would turn round is one whose score is above the reach, so its row is not covered.
      expectMean(hits, 55 / 61);
    }
  });

  it('widens both ends by the same, and never turns one round', () => {
    const calibration = { y: [0, 0, 0, 0], low: [-3, -3, -3, -3], high: [3, 3, 3, 3] };
    const { low, high, reach } = conformalisedQuantiles(calibration, { low: [-5, 1], high: [5, 2] }, 0.8);
    expect([reach, ...low, ...high]).toEqual([-3, -2, 1.5, 2, 1.5]);
  });
});

describe('weightedConformal', () => {
  it('is splitConformal where weights are equal, whatever their scale', () => {
    const y = draws(3, 37);
    const forecast = draws(4, 37);
    for (const level of [0.5, 0.55, 0.9, 0.99]) {
      const plain = splitConformal({ y, forecast }, [1, 2], level);
      for (const scale of [1, 1e-5, 0.1]) {
        const weights = zeros(37).fill(scale);
        const found = weightedConformal({ y, forecast, weights }, { forecast: [1, 2], weights: [scale, scale] }, level);
        expect([...found.low, ...found.high]).toEqual([...plain.low, ...plain.high]);
        expect(found.effectiveRows).toBeCloseTo(37, 9);
      }
    }
  });

  it('covers after a shift of the law that split conformal does not cover', () => {
    // x is uniform, then has the density 4x³: rows with large x, where the noise is large, come more often.
    const [n, samples] = [80, 2000];
    const [weighted, plain] = [zeros(samples), zeros(samples)];
    for (let s = 0; s < samples; s++) {
      const x = uniform(fold(key(21), s), [n + 1], 'float64').data.map((u, i) => (i < n ? u : u ** 0.25));
      const y = draws(s, n + 1, 9).map((z, i) => z * x[i] ** 2);
      const [calibration, inside] = [{ y: y.subarray(0, n), forecast: zeros(n) }, (high: number) => Number(Math.abs(y[n]) <= high)];
      const w = x.map((value) => value ** 3);
      weighted[s] = inside(
        weightedConformal({ ...calibration, weights: w.subarray(0, n) }, { forecast: [0], weights: w.subarray(n) }, 0.9).reach[0],
      );
      plain[s] = inside(splitConformal(calibration, [0], 0.9).reach);
    }
    const [good, bad] = [estimate(weighted), estimate(plain)];
    expect(good.mean, `${good.mean} ± ${good.standardError}`).toBeGreaterThan(0.9 - 4 * good.standardError);
    expect(bad.mean, `${bad.mean} ± ${bad.standardError}`).toBeLessThan(0.9 - 8 * bad.standardError);
  });

  it('reaches without end for a row that is unlike all others, and names weights that are none', () => {
    const calibration = { y: [1, 2, 3], forecast: [0, 0, 0], weights: [1, 1, 1] };
    expect(weightedConformal(calibration, { forecast: [0], weights: [100] }, 0.9).high[0]).toBe(Infinity);
    expect(weightedConformal(calibration, { forecast: [0], weights: [0] }, 0.6).high[0]).toBe(2);
    expect(() => weightedConformal({ ...calibration, weights: [1, -1, 1] }, { forecast: [0], weights: [1] }, 0.9)).toThrow(
      'weights must be 0 or more, got -1 at row 1 of the calibration',
    );
    expect(() => weightedConformal({ ...calibration, weights: [0, 0, 0] }, { forecast: [0], weights: [1] }, 0.9)).toThrow('no row counts');
    expect(() => weightedConformal(calibration, { forecast: [0, 1], weights: [1] }, 0.9)).toThrow(
      '2 rows need as many weights of the new rows, got 1',
    );
  });
});

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
