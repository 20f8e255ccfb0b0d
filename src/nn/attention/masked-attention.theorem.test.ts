import type * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { times } from '../../../tests/support/dense.js';
import { inDouble } from '../../../tests/support/gradients.js';
import { theorem } from '../../../tests/support/theorem.js';
import { svd } from '../../linalg/index.js';
import { attentionWeights } from './masked-attention.js';

/** The softmax of scores, and the gradient of its scores for a gradient of its values. */
type Softmax = (scores: readonly number[], dp: readonly number[]) => { readonly p: readonly number[]; readonly da: readonly number[] };

/** The weights of one query 1 of width 1: keys are scores. */
const real: Softmax = (scores, dp) => {
  const n = scores.length;
  const weights = (k: tf.Tensor) => attentionWeights(k.slice([0, 0], [1, 1]).onesLike(), k);
  const { y, grads } = inDouble(weights, [{ data: scores, shape: [n, 1] }], { data: dp, shape: [1, n] });
  return { p: Array.from(y, Number), da: Array.from(grads[0], Number) };
};
const total = (v: readonly number[]) => v.reduce((sum, x) => sum + x, 0);
const normalised = (v: readonly number[]) => v.map((x) => x / total(v));
const softmax = (a: readonly number[]) => normalised(a.map(Math.exp));
const right = (p: readonly number[], dp: readonly number[]) => p.map((x, i) => x * (dp[i] - total(times(p, dp))));
const values =
  (f: (a: readonly number[]) => number[]): Softmax =>
  (a, dp) => ({ p: f(a), da: right(f(a), dp) });
const backward =
  (f: (p: readonly number[], dp: readonly number[]) => number[]): Softmax =>
  (a, dp) => ({ p: softmax(a), da: f(softmax(a), dp) });

const SCORES = [
  [0.3, -1, 2, 0.5],
  [1, 1, -0.7],
  [-2, 0.1],
];
const unit = (n: number, j: number) => Array.from({ length: n }, (_, i) => Number(i === j));
/** J, column by column: what its product with a unit vector is. */
const jacobian = (f: Softmax, a: readonly number[]) => a.map((_, j) => f(a, unit(a.length, j)).da);
const spectrum = (J: readonly (readonly number[])[]) => svd({ rows: J.length, cols: J.length, data: Float64Array.from(J.flat()) }).s;

theorem<Softmax>('thm:softmax-jacobian', 'a', {
  real,
  check: (f) => {
    for (const a of SCORES) {
      const { p } = f(a, a);
      expect(total(p)).toBeCloseTo(1, 12);
      for (const c of [-3, 0.4, 7]) {
        const moved = a.map((x) => x + c);
        expectClose(f(moved, a).p, p, 10);
      }
      // The logarithms give the scores back, but for a constant: another difference, other weights.
      expectClose(
        p.map((x) => Math.log(x / p[0])),
        a.map((x) => x - a[0]),
        10,
      );
    }
  },
  mutants: {
    'forgets to normalise': values((a) => a.map(Math.exp)),
    'doubles the scores': values((a) => softmax(a.map((x) => 2 * x))),
    'turns the scores round': values((a) => softmax(a.map((x) => -x))),
    'divides by the norm': values((a) => a.map((x) => Math.exp(x) / Math.hypot(...a.map(Math.exp)))),
    'normalises squares': values((a) => normalised(a.map((x) => x * x))),
    'has logistic functions': values((a) => normalised(a.map((x) => 1 / (1 + Math.exp(-x))))),
  },
});

const BACKWARD: Record<string, Softmax> = {
  'forgets the mean': backward((p, dp) => times(p, dp)),
  'adds the mean': backward((p, dp) => p.map((x, i) => x * (dp[i] + total(times(p, dp))))),
  'takes the sum for the mean': backward((p, dp) => p.map((x, i) => x * (dp[i] - total(dp)))),
  'takes the plain mean': backward((p, dp) => p.map((x, i) => x * (dp[i] - total(dp) / dp.length))),
  'forgets the weights': backward((p, dp) => dp.map((x) => x - total(times(p, dp)))),
  'is diagonal': backward((p, dp) => p.map((x, i) => x * (1 - x) * dp[i])),
  'is doubled': backward((p, dp) => right(p, dp).map((x) => 2 * x)),
};

theorem<Softmax>('thm:softmax-jacobian', 'b', {
  real,
  check: (f) => {
    const h = 1e-5;
    for (const a of SCORES) {
      const dp = a.map((_, i) => Math.cos(3 * i + a.length));
      const { da } = f(a, dp);
      const loss = (j: number, by: number) => total(times(softmax(a.map((x, i) => (i === j ? x + by : x))), dp));
      expectClose(
        da,
        a.map((_, j) => (loss(j, h) - loss(j, -h)) / (2 * h)),
        8,
      );
      expect(total(da)).toBeCloseTo(0, 12);
    }
  },
  mutants: BACKWARD,
});

theorem<Softmax>('thm:softmax-jacobian', 'c', {
  real,
  check: (f) => {
    for (const a of [...SCORES, [0.2, 0.2], [9, 9, -30]]) {
      const J = jacobian(f, a);
      for (const [i, row] of J.entries()) for (const [j, x] of row.entries()) expect(x).toBeCloseTo(J[j][i], 12);
      const { p } = f(a, a);
      const most = Math.max(...p.map((x) => x * (1 - x)));
      const s = spectrum(J);
      expect(s[0]).toBeGreaterThanOrEqual(most - 1e-12);
      expect(s[0]).toBeLessThanOrEqual(2 * most + 1e-12);
      expect(s[0]).toBeLessThanOrEqual(0.5 + 1e-12);
      expect(s.at(-1)).toBeCloseTo(0, 12);
      expect(Math.max(...a) - Math.min(...a) > 20 || s.at(-2)! > 0.01).toBe(true); // the kernel is a line
      expectClose(f(a, new Array<number>(a.length).fill(1)).da, new Array<number>(a.length).fill(0), 12);
      const other = a.map((x, i) => x + 0.3 * Math.sin(5 * i + 1));
      const moved = Math.hypot(...f(other, a).p.map((x, i) => x - p[i]));
      expect(moved).toBeLessThanOrEqual(0.5 * Math.hypot(...other.map((x, i) => x - a[i])));
    }
    expect(spectrum(jacobian(f, [0.2, 0.2]))[0]).toBeCloseTo(0.5, 12);
    // A key with half of the weight beside 60 others: the lower bound is nearly attained.
    const J = jacobian(f, [Math.log(60), ...new Array<number>(60).fill(0)]);
    expect(spectrum(J)[0]).toBeLessThan(1.02 * J[0][0]);
    // Nearly attained: an eighth of a per cent from the bound.
    const [p, q] = [f([0.05, -0.05], [1, 0]).p, f([-0.05, 0.05], [1, 0]).p];
    expect(Math.hypot(p[0] - q[0], p[1] - q[1]) / Math.hypot(0.1, 0.1)).toBeGreaterThan(0.499);
  },
  mutants: {
    ...BACKWARD,
    'is halved': backward((p, dp) => right(p, dp).map((x) => x / 2)),
    'has the scores doubled': (a, dp) => {
      const { p, da } = real(
        a.map((x) => 2 * x),
        dp,
      );
      return { p, da: da.map((x) => 2 * x) };
    },
  },
});

theorem<Softmax>('thm:softmax-jacobian', 'd', {
  real,
  check: (f) => {
    for (const gap of [0.5, 2, 5, 9])
      for (const n of [2, 4, 7]) {
        const a = Array.from({ length: n }, (_, i) => (i === 0 ? gap : 0));
        const { p } = f(a, a);
        const bound = (n - 1) * Math.exp(-gap);
        expect(1 - p[0]).toBeLessThanOrEqual(bound);
        const s = spectrum(jacobian(f, a));
        expect(s[0]).toBeLessThanOrEqual(2 * (1 - p[0]) + 1e-12);
        if (gap === 9) expect(1 - p[0]).toBeGreaterThan(0.999 * bound); // nearly attained
        if (gap === 9 && n === 2) expect(s[0]).toBeGreaterThan(0.999 * 2 * (1 - p[0]));
      }
  },
  mutants: {
    'forgets to normalise': values((a) => a.map(Math.exp)),
    'halves the scores': values((a) => softmax(a.map((x) => x / 2))),
    'doubles the scores': values((a) => softmax(a.map((x) => 2 * x))),
    'forgets the weights': BACKWARD['forgets the weights'],
    'is halved': backward((p, dp) => right(p, dp).map((x) => x / 2)),
    'is doubled': BACKWARD['is doubled'],
  },
});
