import { expectMean } from '../../../tests/support/monte-carlo.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { column, type Matrix } from '../../linalg/index.js';
import { scoreGradient } from './score-gradient.js';

type Gradient = typeof scoreGradient;
const LAWS = [
  { m: [0.4, -0.3], d: [0.6, 0.5] },
  { m: [-0.2, 0.5], d: [0.5, 0.8] },
];
const S = 20_000;
const density = (u: number) => Math.exp(-0.5 * u * u) / Math.sqrt(2 * Math.PI);

/** Functions and the gradients of their means by m and d: an exponential, and a step that has no derivative where it matters. */
const A = [0.7, -0.5];
const INTEGRANDS = [
  {
    g: (theta: number[]) => Math.exp(A[0] * theta[0] + A[1] * theta[1]),
    slopes({ m, d }: (typeof LAWS)[number]) {
      const mean = Math.exp(A[0] * m[0] + A[1] * m[1] + 0.5 * ((A[0] * d[0]) ** 2 + (A[1] * d[1]) ** 2));
      return { mean: A.map((a) => a * mean), deviation: A.map((a, j) => a * a * d[j] * mean) };
    },
  },
  {
    g: (theta: number[]) => (theta[0] > 0 ? 3 : 0) + theta[1],
    slopes: ({ m, d }: (typeof LAWS)[number]) => ({
      mean: [(3 * density(m[0] / d[0])) / d[0], 1],
      deviation: [(-3 * density(m[0] / d[0]) * m[0]) / d[0] ** 2, 0],
    }),
  },
];

const noiseOf = (seed: number, rows: number): Matrix => ({ rows, cols: 2, data: gaussian(seed, 2 * rows) });
const valuesAt = (g: (theta: number[]) => number, noise: Matrix, { m, d }: (typeof LAWS)[number]) =>
  Float64Array.from({ length: noise.rows }, (_, s) => g([0, 1].map((j) => m[j] + d[j] * noise.data[2 * s + j])));

/** Another formula, from excess over a baseline, ξ and d. */
const formula =
  (
    mean: (excess: number, xi: number, d: number) => number,
    deviation: (excess: number, xi: number, d: number) => number,
    baseline?: (values: ArrayLike<number>, s: number) => number,
  ): Gradient =>
  (values, noise, d, options) => {
    const total = Array.from(values).reduce((sum, v) => sum + v, 0);
    const others = (s: number) => (options.baseline === 'none' ? 0 : (total - values[s]) / (values.length - 1));
    const each = (of: typeof mean): Matrix => ({
      ...noise,
      data: noise.data.map((xi, at) => {
        const s = Math.floor(at / noise.cols);
        return of(values[s] - (baseline ?? ((_, s) => others(s)))(values, s), xi, d[at % noise.cols]);
      }),
    });
    return { mean: each(mean), deviation: each(deviation) };
  };
const [byMean, byDeviation] = [
  (excess: number, xi: number, d: number) => (excess * xi) / d,
  (excess: number, xi: number, d: number) => (excess * (xi * xi - 1)) / d,
];
const MUTANTS: Record<string, Gradient> = {
  'forgets the deviation': formula((f, xi) => f * xi, byDeviation),
  'divides by the variance': formula((f, xi, d) => (f * xi) / d ** 2, byDeviation),
  'flips the sign': formula((f, xi, d) => (-f * xi) / d, byDeviation),
  'forgets the one in the score of d': formula(byMean, (f, xi, d) => (f * xi * xi) / d),
  'takes one half off in the score of d': formula(byMean, (f, xi, d) => (f * (xi * xi - 0.5)) / d),
  'has the score of log d': formula(byMean, (f, xi) => f * (xi * xi - 1)),
};

theorem<Gradient>('thm:score-gradient', 'a', {
  real: scoreGradient,
  check: (gradient) => {
    for (const [i, law] of LAWS.entries())
      for (const { g, slopes } of INTEGRANDS) {
        const noise = noiseOf(80 + i, S);
        const { mean, deviation } = gradient(valuesAt(g, noise, law), noise, law.d, { baseline: 'none' });
        const want = slopes(law);
        for (const j of [0, 1]) {
          expectMean(column(mean, j), want.mean[j]);
          expectMean(column(deviation, j), want.deviation[j]);
        }
      }
  },
  mutants: MUTANTS,
});

theorem<Gradient>('thm:score-gradient', 'b', {
  real: scoreGradient,
  // Groups of two and three draws, where a baseline that knew its own value would take a half or a third of the gradient away.
  check: (gradient) => {
    for (const [i, law] of LAWS.entries())
      for (const { g, slopes } of INTEGRANDS) {
        const want = slopes(law);
        for (const K of [2, 3]) {
          const groups = 6000;
          const noise = noiseOf(90 + i, K * groups);
          const values = valuesAt(g, noise, law);
          const estimates = [0, 1, 2, 3].map(() => new Float64Array(groups));
          for (let k = 0; k < groups; k++) {
            const own: Matrix = { rows: K, cols: 2, data: noise.data.subarray(2 * K * k, 2 * K * (k + 1)) };
            const made = gradient(values.subarray(K * k, K * (k + 1)), own, law.d, { baseline: 'leave-one-out' });
            for (let s = 0; s < K; s++)
              for (const j of [0, 1]) {
                estimates[j][k] += made.mean.data[2 * s + j] / K;
                estimates[2 + j][k] += made.deviation.data[2 * s + j] / K;
              }
          }
          for (const j of [0, 1]) {
            expectMean(estimates[j], want.mean[j]);
            expectMean(estimates[2 + j], want.deviation[j]);
          }
        }
        // A constant baseline: values may be moved by any number.
        const noise = noiseOf(97 + i, S);
        const moved = valuesAt((theta) => g(theta) - 0.8, noise, law);
        const { mean, deviation } = gradient(moved, noise, law.d, { baseline: 'none' });
        for (const j of [0, 1]) {
          expectMean(column(mean, j), want.mean[j]);
          expectMean(column(deviation, j), want.deviation[j]);
        }
      }
  },
  mutants: {
    ...MUTANTS,
    'has its own value in the baseline': formula(
      byMean,
      byDeviation,
      (values) => Array.from(values).reduce((a, b) => a + b, 0) / values.length,
    ),
    'measures each value against itself': formula(byMean, byDeviation, (values, s) => values[s]),
  },
});

theorem<Gradient>('thm:score-gradient', 'c', {
  real: scoreGradient,
  check: (gradient) => {
    for (const [i, law] of [...LAWS, { m: [0.4, -0.3], d: [0.1, 0.5] }].entries())
      for (const shift of [0, 2]) {
        const noise = noiseOf(100 + i, S);
        const a = [1.5, -2];
        const g = (theta: number[]) => shift + a[0] * theta[0] + a[1] * theta[1];
        const { mean } = gradient(valuesAt(g, noise, law), noise, law.d, { baseline: 'none' });
        const level = shift + a[0] * law.m[0] + a[1] * law.m[1];
        const spread = a.reduce((sum, slope, j) => sum + (slope * law.d[j]) ** 2, 0);
        for (const j of [0, 1]) {
          const variance = (level ** 2 + spread) / law.d[j] ** 2 + a[j] ** 2;
          expectMean(
            column(mean, j).map((value) => (value - a[j]) ** 2),
            variance,
          );
        }
      }
  },
  mutants: {
    'forgets the deviation': MUTANTS['forgets the deviation'],
    'divides by the variance': MUTANTS['divides by the variance'],
    'has a tenth more variance': formula((f, xi, d) => (1.05 * f * xi) / d, byDeviation),
    'has a tenth less': formula((f, xi, d) => (0.95 * f * xi) / d, byDeviation),
    'has a baseline of one': formula(byMean, byDeviation, () => 1),
  },
});
