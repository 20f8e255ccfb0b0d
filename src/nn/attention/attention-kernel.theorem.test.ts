import type * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { dot, rowsOf } from '../../../tests/support/dense.js';
import { inDouble } from '../../../tests/support/gradients.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { attention } from './attention.js';

// Constants such as 1/√D are rounded to float32 in a program, so values agree to 10⁻⁷ or so.
const [T, N, D, E] = [3, 4, 3, 2];
/** Queries [T, D], keys [N, D] and values [N, E]. */
interface At {
  readonly q: Float64Array;
  readonly k: Float64Array;
  readonly v: Float64Array;
}
/** The outputs [T, E]. */
type Attention = (at: At) => Float64Array;
const real: Attention = ({ q, k, v }) => {
  const points = [
    { data: q, shape: [T, D] },
    { data: k, shape: [N, D] },
    { data: v, shape: [N, E] },
  ];
  return Float64Array.from(inDouble(attention as (...inputs: tf.Tensor[]) => tf.Tensor, points).y);
};
const PLACES: At[] = [10, 20].map((seed) => ({ q: gaussian(seed, T * D), k: gaussian(seed + 1, N * D), v: gaussian(seed + 2, N * E) }));

const kernelMean =
  (K: (q: number[], k: number[]) => number): Attention =>
  (at) => {
    const [Q, keys, V] = [rowsOf(at.q, D), rowsOf(at.k, D), rowsOf(at.v, E)];
    const y = Q.flatMap((q) => {
      const w = keys.map((k) => K(q, k));
      const all = w.reduce((sum, x) => sum + x, 0);
      return V[0].map((_, j) => w.reduce((sum, x, s) => sum + x * V[s][j], 0) / all);
    });
    return Float64Array.from(y);
  };
const squared = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + (x - b[i]) ** 2, 0);
const gauss = (h2: number) => (q: number[], k: number[]) => Math.exp(-squared(q, k) / (2 * h2));
const KERNELS: Record<string, Attention> = {
  'has the bandwidth 1': kernelMean(gauss(1)),
  'has the bandwidth √D': kernelMean(gauss(D)),
  'has a Laplace kernel': kernelMean((q, k) => Math.exp(-Math.sqrt(squared(q, k) / Math.sqrt(D)))),
  'has a Cauchy kernel': kernelMean((q, k) => 1 / (1 + squared(q, k) / Math.sqrt(D))),
  'takes the nearest alone': kernelMean(gauss(1e-3)),
};
const onSphere = (at: At): At => ({
  ...at,

  k: Float64Array.from(rowsOf(at.k, D).flatMap((k) => k.map((x) => (1.5 * x) / Math.hypot(...k)))),
});

theorem<Attention>('thm:attention-kernel', 'a', {
  real,
  check: (f) => {
    for (const at of PLACES) {
      const Y = rowsOf(f(at), E);
      const [Q, K, V] = [rowsOf(at.q, D), rowsOf(at.k, D), rowsOf(at.v, E)];
      for (const [t, y] of Y.entries()) {
        const loss = (y: number[]) => V.reduce((sum, v, s) => sum + Math.exp(dot(Q[t], K[s]) / Math.sqrt(D)) * squared(v, y), 0);
        // At the minimum of a parabola differences to both sides are equal, and positive.
        for (let j = 0; j < E; j++) {
          const moved = (h: number) => loss(y.map((x, i) => (i === j ? x + h : x))) - loss(y);
          expect(moved(0.1)).toBeGreaterThan(0);
          expect(moved(0.1)).toBeCloseTo(moved(-0.1), 6);
        }
      }
    }
  },
  mutants: {
    ...KERNELS,
    'does not divide the scores': kernelMean((q, k) => Math.exp(dot(q, k))),
    'squares the weights': kernelMean((q, k) => Math.exp((2 * dot(q, k)) / Math.sqrt(D))),
  },
});

theorem<Attention>('thm:attention-kernel', 'b', {
  real,
  check: (f) => {
    for (const at of PLACES) {
      const prior = (k: number[]) => Math.exp(dot(k, k) / (2 * Math.sqrt(D)));
      expectClose(f(at), kernelMean((q, k) => prior(k) * gauss(Math.sqrt(D))(q, k))(at), 6);
      expectClose(f(onSphere(at)), kernelMean(gauss(Math.sqrt(D)))(onSphere(at)), 6);
    }
  },
  mutants: {
    ...KERNELS,
    'has no prior weights': kernelMean(gauss(Math.sqrt(D))),
    'does not divide the scores': kernelMean((q, k) => Math.exp(dot(q, k))),
  },
});

theorem<Attention>('thm:attention-kernel', 'c', {
  real,
  check: (f) => {
    for (const at of PLACES.map(onSphere)) {
      const [Q, K, V] = [rowsOf(at.q, D), rowsOf(at.k, D), rowsOf(at.v, E)];
      const output = (c: number) => rowsOf(f({ ...at, q: at.q.map((x) => c * x) }), E);
      expectClose(
        output(0).flat(),
        Q.flatMap(() => V[0].map((_, j) => V.reduce((sum, v) => sum + v[j] / N, 0))),
        10,
      );
      for (const c of [0.5, 2, 8, 20])
        for (const [t, y] of output(c).entries()) {
          const scores = K.map((k) => dot(Q[t], k) / Math.sqrt(D));
          const order = scores.map((_, s) => s).sort((i, j) => scores[j] - scores[i]);
          const gap = scores[order[0]] - scores[order[1]];
          const first = V[order[0]];
          const far = Math.max(...V.map((v) => Math.sqrt(squared(v, first))));
          const distance = Math.sqrt(squared(y, first));
          expect(distance).toBeLessThanOrEqual((N - 1) * Math.exp(-c * gap) * far + 1e-12);
          expect(K.every((k) => squared(Q[t], k) >= squared(Q[t], K[order[0]]) - 1e-12)).toBe(true);
        }
    }
    // Nearly attained where all keys but the first are one, and their values too.
    const q = Float64Array.from({ length: T * D }, (_, i) => [2, 1, -1][i % D]);
    const k = Float64Array.from({ length: N * D }, (_, i) => (i < D ? [1, 0, -0.5] : [0, -1, -0.5])[i % D]);
    const v = Float64Array.from({ length: N * E }, (_, i) => (i < E ? [1, 2] : [4, -2])[i % E]);
    for (const c of [4, 6]) {
      const [y] = rowsOf(f({ q: q.map((x) => c * x), k, v }), E); // the gap is 3/√3, the values are 5 apart
      const bound = (N - 1) * Math.exp((-3 * c) / Math.sqrt(D)) * 5;
      expect(Math.hypot(y[0] - 1, y[1] - 2)).toBeLessThanOrEqual(bound);
      expect(Math.hypot(y[0] - 1, y[1] - 2)).toBeGreaterThan(0.99 * bound);
    }
  },
  mutants: {
    'has the bandwidth √D': kernelMean((q, k) => Math.exp(dot(q, k) / D)),
    'does not divide the scores': kernelMean((q, k) => Math.exp(dot(q, k))),
    'has a Cauchy kernel': KERNELS['has a Cauchy kernel'],
    'forgets keys that look away': kernelMean((q, k) => (dot(q, k) < 0 ? 0 : Math.exp(dot(q, k) / Math.sqrt(D)))),
  },
});
