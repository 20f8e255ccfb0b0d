import { describe, expect, it } from 'vitest';
import ml4t from '../../../tests/references/ml4t.json' with { type: 'json' }; // made by tests/references/ml4t.py
import { expectMean } from '../../../tests/support/monte-carlo.js';
import { fold, key, normal } from '../../base/random.js';
import { overfittingProbability } from './overfitting.js';
import { expectedMaximumSharpe } from './probabilistic-sharpe.js';

const noise = (seed: number, T = 480, N = 10) => ({ rows: T, cols: N, data: normal(fold(key(8), seed), [T, N], 'float64').data });

describe('overfittingProbability', () => {
  it('is that of ml4t-diagnostic on the same splits', () => {
    const { probability, degradation, logits } = overfittingProbability(
      { rows: 32, cols: 6, data: Float64Array.from(ml4t.performance.flat()) },
      { groups: 4 },
    );
    expect(probability).toBeCloseTo(ml4t.overfitting.pbo, 12);
    expect(degradation).toBeCloseTo(ml4t.overfitting.degradation, 12);
    // It ranks from the best; a logit has ω = (N + 1 − rank)/(N + 1).
    const ranks = logits.map((logit) => 7 * (1 - 1 / (1 + Math.exp(-logit))));
    expect(ranks.reduce((a, b) => a + b) / logits.length).toBeCloseTo(ml4t.overfitting.rank, 12);
    expect(logits).toHaveLength(6);
  });

  it('is ½ on noise by the mean of 500 draws, within 4 of their errors; one draw of ten has a deviation of .24', () => {
    const draws = Float64Array.from({ length: 500 }, (_, i) => overfittingProbability(noise(i), { groups: 8 }).probability);
    expectMean(draws, 0.5);
    const mean = draws.reduce((a, b) => a + b) / 500;
    const deviation = Math.sqrt(draws.reduce((a, b) => a + (b - mean) ** 2, 0) / 499);
    expect(Math.abs(deviation / 0.24 - 1)).toBeLessThan(4 / Math.sqrt(1000)); // and .15 of fifty: what a single PBO is worth
  });

  it('is ½ on noise of three too, where the middle one is neither below nor above: .652 if it counted whole', () => {
    expectMean(
      Float64Array.from({ length: 300 }, (_, i) => overfittingProbability(noise(i, 240, 3), { groups: 8 }).probability),
      0.5,
    );
  });

  it('has a ratio of 0 for a half in which a configuration is a cash rate, whose variance is rounding', () => {
    const { data } = normal(key(6), [320, 2], 'float64');
    for (let t = 0; t < 160; t++) data[2 * t] = 0.0001;
    expect(Math.abs(overfittingProbability({ rows: 320, cols: 2, data }, { groups: 2 }).degradation)).toBeLessThan(1); // was 319,620
    // Nor where the half is what is left of larger returns: some of these 60 had 14.
    for (let seed = 0; seed < 20; seed++)
      for (const cash of [1e-5, 1e-4, 2e-4]) {
        const { data: wild } = normal(fold(key(9), seed), [320, 2], 'float64');
        for (let t = 0; t < 320; t++) wild.set([t < 160 ? 0.05 * wild[2 * t] : cash, 0.05 * wild[2 * t + 1]], 2 * t);
        expect(Math.abs(overfittingProbability({ rows: 320, cols: 2, data: wild }).degradation)).toBeLessThan(1);
      }
  });

  it('says how sure it is by returns without merit', () => {
    const good = noise(3);
    for (let t = 0; t < good.rows; t++) good.data[t * 10 + 4] += 0.5;
    const found = overfittingProbability(good, { key: key(1), draws: 99 });
    expect(found.probability).toBeLessThan(0.01);
    expect(found.probabilityOfLoss).toBeLessThan(0.01);
    expect(found.noise?.pValue).toBe(0.01);
    expect(Math.abs((found.noise?.mean ?? 0) - 0.5)).toBeLessThan((4 * (found.noise?.standardDeviation ?? 0)) / Math.sqrt(99));
  });

  it.each<[string, () => unknown, string]>([
    [
      'an odd number of groups',
      () => overfittingProbability(noise(1), { groups: 5 }),
      'groups must be even, so that halves are alike: got 5',
    ],
    ['one configuration', () => overfittingProbability(noise(1, 99, 1)), 'needs 2 configurations or more, got 1'],
    ['too few rows', () => overfittingProbability(noise(1, 20, 2)), '20 rows make 16 groups of fewer than 2'],
    [
      'a missing return',
      () => overfittingProbability({ ...noise(1), data: noise(1).data.fill(Number.NaN, 25, 26) }),
      'configuration 5 at row 2 is NaN',
    ],
    [
      'one that is never invested',
      () => overfittingProbability({ rows: 40, cols: 2, data: Float64Array.from({ length: 80 }, (_, i) => (i % 2) * Math.sin(i)) }),
      'configuration 0 is 0 on every row; drop it',
    ],
  ])('refuses %s', (_, f, message) => expect(f).toThrow(message));
});

describe('expectedMaximumSharpe', () => {
  it('is that of ml4t-diagnostic', () => {
    for (const [i, trials] of [2, 10, 100, 5000].entries())
      if (trials > 2) expect(expectedMaximumSharpe({ trials, variance: 0.002 })).toBeCloseTo(ml4t.expectedMaximum[i], 12);
  });

  it('is exact of two, where the formula has .5198, and never below 0', () => {
    expect(expectedMaximumSharpe({ trials: 2, variance: 1 })).toBeCloseTo(0.5641895835, 10); // 1/√π
    expect(expectedMaximumSharpe({ trials: 1.1, variance: 1 })).toBeCloseTo(0.05641895835, 10); // the formula has −.318
    const near = [1, 1.01, 1.28, 2, 2.5, 3 - 1e-9, 3, 4].map((trials) => expectedMaximumSharpe({ trials, variance: 1 }));
    expect(near).toEqual([...near].sort((a, b) => a - b));
    expect(near[6] - near[5]).toBeLessThan(1e-8);
  });
});
