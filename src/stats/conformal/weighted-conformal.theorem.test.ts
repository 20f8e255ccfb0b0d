import { expect } from 'vitest';
import { estimate } from '../../../tests/support/monte-carlo.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { fold, key, uniform } from '../../base/index.js';
import { weightedConformal } from './weighted-conformal.js';

type Weighted = typeof weightedConformal;

/** How far the interval reaches from scores and weights of the calibration and the weight of the new row. */
const reachOf = (weighted: Weighted, scores: ArrayLike<number>, weights: ArrayLike<number>, weight: number, level: number): number => {
  const { low, high, reach } = weighted(
    { y: scores, forecast: new Float64Array(scores.length), weights },
    { forecast: [0], weights: [weight] },
    level,
  );
  expect(high[0]).toBe(-low[0]);
  expect(high[0]).toBe(reach[0]);
  return high[0];
};
/** All orders of 0 … n. */
const orders = (n: number): number[][] =>
  n < 0 ? [[]] : orders(n - 1).flatMap((order) => Array.from({ length: n + 1 }, (_, at) => [...order.slice(0, at), n, ...order.slice(at)]));

const changed =
  (of: (weights: Float64Array, weight: number, level: number) => { weights: ArrayLike<number>; weight: number; level: number }): Weighted =>
  (calibration, target, level) => {
    const next = of(Float64Array.from(calibration.weights), target.weights[0], level);
    return weightedConformal(
      { ...calibration, weights: next.weights },
      { ...target, weights: Float64Array.from(target.weights, () => next.weight) },
      next.level,
    );
  };
const MUTANTS: Record<string, Weighted> = {
  'forgets the weight of the new row': changed((weights, _, level) => ({ weights, weight: 0, level })),
  'gives all rows one weight': changed((weights, _, level) => ({ weights: weights.map(() => 1), weight: 1, level })),
  'squares the weights': changed((weights, weight, level) => ({ weights: weights.map((w) => w * w), weight: weight ** 2, level })),
  'takes their inverses': changed((weights, weight, level) => ({ weights: weights.map((w) => 1 / w), weight: 1 / weight, level })),
  'misses twice as often': changed((weights, weight, level) => ({ weights, weight, level: 2 * level - 1 })),
};

theorem<Weighted>('thm:conformal-shift', 'a', {
  real: weightedConformal,
  check: (weighted) => {
    // Scores of one law, all 720 orders of six: no distance, so the coverage is 1 − α or more, for any weights up to the last.
    for (const { weights, level } of [
      { weights: [0.2, 0.4, 0.6, 0.8, 1], level: 0.75 },
      { weights: [1, 1, 1, 0.1, 0.1], level: 0.7 },
      { weights: [1, 0.5, 0.25, 0.125, 0.0625], level: 0.6 },
    ]) {
      const all = orders(5);
      const total = weights.reduce((sum, w) => sum + w, 1);
      for (const order of all.slice(0, 30)) {
        const enough = order.slice(0, 5).filter((r) => weights.reduce((sum, w, i) => sum + (order[i] <= r ? w / total : 0), 0) >= level);
        expect(reachOf(weighted, order.slice(0, 5), weights, 1, level)).toBe(Math.min(...enough)); // by its definition; ∞ of none
      }
      const covered = all.filter((order) => order[5] <= reachOf(weighted, order.slice(0, 5), weights, 1, level)).length / all.length;
      expect(covered).toBeGreaterThanOrEqual(level - 1e-12);
      expect(covered).toBeLessThan(level + 0.17); // and not by far: one score of six is a sixth
    }
    // Uniform on [0, cᵢ] with cᵢ that grow: laws are 1 − cᵢ/cₙ₊₁ apart, and old rows count less.
    for (const drift of [0.002, 0.004]) {
      const [n, level] = [60, 0.9];
      const sizes = Float64Array.from({ length: n + 1 }, (_, i) => 1 + drift * i);
      const weights = Float64Array.from({ length: n }, (_, i) => 0.97 ** (n - i));
      const total = weights.reduce((sum, w) => sum + w, 1);
      const lost = weights.reduce((sum, w, i) => sum + (w / total) * 2 * (1 - sizes[i] / sizes[n]), 0);
      expect(lost).toBeLessThan(0.25);
      const chances = Float64Array.from({ length: 400 }, (_, s) => {
        const scores = uniform(fold(key(21), s), [n], 'float64').data.map((u, i) => u * sizes[i]);
        return Math.min(1, reachOf(weighted, scores, weights, 1, level) / sizes[n]);
      });
      const { mean, standardError } = estimate(chances);
      expect(mean).toBeGreaterThan(level - lost - 4 * standardError);
      expect(mean).toBeLessThan(level + 0.05);
    }
  },
  mutants: MUTANTS,
});

theorem<Weighted>('thm:conformal-shift', 'b', {
  real: weightedConformal,
  // With probability δ the last is beyond all others; else all orders are alike. For k = n the coverage is the bound, exactly.
  check: (weighted) => {
    for (const n of [4, 5])
      for (const delta of [0.1, 0.3]) {
        const level = n / (n + 1);
        const all = orders(n);
        const ones = new Float64Array(n).fill(1);
        const within = (order: number[]) => order[n] <= reachOf(weighted, order.slice(0, n), ones, 1, level);
        const usual = all.filter(within).length / all.length;
        const beyond = all.filter((order) => within([...order.slice(0, n), 1e6])).length / all.length;
        const covered = (1 - delta) * usual + delta * beyond;
        expect(covered).toBeCloseTo(((1 - delta) * n) / (n + 1), 12);
        expect(covered).toBeCloseTo(level - delta * (n / (n + 1)), 12);
      }
  },
  mutants: {
    'misses twice as often': MUTANTS['misses twice as often'],
    'counts the new row twice': changed((weights, weight, level) => ({ weights, weight: 2 * weight, level })),
    'forgets the weight of the new row, at the level of a rank below': changed((weights, _, level) => ({
      weights,
      weight: 0,
      level: level - 0.1,
    })),
    'is a tenth surer': changed((weights, weight, level) => ({ weights, weight, level: (9 + level) / 10 })),
  },
});

theorem<Weighted>('thm:conformal-shift', 'c', {
  real: weightedConformal,
  // Given the pairs without their order, the last is each with the chance of its weight. Eight pairs; ω is 0.25 or 4 by the group of x.
  check: (weighted) => {
    let least = 1;
    for (const level of [0.7, 0.85])
      for (let seed = 0; seed < 40; seed++) {
        const scores = Array.from(gaussian(180 + seed, 8), Math.abs);
        const weights = Array.from(gaussian(230 + seed, 8), (z) => (z > 0.4 ? 4 : 0.25));
        const total = weights.reduce((sum, w) => sum + w, 0);
        const covered = scores.reduce((sum, score, j) => {
          const others = <T>(_: T, i: number) => i !== j;
          const reach = reachOf(weighted, scores.filter(others), weights.filter(others), weights[j], level);
          return sum + (score <= reach ? weights[j] / total : 0);
        }, 0);
        expect(covered).toBeGreaterThanOrEqual(level - 1e-12);
        least = Math.min(least, covered - level);
      }
    expect(least).toBeLessThan(0.02); // nearly attained
  },
  mutants: MUTANTS,
});
