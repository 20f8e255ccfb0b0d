import { describe, expect, it } from 'vitest';
import { fold, key, normal } from '../../base/index.js';
import { mean } from '../../linalg/index.js';
import { relativeGain } from './relative-gain.js';

describe('relativeGain', () => {
  it('is one minus the ratio of the means, with the error of the delta method by hand', () => {
    // model 1 3 2, benchmark 2 4 6: means 2 and 4, G = 1/2; (bₜ/2 − mₜ)/4 = 0, −1/4, 1/4: variance/n = (1/16 + 1/16)/3/3 = 1/72
    const { gain, standardError, interval } = relativeGain({ model: [1, 3, 2], benchmark: [2, 4, 6] }, { lags: 0 });
    expect(gain).toBe(0.5);
    expect(standardError).toBeCloseTo(Math.sqrt(1 / 72), 12);
    expect(interval.low).toBeCloseTo(0.5 - 1.959964 * standardError, 6);
    expect(interval.high).toBeCloseTo(0.5 + 1.959964 * standardError, 6);
  });

  it('covers the truth in 95 of 100 samples of squared errors that are correlated across the two models', () => {
    // y = 0.5 x + e: the model knows 0.5 x, so its loss is 1 where the benchmark's is 1.25 in expectation: G = 0.2.
    const draws = 1000;
    let covered = 0;
    for (let i = 0; i < draws; i++) {
      const { data: z } = normal(fold(key(5), i), [2, 300], 'float64');
      const model = Array.from({ length: 300 }, (_, t) => z[t] ** 2);
      const benchmark = Array.from({ length: 300 }, (_, t) => (z[t] + 0.5 * z[300 + t]) ** 2);
      const { low, high } = relativeGain({ model, benchmark }, { lags: 0 }).interval;
      if (low < 0.2 && 0.2 < high) covered++;
    }
    expect(Math.abs(covered / draws - 0.95)).toBeLessThan(4 * Math.sqrt((0.95 * 0.05) / draws));
  });

  it('does not change with the unit of the losses', () => {
    const model = [1, 3, 2, 5, 4, 1];
    const benchmark = [2, 4, 6, 3, 5, 2];
    const scaled = { model: model.map((loss) => 1e-4 * loss), benchmark: benchmark.map((loss) => 1e-4 * loss) };
    expect(relativeGain(scaled).standardError).toBeCloseTo(relativeGain({ model, benchmark }).standardError, 12);
    expect(relativeGain(scaled).gain).toBeCloseTo(1 - mean(model) / mean(benchmark), 12);
  });

  it('names what is wrong', () => {
    expect(() => relativeGain({ model: [1, 2], benchmark: [1] })).toThrow('relativeGain: model has 2 losses and benchmark 1');
    expect(() => relativeGain({ model: [1, 2], benchmark: [0, 0] })).toThrow("relativeGain: the benchmark's mean loss is 0");
  });
});
