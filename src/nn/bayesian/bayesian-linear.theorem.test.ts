import type * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { dot } from '../../../tests/support/dense.js';
import { inDouble } from '../../../tests/support/gradients.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { type BayesianLinearParams, bayesianLinear } from './bayesian-linear.js';

type Layer = (params: BayesianLinearParams, x: tf.Tensor, options: { noise: tf.Tensor }) => tf.Tensor;
const real: Layer = (params, x, options) => bayesianLinear(params, x, options);

/** One unit with two weights and a bias, which is the weight of a third input that is always 1. */
const UNITS = [
  { m: [0.5, -1, 0.2], d: [0.3, 0.4, 0.5] },
  { m: [-0.2, 0.7, 1], d: [1.1, 0.2, 0.6] },
];
const ROWS = [
  [2, 1, 1],
  [-0.5, 3, 1],
  [1, 1, 1],
];

/** y [B] at a noise [B], and the gradients of Σ dy ⊙ y by m and d, of weights and bias together. */
function at(layer: Layer, { m, d }: { m: number[]; d: number[] }, rows: number[][], noise: ArrayLike<number>, dy: number[]) {
  const [B, p] = [rows.length, m.length - 1];
  const points = [
    { data: m.slice(0, p), shape: [p, 1] },
    { data: m.slice(p), shape: [1] },
    { data: d.slice(0, p), shape: [p, 1] },
    { data: d.slice(p), shape: [1] },
    { data: rows.flatMap((row) => row.slice(0, p)), shape: [B, p] },
    { data: Float64Array.from(noise), shape: [B, 1] },
  ];
  const call = (...[w, b, sw, sb, x, e]: tf.Tensor[]) => layer({ mean: { w, b }, deviation: { w: sw, b: sb } }, x, { noise: e });
  const { y, grads } = inDouble(call, points, { data: dy, shape: [B, 1] });
  return { y: Array.from(y), byMean: [...grads[0], ...grads[1]], byDeviation: [...grads[2], ...grads[3]] };
}
const spreadOf = (row: number[], d: number[]) => Math.sqrt(row.reduce((sum, v, j) => sum + (v * d[j]) ** 2, 0));

const variant =
  (spread: (x: tf.Tensor, params: BayesianLinearParams) => tf.Tensor, noise = (e: tf.Tensor) => e): Layer =>
  (params, x, options) =>
    x
      .matMul(params.mean.w as tf.Tensor)
      .add(params.mean.b)
      .add(spread(x, params).mul(noise(options.noise)));
const variance = (x: tf.Tensor, { deviation: { w, b } }: BayesianLinearParams) => x.square().matMul(w.square()).add(b.square());
const MUTANTS: Record<string, Layer> = {
  'has the variance for the deviation': variant(variance),
  'adds deviations, not variances': variant((x, { deviation: { w, b } }) => x.abs().matMul(w).add(b)),
  'does not square x': variant((x, { deviation: { w, b } }) => x.abs().matMul(w.square()).add(b.square()).sqrt()),
  'forgets the bias': variant((x, { deviation: { w } }) => x.square().matMul(w.square()).sqrt()),
  'has twice the variance': variant((x, params) => variance(x, params).mul(2).sqrt()),
};

theorem<Layer>('thm:local-reparameterisation', 'a', {
  real,
  check: (layer) => {
    for (const unit of UNITS)
      for (const row of ROWS) {
        const v = spreadOf(row, unit.d);
        for (const xi of [0, 1, -0.7]) {
          const slope = 1.3; // ℓ'
          const { y, byMean, byDeviation } = at(layer, unit, [row], [xi], [slope]);
          expect(y[0]).toBeCloseTo(dot(row, unit.m) + v * xi, 10);
          expectClose(
            byMean,
            row.map((x) => slope * x),
            9,
          );
          expectClose(
            byDeviation,
            row.map((x, j) => (slope * x * x * unit.d[j] * xi) / v),
            9,
          );
        }
      }
  },
  mutants: MUTANTS,
});

theorem<Layer>('thm:local-reparameterisation', 'b', {
  real,
  // Of the weights' noise ξ only e = (x ⊙ d)/v moves the activation. ξ and its mirror in e have one activation, so the mean of their shared
  // gradients, ℓ' xⱼ ξⱼ, is the conditional mean; that of a quadratic loss, ℓ' = a − 1.
  check: (layer) => {
    for (const unit of UNITS)
      for (const row of ROWS) {
        const v = spreadOf(row, unit.d);
        const e = row.map((x, j) => (x * unit.d[j]) / v);
        const xi = Array.from(gaussian(140, 3));
        const along = dot(e, xi);
        const mirrored = xi.map((value, j) => 2 * along * e[j] - value);
        const a = dot(row, unit.m) + v * along;
        const [one, other] = [xi, mirrored].map((draw) => {
          expect(
            dot(
              row,
              unit.m.map((m, j) => m + unit.d[j] * draw[j]),
            ),
          ).toBeCloseTo(a, 10);
          return row.map((x, j) => (a - 1) * x * draw[j]);
        });
        const { y, byDeviation } = at(layer, unit, [row], [along], [a - 1]);
        expect(y[0]).toBeCloseTo(a, 10);
        expectClose(
          byDeviation,
          one.map((value, j) => (value + other[j]) / 2),
          9,
        );
        // For ℓ' = 1 the variances are x⁴d²/v² and x²: never more, and equal where no other weight has a share.
        const { byDeviation: slopes } = at(layer, unit, [row], [1], [1]);
        for (const [j, x] of row.entries()) {
          expect(slopes[j] ** 2).toBeCloseTo((x ** 4 * unit.d[j] ** 2) / v ** 2, 9);
          expect(slopes[j] ** 2).toBeLessThan(x * x);
        }
        const alone = at(layer, { m: unit.m, d: [unit.d[0], 1e-9, 1e-9] }, [row], [1], [1]);
        expect(alone.byDeviation[0] ** 2).toBeCloseTo(row[0] ** 2, 6);
      }
  },
  mutants: MUTANTS,
});

theorem<Layer>('thm:local-reparameterisation', 'c', {
  real,
  // Squared loss is linear in the noise, so variances are sums of squared slopes, without any sampling.
  check: (layer) => {
    for (const unit of UNITS)
      for (const rows of [ROWS, [ROWS[0], ROWS[0], ROWS[0], ROWS[0]]]) {
        const B = rows.length;
        const target = 0.4;
        const gradient = (noise: number[]) => {
          const { y } = at(
            layer,
            unit,
            rows,
            noise,
            rows.map(() => 0),
          );
          return at(
            layer,
            unit,
            rows,
            noise,
            y.map((a) => (a - target) / B),
          ).byMean;
        };
        const none = gradient(rows.map(() => 0));
        const local = none.map(() => 0);
        for (let i = 0; i < B; i++) {
          const moved = gradient(rows.map((_, k) => (k === i ? 1 : 0)));
          for (const [j, g] of moved.entries()) local[j] += (g - none[j]) ** 2;
        }
        const covariance = (i: number, k: number, j: number) =>
          (rows[i][j] * rows[k][j] * rows[i].reduce((sum, x, l) => sum + x * unit.d[l] ** 2 * rows[k][l], 0)) / B ** 2;
        const sum = (of: (i: number, k: number) => number) =>
          rows.reduce((total, _, i) => total + rows.reduce((s, __, k) => s + of(i, k), 0), 0);
        for (const j of [0, 1, 2]) {
          expect(local[j]).toBeCloseTo(
            sum((i, k) => (i === k ? covariance(i, k, j) : 0)),
            9,
          );
          // Shared draws: gᵀ = B⁻¹ Σᵢ xᵢⱼ (xᵢᵀ(m + d ⊙ ξ) − y), linear in ξ.
          const shared = unit.d.reduce((total, d, l) => total + (rows.reduce((s, row) => s + row[j] * row[l] * d, 0) / B) ** 2, 0);
          expect(shared).toBeCloseTo(
            sum((i, k) => covariance(i, k, j)),
            9,
          );
          if (rows[0] === rows[1]) expect(shared / local[j]).toBeCloseTo(B, 9);
        }
      }
  },
  mutants: {
    ...MUTANTS,
    'shares one noise among the rows': variant(
      (x, params) => variance(x, params).sqrt(),
      (e) => e.mean(0, true).add(e.mul(0)),
    ),
    'gives each row the noise of the first': variant(
      (x, params) => variance(x, params).sqrt(),
      (e) => e.slice([0, 0], [1, 1]).add(e.mul(0)),
    ),
  },
});
