import type * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { inDouble } from '../../../tests/support/gradients.js';
import { expectMean, simulatedOnce } from '../../../tests/support/monte-carlo.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { attentionWeights } from './masked-attention.js';

/** Weights [..., T, S] of queries [..., T, D] and keys [..., S, D]. */
type Weights = (q: tf.Tensor, k: tf.Tensor) => tf.Tensor;
const real: Weights = (q, k) => attentionWeights(q, k);
const dividedBy =
  (by: (D: number) => number): Weights =>
  (q, k) =>
    q
      .matMul(k, false, true)
      .div(by(q.shape.at(-1)!))
      .softmax();
const MUTANTS: Record<string, Weights> = {
  'does not divide': dividedBy(() => 1),
  'divides by D': dividedBy((D) => D),
  'divides by the fourth root': dividedBy((D) => D ** 0.25),
  'divides by √(2D)': dividedBy((D) => Math.sqrt(2 * D)),
};

const N = 2000;
/** Signs and a third of normal numbers: two laws with means 0; the deviations of queries and keys are 1 and 1/3, or 1/3 and 1. */
const drawn = (D: number, signs: boolean) =>
  simulatedOnce(`${D} ${signs}`, () => {
    const laws = [(x: number) => Math.sign(x), (x: number) => x / 3];
    const [ofQ, ofK] = signs ? laws : laws.reverse();
    return { q: gaussian(7 * D, N * D).map(ofQ), k: gaussian(7 * D + 1, 2 * N * D).map(ofK) };
  });
/** Scores of two keys but for a constant, from the weights of these and of a third key 0, whose score is 0. */
function scores(f: Weights, q: Float64Array, k: Float64Array, D: number): [number[], number[]] {
  const withZero = (q: tf.Tensor, k: tf.Tensor) =>
    f(
      q,
      k.pad([
        [0, 0],
        [0, 1],
        [0, 0],
      ] as never),
    );
  const { y } = inDouble(withZero, [
    { data: q, shape: [N, 1, D] },
    { data: k, shape: [N, 2, D] },
  ]);
  const at = (s: number) => Array.from({ length: N }, (_, i) => Math.log(Number(y[3 * i + s]) / Number(y[3 * i + 2])));
  return [at(0), at(1)];
}

theorem<Weights>('thm:attention-scale', 'a', {
  real,
  check: (f) => {
    for (const D of [2, 16, 49])
      for (const signs of [true, false]) {
        const { q, k } = drawn(D, signs);
        const [one, other] = scores(f, q, k, D);
        expectMean(one, 0);
        for (const a of [one, other])
          expectMean(
            a.map((x) => x * x),
            1 / 9,
          );
        expectMean(
          one.map((x, i) => x * other[i]),
          0,
        );
      }
  },
  mutants: MUTANTS,
});

theorem<Weights>('thm:attention-scale', 'b', {
  real,
  check: (f) => {
    for (const D of [4, 25])
      for (const signs of [true, false]) {
        const { k } = drawn(D, signs);
        const q = Float64Array.from({ length: N * D }, (_, at) => k[Math.floor(at / D) * 2 * D + (at % D)]);
        const [own] = scores(f, q, k, D);
        const variance = signs ? 1 / 9 : 1;
        expectMean(own, Math.sqrt(D) * variance, { open: 1e-12 });
        expect(Math.max(...own)).toBeGreaterThanOrEqual(Math.sqrt(D) * variance - 1e-9);
      }
  },
  mutants: MUTANTS,
});

theorem<Weights>('thm:attention-scale', 'c', {
  real,
  check: (f) => {
    const D = 4;
    /** Weights of the scores c z, by queries c(1, …, 1) and keys z(1, …, 1)/√D. */
    const weightsOf = (c: number, z: Float64Array, n: number) => {
      const rows = z.length / n;
      const q = { data: new Array<number>(rows * D).fill(c), shape: [rows, 1, D] };
      const k = { data: Float64Array.from({ length: z.length * D }, (_, at) => z[Math.floor(at / D)] / Math.sqrt(D)), shape: [rows, n, D] };
      return Array.from(inDouble(f, [q, k]).y, Number);
    };
    // Two keys: the mean over x = z₁ − z₂ ~ N(0, 2), by the trapezoidal rule in c x.
    const [points, step] = [401, 0.15];
    const ofTwo = (c: number) => {
      const x = Float64Array.from({ length: points }, (_, i) => ((i - (points - 1) / 2) * step) / c);
      const p = weightsOf(
        c,
        Float64Array.from({ length: 2 * points }, (_, at) => (at % 2 === 0 ? x[at / 2] : 0)),
        2,
      );
      return (
        x.reduce((sum, xi, i) => sum + 2 * p[2 * i] * p[2 * i + 1] * Math.exp((-xi * xi) / 4), 0) * (step / c / Math.sqrt(4 * Math.PI))
      );
    };
    const limit = 1 / Math.sqrt(Math.PI);
    for (const c of [0.5, 4]) expect(c * ofTwo(c)).toBeLessThanOrEqual(limit);
    expect(32 * ofTwo(32)).toBeLessThanOrEqual(limit);
    expect(32 * ofTwo(32)).toBeGreaterThan(0.998 * limit);
    // Five keys: the mean of draws.
    const [n, draws] = [5, 500];
    for (const c of [4, 20]) {
      const squares = weightsOf(c, gaussian(3, draws * n), n).reduce((sum, p) => sum + p * p, 0);
      expect(1 - squares / draws).toBeLessThan((n * (n - 1)) / (2 * Math.sqrt(Math.PI) * c));
    }
  },
  mutants: { ...MUTANTS, 'is uniform': (q, k) => q.matMul(k, false, true).mul(0).softmax() },
});
