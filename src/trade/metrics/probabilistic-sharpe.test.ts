import { describe, expect, it } from 'vitest';
import { fold, key, normal } from '../../base/random.js';
import { deflatedSharpe, expectedMaximumSharpe, minimumTrackRecord, probabilisticSharpe } from './probabilistic-sharpe.js';
import { sharpe } from './sharpe.js';

const gaussian = { skewness: 0, kurtosis: 3 };

describe('probabilisticSharpe', () => {
  it('is .91336 for the hedge funds of the paper, and .98167 if their returns were normal (quantstats PR 195)', () => {
    const moments = { perPeriod: 0.458, n: 24, skewness: -2.448, kurtosis: 10.164 };
    expect(probabilisticSharpe(moments)).toBeCloseTo(0.91336, 5);
    expect(probabilisticSharpe({ ...moments, ...gaussian })).toBeCloseTo(0.98167, 5);
  });

  it('is below a half exactly when the ratio is negative (Lean 9533)', () => {
    for (let i = 0; i < 300; i++) {
      const { data } = normal(fold(key(7), i), [2 + (i % 60)], 'float64');
      const ratio = sharpe(
        data.map((z) => 0.02 * Math.exp(0.3 * z) * (i % 2 ? -1 : 1) - 0.02 * (i % 3) + 0.01),
        { perYear: 12 },
      );
      expect(probabilisticSharpe(ratio) < 0.5).toBe(ratio.perPeriod < 0);
    }
  });

  it('refuses moments that leave no variance, of two outcomes or of rounding, in place of a half', () => {
    const moments = { perPeriod: 2 / 3, n: 100, skewness: 3, kurtosis: 9.9 };
    expect(() => probabilisticSharpe(moments)).toThrow('leave a ratio of 0.6666666666666666 a variance of -0.0111 / (n - 1)');
    expect(() => minimumTrackRecord(moments)).toThrow('it takes more than 0');
  });

  it('refuses an excess kurtosis, and a benchmark that is no number', () => {
    expect(() => probabilisticSharpe({ perPeriod: 0.1, n: 24, skewness: 0, kurtosis: 0 })).toThrow(
      'kurtosis must be a finite number from 0.99 up, got 0; no law has less than 1 + skewness²; normal returns have 3, not 0',
    );
    expect(() => probabilisticSharpe({ perPeriod: 0.1, n: 24, ...gaussian }, Number.NaN)).toThrow(
      'an annual 1 of daily returns is 1/sqrt(252)',
    );
  });
});

describe('minimumTrackRecord', () => {
  it.each([
    [252, 2.73],
    [52, 2.83],
    [12, 3.24],
  ])('is that of the paper for an annual 2 against 1, of %i returns a year (Bailey & López de Prado 2012)', (perYear, years) => {
    const moments = { perPeriod: 2 / Math.sqrt(perYear), n: 24, ...gaussian };
    expect(minimumTrackRecord(moments, { benchmark: 1 / Math.sqrt(perYear) }) / perYear).toBeCloseTo(years, 2);
  });

  it('is the length at which the probabilistic ratio reaches the confidence', () => {
    const moments = { perPeriod: 0.08, n: 100, skewness: -0.7, kurtosis: 6 };
    const n = minimumTrackRecord(moments, { benchmark: 0.02, confidence: 0.9 });
    expect(probabilisticSharpe({ ...moments, n }, 0.02)).toBeCloseTo(0.9, 12);
    expect(minimumTrackRecord({ ...moments, perPeriod: 0.02 }, { benchmark: 0.02 })).toBe(Number.POSITIVE_INFINITY);
    expect(() => minimumTrackRecord(moments, { confidence: 95 })).toThrow('0.95 is 95 %');
  });
});

describe('deflatedSharpe', () => {
  const chosen = { perPeriod: 2.5 / Math.sqrt(250), n: 1250, skewness: -3, kurtosis: 10 };

  it('is that of the paper: SR₀ .1132 a day, DSR .9004 (LeanOptimization PR 23, skfolio PR 255)', () => {
    const { benchmark, probability } = deflatedSharpe(chosen, { trials: 100, variance: 0.5 / 250 });
    expect(benchmark).toBeCloseTo(0.11317, 5);
    expect(probability).toBeCloseTo(0.9004, 5);
  });

  it('holds one trial against 0, and more trials against more', () => {
    expect(deflatedSharpe(chosen, { trials: 1, variance: 0.002 }).probability).toBe(probabilisticSharpe(chosen));
    const found = [2, 5, 20, 100, 1000].map((trials) => expectedMaximumSharpe({ trials, variance: 1 }));
    expect(found).toEqual([...found].sort((a, b) => a - b));
  });

  it.each([
    [10, 1.5387527308, 0.024],
    [50, 2.2490736294, 0.0125],
    [100, 2.5075936364, 0.0095],
  ])(
    'has for SR₀ the mean of the largest of %i normal draws, by quadrature with scipy 1.17.1, to what it leaves',
    (trials, mean, within) => {
      const ratio = expectedMaximumSharpe({ trials, variance: 1 }) / mean - 1;
      expect(ratio).toBeGreaterThan(0);
      expect(ratio).toBeLessThan(within);
    },
  );

  it('refuses no trial and a negative variance', () => {
    expect(() => expectedMaximumSharpe({ trials: 0, variance: 1 })).toThrow('the one that was chosen counts');
    expect(() => expectedMaximumSharpe({ trials: 2, variance: -1 })).toThrow('variance must be a finite number from 0 up, got -1');
  });
});
