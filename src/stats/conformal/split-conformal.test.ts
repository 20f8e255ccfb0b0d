import { describe, expect, it } from 'vitest';
import { expectMean } from '../../../tests/support/monte-carlo.js';
import { fold, key, normal, uniform } from '../../base/index.js';
import { conformalisedQuantiles, splitConformal } from './split-conformal.js';

const draws = (seed: number, n: number, stream = 0) => normal(fold(key(seed), stream), [n], 'float64').data;
const zeros = (n: number) => new Float64Array(n);

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
