import { expect } from 'vitest';
import { expectMean } from '../../../tests/support/monte-carlo.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { fold, key, uniform } from '../../base/index.js';
import { type ConformalQuantile, conformalQuantile } from './conformal-quantile.js';
import { splitConformal } from './split-conformal.js';

type Quantile = typeof conformalQuantile;

/** n and 1 − α: with (n + 1)(1 − α) a whole number, and not. */
const CASES = [
  [9, 0.9],
  [24, 0.56],
  [30, 0.9],
  [12, 0.5],
] as const;

/** The chance that the last of these scores is within reach of the others, each as likely to be the last: exact, no sampling. */
const chance = (quantile: Quantile, scores: number[], level: number) =>
  scores.filter(
    (score, j) =>
      score <=
      quantile(
        scores.filter((_, i) => i !== j),
        level,
      ).reach,
  ).length / scores.length;
const binomial = (n: number, k: number): number => (k === 0 ? 1 : (binomial(n, k - 1) * (n - k + 1)) / k);
const rankOf = (n: number, level: number) => Math.ceil((n + 1) * level * (1 - 1e-12));

const atRank =
  (rank: (n: number, level: number) => number): Quantile =>
  (scores, level) => {
    const ascending = Float64Array.from(scores).sort();
    const k = rank(ascending.length, level);
    return { ...conformalQuantile(scores, level), rank: k, reach: k > ascending.length ? Infinity : ascending[Math.max(0, k - 1)] };
  };
const mutate =
  (change: (made: ConformalQuantile) => Partial<ConformalQuantile>): Quantile =>
  (scores, level) => {
    const made = conformalQuantile(scores, level);
    return { ...made, ...change(made) };
  };
const RANKS: Record<string, Quantile> = {
  'takes the quantile of the sample': atRank((n, level) => Math.ceil(n * level)),
  'rounds down': atRank((n, level) => Math.floor((n + 1) * level - 1e-9)),
  'takes one rank less': atRank((n, level) => rankOf(n, level) - 1),
  'takes one rank more': atRank((n, level) => rankOf(n, level) + 1),
  'counts n + 2': atRank((n, level) => rankOf(n + 1, level)),
};

theorem<Quantile>('thm:split-conformal', 'a', {
  real: conformalQuantile,
  check: (quantile) => {
    for (const [n, level] of CASES) {
      const k = rankOf(n, level);
      const scores = Array.from(gaussian(n, n + 1));
      expect(new Set(scores).size).toBe(n + 1); // no ties
      const covered = chance(quantile, scores, level);
      expect(covered).toBeCloseTo(k / (n + 1), 12);
      expect(covered).toBeGreaterThanOrEqual(level - 1e-12);
      expect(covered).toBeLessThan(level + 1 / (n + 1));
      expect(quantile(scores.slice(1), level).coverage).toBeCloseTo(covered, 12);
      for (const digits of [0, 1]) {
        const tied = scores.map((score) => Number(score.toFixed(digits)));
        expect(chance(quantile, tied, level)).toBeGreaterThanOrEqual(k / (n + 1) - 1e-12);
      }
    }
  },
  mutants: {
    ...RANKS,
    'promises the level itself': mutate(({ rows }) => ({ coverage: Math.floor(0.9 * rows) / rows })),
    'promises k/n': mutate(({ rank, rows }) => ({ coverage: rank / rows })),
  },
});

theorem<Quantile>('thm:split-conformal', 'b', {
  real: conformalQuantile,
  check: (quantile) => {
    for (const [level, least] of [
      [0.9, 9],
      [0.95, 19],
      [0.8, 4],
    ])
      for (let n = 1; n <= 2 * least; n++) {
        const { reach } = quantile(gaussian(n, n), level);
        expect(Number.isFinite(reach)).toBe(n >= least);
      }
    expect(quantile([5, 1, 9, 3, 7, 2, 8, 4, 6], 0.9)).toMatchObject({ reach: 9, rank: 9 });
    expect(quantile([5, 1, 9, 3, 7, 2, 8, 4, 6], 0.9).coverage).toBeCloseTo(0.9, 12);
  },
  mutants: {
    ...RANKS,
    'is never infinite': mutate(({ reach }) => ({ reach: Math.min(reach, 9) })),
  },
});

theorem<Quantile>('thm:split-conformal', 'c', {
  real: conformalQuantile,
  // Scores that are uniform on (0, 1): F(r̂) is r̂ itself.
  check: (quantile) => {
    for (const [n, level] of CASES.slice(1)) {
      const k = rankOf(n, level);
      const reaches = Float64Array.from({ length: 1000 }, (_, s) => quantile(uniform(fold(key(n), s), [n], 'float64').data, level).reach);
      const mean = k / (n + 1);
      expectMean(reaches, mean);
      expectMean(
        reaches.map((u) => (u - mean) ** 2),
        (k * (n + 1 - k)) / ((n + 1) ** 2 * (n + 2)),
      );
      // P(F(r̂) ≤ u) is the chance of k or more of n below u.
      const { low, high } = quantile(gaussian(1, n), level).conditionalCoverage;
      for (const [u, probability] of [
        [low, 0.05],
        [high, 0.95],
      ]) {
        let sum = 0;
        for (let j = k; j <= n; j++) sum += binomial(n, j) * u ** j * (1 - u) ** (n - j);
        expect(sum).toBeCloseTo(probability, 8);
      }
    }
  },
  mutants: {
    ...RANKS,
    'has the law of one row more': mutate((made) => ({
      conditionalCoverage: conformalQuantile(gaussian(2, made.rows + 1), made.rank / (made.rows + 1)).conditionalCoverage,
    })),
    'has an interval of 100 %': mutate(() => ({ conditionalCoverage: { low: 0, high: 1 } })),
  },
});

type Split = typeof splitConformal;
const widened =
  (of: (reach: number) => number, score = (error: number) => Math.abs(error)): Split =>
  ({ y, forecast }, at, level) => {
    const scores = Float64Array.from(y, (value, i) => score(value - forecast[i]));
    const made = conformalQuantile(scores, level);
    const reach = of(made.reach);
    return { ...made, low: Float64Array.from(at, (f) => f - reach), high: Float64Array.from(at, (f) => f + reach) };
  };
theorem<Split>('thm:split-conformal', 'd', {
  real: splitConformal,
  // Rows of a skewed law and a forecast that is wrong on purpose: each row as likely as any other to be the new one.
  check: (split) => {
    for (const [n, level] of CASES) {
      const x = gaussian(160 + n, n + 1);
      const y = gaussian(170 + n, n + 1).map((z, i) => Math.exp(z) + x[i]);
      const f = x.map((value) => 2 * value + 1.2);
      const covered = Array.from(y).filter((value, j) => {
        const others = <T>(_: T, i: number) => i !== j;
        const { low, high } = split({ y: y.filter(others), forecast: f.filter(others) }, [f[j]], level);
        expect((low[0] + high[0]) / 2).toBeCloseTo(f[j], 10);
        return low[0] <= value + 1e-12 && value - 1e-12 <= high[0];
      }).length;
      expect(covered / (n + 1)).toBeCloseTo(rankOf(n, level) / (n + 1), 12);
    }
  },
  mutants: {
    'takes errors with their sign': widened(
      (reach) => reach,
      (error) => error,
    ),
    'reaches half as far': widened((reach) => reach / 2),
    'reaches twice as far': widened((reach) => 2 * reach),
    'squares errors and takes no root': widened(
      (reach) => reach,
      (error) => error ** 2,
    ),
  },
});
