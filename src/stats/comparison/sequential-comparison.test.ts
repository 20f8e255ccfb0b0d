import { describe, expect, it } from 'vitest';
import { fold, key, normal } from '../../base/index.js';
import { standardNormal } from '../distributions/distributions.js';
import { proportionInterval } from '../scores/coverage.js';
import { sequentialComparison } from './sequential-comparison.js';

const drawn = (k: number, n: number, mean = 0) => normal(fold(key(5), k), [n], 'float64').data.map((z) => mean + z);

describe('sequentialComparison', () => {
  it('weighs the evidence as the likelihood ratio averaged over normal means does', () => {
    const differences = drawn(0, 60, 0.3);
    const looks = sequentialComparison(differences, { tunedFor: 100 });
    const rho = Math.sqrt((-2 * Math.log(0.05) + Math.log(1 - 2 * Math.log(0.05))) / 100);
    let most = 1;
    for (const { count, mean } of looks) {
      const spread = Math.sqrt(differences.slice(0, count).reduce((sum, d) => sum + (d - mean) ** 2, 0) / (count - 1));
      // ∫ exp(λ S/σ − λ² t/2) φ(λ/ρ)/ρ dλ by the midpoint rule on ±8 ρ
      let [ratio, width] = [0, (16 * rho) / 4000];
      for (let i = 0; i < 4000; i++) {
        const lambda = -8 * rho + (i + 0.5) * width;
        const weight = Math.exp(-(lambda ** 2) / (2 * rho ** 2)) / (rho * Math.sqrt(2 * Math.PI));
        ratio += width * weight * Math.exp((lambda * count * mean) / spread - (lambda ** 2 * count) / 2);
      }
      most = Math.max(most, ratio);
      expect(looks[count - 30].pValue).toBeCloseTo(1 / most, 8);
    }
    expect(looks).toHaveLength(31);
  });

  it('refuses a mean of 0 at 0.05 where its interval leaves 0 out, and only there', () => {
    for (let k = 1; k < 40; k++) {
      const looks = sequentialComparison(drawn(k, 300, 0.1 + 0.005 * k), { tunedFor: 150 });
      const first = looks.findIndex(({ interval: { low, high } }) => low > 0 || high < 0);
      expect(looks.findIndex(({ pValue }) => pValue < 0.05)).toBe(first);
    }
  });

  it('holds its level under a thousand looks, where a test at each look does not', () => {
    const runs = 400;
    let [ours, naive] = [0, 0];
    for (let k = 0; k < runs; k++) {
      const differences = drawn(1000 + k, 1030);
      const looks = sequentialComparison(differences, { tunedFor: 500 });
      if (looks.at(-1)!.pValue < 0.05) ours++;
      let [sum, squares, refused] = [0, 0, false];
      for (const [i, d] of differences.entries()) {
        [sum, squares] = [sum + d, squares + d * d];
        const n = i + 1;
        if (n >= 30) refused ||= 2 * standardNormal.survival(Math.abs(sum) / Math.sqrt(((squares - sum ** 2 / n) / (n - 1)) * n)) < 0.05;
      }
      if (refused) naive++;
    }
    expect(proportionInterval(ours, runs).low).toBeLessThan(0.05);
    expect(naive / runs).toBeGreaterThan(0.3);
    expect(ours / runs).toBeLessThan(0.05);
  });

  it('knows nothing while all differences are equal, and says what is no difference', () => {
    const everything = { low: -Infinity, high: Infinity };
    const looks = sequentialComparison([...Array(39).fill(2), 2.5], { tunedFor: 10, from: 39 });
    expect(looks[0]).toEqual({ count: 39, mean: 2, interval: everything, pValue: 1 });
    expect(looks[1].pValue).toBeLessThan(0.05);
    expect(() => sequentialComparison([1, Number.NaN], { tunedFor: 10 })).toThrow('difference 1 is NaN; leave the pair out');
    expect(() => sequentialComparison([1], { tunedFor: 0 })).toThrow('tunedFor');
    expect(() => sequentialComparison([1], { tunedFor: 9, from: 5 })).toThrow('from must be a whole number from 20');
    expect(() => sequentialComparison([1e200], { tunedFor: 9 })).toThrow('use other units');
  });
});
