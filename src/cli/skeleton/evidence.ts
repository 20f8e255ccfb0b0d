/** tests/weeks/weekNN.test.ts: the check of the theorem. It moves beside the function when the week has one of its own. */
export const check = (week: string): string => `import { expect } from 'vitest';
import { mean } from '../../src/linalg/index.js';
import { theorem } from '../support/theorem.js';

theorem('thm:${week}-mean', {
  real: mean,
  // The identity of the theorem at constants on both sides of the mean, for two samples, so that no coincidence can hide a mistake.
  check: (mean) => {
    for (const x of [Float64Array.of(3, -1, 4, 1, -5), Float64Array.of(2, 7, 1, 8)]) {
      const squares = (c: number) => x.reduce((total, value) => total + (value - c) ** 2, 0);
      const m = mean(x);
      for (const c of [-2, 0.5, 3]) expect(squares(c)).toBeCloseTo(squares(m) + x.length * (c - m) ** 2, 10);
    }
  },
  mutants: {
    'divides by n − 1': (x) => (mean(x) * x.length) / (x.length - 1),
    'takes the middle of the extremes': (x) => (Math.min(...Array.from(x)) + Math.max(...Array.from(x))) / 2,
  },
});
`;

/** experiments/weekNN/mean.ts: evidence that takes longer than a notebook should. */
export const experiment = (week: string): string => `import { standardDeviation } from '../../src/linalg/index.js';
import { key, normal, split } from '../../src/tensor/index.js';
import type { Experiment } from '../experiment.js';
import { share } from '../share.js';

export default {
  name: '${week}/mean',
  about: 'An interval of 1.96 standard errors covers the mean of normal months about 95 times in 100.',
  seed: 1,
  sanity: { coverage: { atLeast: 0.94, atMost: 0.96 } },
  async run({ quick, onStep }) {
    const samples = quick ? 200 : 20_000;
    const n = 240;
    let covered = 0;
    for (const [i, k] of split(key(this.seed), samples).entries()) {
      const x = normal(k, [n], 'float64').data;
      const mean = x.reduce((total, value) => total + value, 0) / n;
      if (Math.abs(mean) < (1.96 * standardDeviation(x)) / Math.sqrt(n)) covered++;
      onStep(i, samples);
    }
    return { numbers: { coverage: share(covered / samples, samples, 'share of 95 % intervals that cover the true mean') } };
  },
} satisfies Experiment;
`;
