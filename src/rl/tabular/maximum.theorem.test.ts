import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { expectMean, simulatedOnce } from '../../../tests/support/monte-carlo.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { tdTarget } from '../agents/q-network.js';
import { estimateMaximum, type MaximumEstimates } from './maximum.js';

type Estimate = typeof estimateMaximum;
const average = (v: readonly number[]) => v.reduce((sum, x) => sum + x, 0) / v.length;
const halves = (draws: readonly (readonly number[])[]) =>
  [0, 1].map((parity) => draws.map((row) => average(row.filter((_, i) => i % 2 === parity))));
const best = (means: readonly number[]) => means.indexOf(Math.max(...means));
const with_ =
  (part: keyof MaximumEstimates, value: (draws: readonly (readonly number[])[]) => number): Estimate =>
  (draws) => ({
    ...estimateMaximum(draws),
    [part]: value(draws),
  });

/** Draws of m actions with these means, each ± 1 with the same probability, two of each: all cases. */
const cases = (means: readonly number[]) =>
  Array.from({ length: 4 ** means.length }, (_, code) =>
    means.map((mean, a) => [0, 1].map((i) => mean + 2 * ((code >> (2 * a + i)) & 1) - 1)),
  );
const expected = (f: Estimate, means: readonly number[], part: keyof MaximumEstimates) =>
  average(cases(means).map((draws) => f(draws)[part]));

const SINGLE: Record<string, Estimate> = {
  'takes the mean of the means': with_('single', (draws) => average(draws.map(average))),
  'takes the least': with_('single', (draws) => Math.min(...draws.map(average))),
  'takes the largest draw': with_('single', (draws) => Math.max(...draws.flat())),
  'adds up instead of averaging': with_('single', (draws) => 2 * Math.max(...draws.map(average))),
  'takes the largest of one half': with_('single', (draws) => Math.max(...halves(draws)[0])),
  'always takes the first action': with_('single', (draws) => average(draws[0])),
};

theorem<Estimate>('thm:double-q', 'a', {
  real: estimateMaximum,
  check: (f) => {
    // Means of two draws ± 1 are −1, 0, 1 with probabilities ¼, ½, ¼: the larger of two has the mean ⅜, of three more.
    expect(expected(f, [0, 0], 'single')).toBeCloseTo(3 / 8, 12);
    expect(expected(f, [0.3, 0.3, 0.3], 'single')).toBeGreaterThan(0.3 + 3 / 8);
    for (const means of [
      [0, 0.5],
      [1, 0, -1],
    ])
      expect(expected(f, means, 'single')).toBeGreaterThan(Math.max(...means) + 0.01);
    // An action that is always the largest: no bias.
    expect(expected(f, [5, 0, 1], 'single')).toBeCloseTo(5, 12);
    expect(expected(f, [0, 7], 'single')).toBeCloseTo(7, 12);
  },
  mutants: SINGLE,
});

type Target = (
  values: readonly number[],
  options: { readonly discount: number; readonly reward: number; readonly online?: readonly number[] },
) => number;
const target: Target = (values, { discount, reward, online }) =>
  tf.tidy(
    () =>
      tdTarget(
        tf.tensor2d([[...values]]),
        { reward: tf.tensor1d([reward]), terminated: tf.tensor1d([0]) },
        { discount, online: online && tf.tensor2d([[...online]]) },
      ).dataSync()[0],
  );

theorem<Target>('thm:double-q', 'b', {
  real: target,
  check: (f) => {
    for (const m of [2, 3, 7])
      for (const [v, C] of [
        [0, 1],
        [-2, 4],
        [3, 0.25],
      ]) {
        const bound = Math.sqrt(C / (m - 1));
        // m − 1 errors alike and one that makes up for them: attained.
        const hardest = Array.from({ length: m }, (_, a) => v + (a === 1 ? -(m - 1) * bound : bound));
        const other = Array.from({ length: m }, (_, a) => Math.sin(3 * a + m));
        const centred = other.map((x) => x - average(other));
        const scale = Math.sqrt(C / average(centred.map((x) => x * x)));
        for (const values of [hardest, centred.map((x) => v + scale * x)]) {
          const errors = values.map((x) => x - v);
          expect(average(errors)).toBeCloseTo(0, 10);
          expect(average(errors.map((x) => x * x))).toBeCloseTo(C, 10);
          for (const discount of [0.5, 1])
            expect(f(values, { discount, reward: 1 })).toBeGreaterThanOrEqual(1 + discount * (v + bound) - 1e-5);
        }
        expect(f(hardest, { discount: 0.9, reward: 1 })).toBeCloseTo(1 + 0.9 * (v + bound), 5);
      }
  },
  mutants: {
    'takes the mean': (values, { discount, reward }) => reward + discount * average(values),
    'takes the least': (values, { discount, reward }) => reward + discount * Math.min(...values),
    'forgets the discount': (values, { reward }) => reward + Math.max(...values),
    'discounts the reward': (values, { discount, reward }) => discount * (reward + Math.max(...values)),
    'forgets the reward': (values, { discount }) => discount * Math.max(...values),
    'takes the largest size': (values, { discount, reward }) => reward + discount * Math.max(...values.map(Math.abs)),
  },
});

theorem<Estimate>('thm:double-q', 'c', {
  real: estimateMaximum,
  check: (f) => {
    for (const [m, n, sigma] of [
      [2, 2, 1],
      [2, 8, 3],
      [10, 4, 2],
    ]) {
      const runs = 2000;
      const z = simulatedOnce(`${m} ${n}`, () => gaussian(10 * m + n, runs * m * n));
      const singles = Array.from(
        { length: runs },
        (_, run) =>
          f(Array.from({ length: m }, (_, a) => Array.from({ length: n }, (_, i) => 1 + sigma * z[(run * m + a) * n + i]))).single,
      );
      const deviation = sigma / Math.sqrt(n);
      if (m === 2) expectMean(singles, 1 + deviation / Math.sqrt(Math.PI));
      // Of ten standard normal numbers the largest has the mean 1.53875 (Harter 1961, table 1).
      else expectMean(singles, 1 + 1.53875 * deviation);
      expect(average(singles)).toBeLessThan(1 + deviation * Math.sqrt(2 * Math.log(m)));
    }
    // Of many actions the bound is nearly attained: the largest of 10,000 has the mean 3.8516, of 4.2919 that are promised.
    const [m, runs] = [10_000, 20];
    const z = simulatedOnce('many', () => gaussian(99, runs * m * 2));
    const singles = Array.from(
      { length: runs },
      (_, run) => f(Array.from({ length: m }, (_, a) => [0, 1].map((i) => z[(run * m + a) * 2 + i]))).single,
    );
    expectMean(singles, 3.8516 / Math.SQRT2);
    expect(average(singles)).toBeGreaterThan(0.85 * Math.sqrt(Math.log(m)));
  },
  mutants: SINGLE,
});

theorem<Estimate>('thm:double-q', 'd', {
  real: estimateMaximum,
  check: (f) => {
    for (const mean of [0, 0.4]) {
      expect(expected(f, [mean, mean], 'double')).toBeCloseTo(mean, 12);
      expect(expected(f, [mean, mean, mean], 'double')).toBeCloseTo(mean, 12);
    }
    // Means ½ and 0, one draw ± 1 of each in a half: the second is chosen in one of four cases, where its draw is 1 and the other's −1.
    expect(expected(f, [0.5, 0], 'double')).toBeCloseTo(0.75 * 0.5, 12);
    expect(expected(f, [0, 0.5], 'double')).toBeCloseTo(0.75 * 0.5, 12);
    expect(expected(f, [5, 0, 1], 'double')).toBeCloseTo(5, 12);
  },
  mutants: {
    'chooses and values by the same half': with_('double', (draws) => average(halves(draws).map((means) => Math.max(...means)))),
    'chooses by all draws': with_('double', (draws) => average(halves(draws).map((means) => means[best(draws.map(average))]))),
    'takes the worst of the other half': with_('double', (draws) => {
      const [a, b] = halves(draws);
      return (b[best(a.map((x) => -x))] + a[best(b.map((x) => -x))]) / 2;
    }),
    'adds up instead of averaging': with_('double', (draws) => {
      const [a, b] = halves(draws);
      return b[best(a)] + a[best(b)];
    }),
    'always takes the first action': with_('double', (draws) => average(draws[0])),
    'is the single estimate': with_('double', (draws) => estimateMaximum(draws).single),
  },
});

const MEANS = [0.5, 0];
/** Expected targets over independent errors ± 1 of both networks' values of two actions. */
const meanTarget = (f: Target, online: boolean) =>
  average(
    Array.from({ length: 16 }, (_, code) => {
      const at = (i: number) => MEANS[i % 2] + 2 * ((code >> i) & 1) - 1;
      return f([at(0), at(1)], { discount: 0.8, reward: 2, online: online ? [at(2), at(3)] : undefined });
    }),
  );

theorem<Target>('thm:double-q', 'e', {
  real: target,
  check: (f) => {
    // By one network: values (½ ± 1, ± 1), whose maxima are 1.5, 1.5, 1 and −0.5.
    expect(meanTarget(f, false)).toBeCloseTo(2 + 0.8 * 0.875, 5);
    expect(meanTarget(f, true)).toBeCloseTo(2 + 0.8 * 0.75 * 0.5, 5);
    const right = 2 + 0.8 * Math.max(...MEANS);
    expect(meanTarget(f, false)).toBeGreaterThan(right);
    expect(meanTarget(f, true)).toBeLessThan(right);
  },
  mutants: {
    'always values its own choice': (values, { discount, reward }) => reward + discount * Math.max(...values),
    'takes the value of the network that chose': (values, { discount, reward, online }) =>
      reward + discount * Math.max(...(online ?? values)),
    'chooses the worst': (values, options) => target(values, { ...options, online: (options.online ?? values).map((x) => -x) }),
    'forgets the discount': (values, options) => target(values, { ...options, discount: 1 }),
    'forgets the reward': (values, options) => target(values, { ...options, reward: 0 }),
  },
});
