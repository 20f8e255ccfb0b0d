import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { plus } from '../../../tests/support/dense.js';
import { close, differs, inputs, type Layer, real, weightsOf } from '../../../tests/support/multi-head.js';
import { theorem } from '../../../tests/support/theorem.js';
import { type Attend, attention } from './attention.js';
import { causalAttention, maskedAttention } from './masked-attention.js';

/** Row order[t] of what comes out is row t of what goes in. */
const moved = (rows: number[][], order: readonly number[]) => rows.map((_, r) => rows[order.indexOf(r)]);

const T = 5;
const ORDERS = [
  [2, 0, 4, 1, 3],
  [1, 0, 2, 3, 4],
];
const ramp = (x: number[][]) => x.map((row, t) => row.map((v, j) => (j === 0 ? v + 0.4 * t : v)));
const ORDERED: Record<string, Layer> = {
  'knows the places of its inputs': (w, x, heads, attend) => real(w, ramp(x), heads, attend),
  'adds the places to its outputs': (w, x, heads, attend) => ramp(real(w, x, heads, attend)),
  'takes running sums': (w, x, heads, attend) => {
    const y = real(w, x, heads, attend);
    return y.map((_, t) => plus(...y.slice(0, t + 1)));
  },
  'turns the rows round': (w, x, heads, attend) =>
    [...real(w, x, heads, attend)].reverse().map((row, t) => (t === 0 ? row.map((v) => v + 1) : row)),
};

theorem<Layer>('thm:permutation-equivariance', 'a', {
  real,
  check: (layer) => {
    for (const [i, order] of ORDERS.entries())
      for (const heads of [1, 2]) {
        const [w, x] = [weightsOf(10 * i), inputs(5 + i, T)];
        const y = layer(w, x, heads, attention);
        const permuted = layer(w, moved(x, order), heads, attention);
        close(permuted, moved(y, order));
        expectClose(plus(...permuted), plus(...y), 5);
        const twice = layer(w, [x[0], x[1], x[0], x[3], x[4]], heads, attention);
        expectClose(twice[0], twice[2], 6);
      }
  },
  mutants: {
    ...ORDERED,
    'sees the past only': (w, x, heads) => real(w, x, heads, causalAttention),
  },
});

const masked =
  (visible: readonly (readonly number[])[]): Attend =>
  (q, k, v) =>
    maskedAttention(q, k, v, { visible: tf.tensor2d(visible.flat(), [visible.length, visible.length], 'bool') });
const causal = Array.from({ length: T }, (_, t) => Array.from({ length: T }, (_, s) => Number(s <= t)));

theorem<Layer>('thm:permutation-equivariance', 'b', {
  real,
  check: (layer) => {
    for (const [i, order] of ORDERS.entries()) {
      const [w, x] = [weightsOf(10 * i), inputs(5 + i, T)];
      const banded = causal.map((row, t) => row.map((_, s) => Number(s <= t && s > t - 3)));
      for (const mask of [causal, banded]) {
        const both = order.map((_, r) => order.map((_, c) => mask[order.indexOf(r)][order.indexOf(c)]));
        expect(both).not.toEqual(mask);
        const y = layer(w, x, 2, masked(mask));
        close(layer(w, moved(x, order), 2, masked(both)), moved(y, order));
        expect(differs(layer(w, moved(x, order), 2, masked(mask)), moved(y, order))).toBeGreaterThan(0.05);
      }
    }
  },
  mutants: {
    ...ORDERED,
    'does not mask': (w, x, heads) => real(w, x, heads, attention),
    'masks the past always': (w, x, heads) => real(w, x, heads, causalAttention),
  },
});

type Causal = (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor) => tf.Tensor;
theorem<Causal>('thm:permutation-equivariance', 'c', {
  real: causalAttention,
  check: (attend) => {
    for (const i of [0, 1]) {
      const [w, x] = [weightsOf(10 * i), inputs(5 + i, T)];
      const layer = (x: number[][]) => real(w, x, 2, attend);
      const y = layer(x);
      const later = layer([...x.slice(0, 3), ...inputs(77, 2)]);
      close(later.slice(0, 3), y.slice(0, 3));
      expect(differs([later[4]], [y[4]])).toBeGreaterThan(0.01);
      const mixed = layer([x[2], x[0], x[1], x[3], x[4]]);
      close(mixed.slice(3), y.slice(3));
      expect(differs([mixed[0]], [y[2]])).toBeGreaterThan(0.01); // which has seen more
      const [twice, twiceMixed] = [layer(y), layer(mixed)];
      expect(differs([twice[4]], [twiceMixed[4]])).toBeGreaterThan(1e-3);
      close([real(w, x.slice(0, 1), 2, attention)[0]], [y[0]]);
    }
    // The example of the proof: running means of running means.
    const x = tf.tensor2d([3, 1, 8], [3, 1]);
    const means = (x: tf.Tensor) => attend(x.zerosLike(), x, x);
    expectClose(means(means(x)).dataSync(), [3, (3 + 2) / 2, (3 + 2 + 4) / 3], 5);
  },
  mutants: {
    'sees everything': (q, k, v) => attention(q, k, v),
    'sees the past without itself': (q, k, v) => {
      const n = q.shape.at(-2)!;
      const visible = Uint8Array.from({ length: n * n }, (_, at) => Number(at % n < Math.max(1, Math.floor(at / n))));
      return maskedAttention(q, k, v, { visible: tf.tensor2d(visible, [n, n], 'bool') });
    },
    'sees the next step': (q, k, v) => {
      const n = q.shape.at(-2)!;
      const visible = Uint8Array.from({ length: n * n }, (_, at) => Number(at % n <= Math.floor(at / n) + 1));
      return maskedAttention(q, k, v, { visible: tf.tensor2d(visible, [n, n], 'bool') });
    },
    'sees itself alone': (_q, _k, v) => v,
    'takes running sums': (q, k, v) => causalAttention(q, k, v).cumsum(-2),
  },
});

theorem<Layer>('thm:permutation-equivariance', 'd', {
  real,
  check: (layer) => {
    for (const [i, order] of ORDERS.entries()) {
      const [w, x, e] = [weightsOf(10 * i), inputs(5 + i, T), inputs(50 + i, T)];
      const sum = (a: number[][], b: number[][]) => a.map((row, t) => plus(row, b[t]));
      const back = e.map((_, t) => e[order[t]]); // Πᵀ E
      close(layer(w, sum(moved(x, order), e), 2, attention), moved(layer(w, sum(x, back), 2, attention), order));
      expect(differs(layer(w, sum(moved(x, order), e), 2, attention), moved(layer(w, sum(x, e), 2, attention), order))).toBeGreaterThan(
        0.05,
      );
    }
  },
  mutants: { ...ORDERED, 'sees the past only': (w, x, heads) => real(w, x, heads, causalAttention) },
});
