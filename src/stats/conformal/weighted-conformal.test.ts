import { describe, expect, it } from 'vitest';
import { estimate } from '../../../tests/support/monte-carlo.js';
import { fold, key, normal, uniform } from '../../base/index.js';
import { splitConformal } from './split-conformal.js';
import { weightedConformal } from './weighted-conformal.js';

const draws = (seed: number, n: number, stream = 0) => normal(fold(key(seed), stream), [n], 'float64').data;
const zeros = (n: number) => new Float64Array(n);

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

  it('takes the least score whose weights suffice, of scores in any order', () => {
    const calibration = { y: [3, 1, 4, 2], forecast: [0, 0, 0, 0], weights: [1, 4, 1, 2] };
    const at = (weight: number, level: number) => weightedConformal(calibration, { forecast: [10], weights: [weight] }, level);
    // Cumulated weights of 1 2 3 4 are 4 6 7 8, of 8 + 2 in all: 0.4, 0.6, 0.7 and 0.8 are met exactly.
    expect([0.4, 0.41, 0.6, 0.7, 0.71, 0.8, 0.81].map((level) => at(2, level).reach[0])).toEqual([1, 2, 2, 3, 4, 4, Infinity]);
    expect(at(2, 0.6)).toMatchObject({ low: Float64Array.of(8), high: Float64Array.of(12), effectiveRows: 64 / 22 });
  });

  it('names the rows that do not fit', () => {
    const calibration = { y: [1, 2, 3], forecast: [0, 0, 0], weights: [1, 1, 1] };
    const target = { forecast: [0], weights: [1] };
    expect(() => weightedConformal({ ...calibration, forecast: [0] }, target, 0.9)).toThrow('weightedConformal: outcomes and forecasts');
    expect(() => weightedConformal(calibration, target, 1)).toThrow(
      'weightedConformal: level must be a finite number above 0, below 1, got 1',
    );
    expect(() => weightedConformal({ ...calibration, weights: [1, 1] }, target, 0.9)).toThrow(
      '3 rows need as many weights of the calibration, got 2',
    );
    expect(() => weightedConformal({ ...calibration, weights: [1, 1, Number.NaN] }, target, 0.9)).toThrow(
      'the weight of the calibration is NaN',
    );
    expect(() => weightedConformal(calibration, { forecast: [Number.NaN], weights: [1] }, 0.9)).toThrow('the forecast is NaN at row 0');
  });
});
