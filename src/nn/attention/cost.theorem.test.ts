import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { matrixWork } from '../../../tests/support/matrix-work.js';
import { theorem } from '../../../tests/support/theorem.js';
import { valueAndGrad } from '../../tensor/grad.js';
import { trace } from '../../tensor/trace/trace.js';
import { type Attend, attention, type MultiHeadParams, multiHeadAttention } from './attention.js';
import { performerAttention, positiveFeatures } from './performer-attention.js';

type Shapes = readonly (readonly number[])[];
const specs = (shapes: Shapes) => shapes.map((shape) => ({ shape: [...shape], dtype: 'float32' as const }));
/** Multiplications of a program's matrix products, and with the gradients of q, k and v. */
const forward = (program: Attend, shapes: Shapes) => matrixWork(trace((q, k, v) => [program(q, k, v)], specs(shapes)));
const both = (program: Attend, shapes: Shapes) =>
  matrixWork(
    trace((...inputs) => {
      const { value, grads } = valueAndGrad(([q, k, v]: tf.Tensor[]) => program(q, k, v).square().sum())(inputs);
      return [value, ...(grads as tf.Tensor[])];
    }, specs(shapes)),
  );

const scores = (q: tf.Tensor, k: tf.Tensor) =>
  q
    .matMul(k, false, true)
    .div(Math.sqrt(q.shape.at(-1)!))
    .softmax();
theorem<Attend>('thm:attention-cost', 'a', {
  real: attention,
  check: (attend) => {
    for (const [T, n, D, E] of [
      [5, 7, 3, 4],
      [16, 16, 8, 8],
    ]) {
      const shapes = [
        [T, D],
        [n, D],
        [n, E],
      ];
      expect(forward(attend, shapes)).toBe(T * n * (D + E));
      expect(both(attend, shapes)).toBe(3 * T * n * (D + E));
    }
  },
  mutants: {
    'makes the scores twice': (q, k, v) =>
      scores(q, k)
        .add(scores(q.mul(2), k))
        .matMul(v),
    'squares the weights as matrices': (q, k, v) => scores(q, k).matMul(scores(k, k)).matMul(v),
    'has no scores': (q, k, v) => tf.onesLike(q).sum(-1, true).mul(k.sum()).mul(v.sum(-2, true)),
    'forgets to mix': (q, k, v) => scores(q, k).sum(-1, true).mul(v.sum(-2, true)),
  },
});

const omegaOf = (M: number, D: number) => tf.linspace(-1, 1, M * D).reshape([M, D]);
type Linear = (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, M: number) => tf.Tensor;
const linear: Linear = (q, k, v, M) => performerAttention(q, k, v, { omega: omegaOf(M, q.shape.at(-1)!) });
const kernel = (q: tf.Tensor, k: tf.Tensor, M: number) => {
  const omega = omegaOf(M, q.shape.at(-1)!);
  return [positiveFeatures(q, omega), positiveFeatures(k, omega)];
};
theorem<Linear>('thm:attention-cost', 'b', {
  real: linear,
  check: (attend) => {
    for (const [T, n, D, E, M] of [
      [5, 7, 3, 4, 6],
      [16, 16, 8, 8, 5],
      [40, 40, 4, 4, 8],
      [18, 18, 4, 4, 8],
      [19, 19, 4, 4, 8],
    ]) {
      const shapes = [
        [T, D],
        [n, D],
        [n, E],
      ];
      const withM: Attend = (q, k, v) => attend(q, k, v, M);
      const work = forward(withM, shapes);
      expect(work).toBe((T + n) * M * (D + E + 1));
      expect(both(withM, shapes)).toBe((T + n) * M * (2 * D + 3 * E + 3));
      if (n === T) expect(work < forward(attention, shapes)).toBe(T > 2 * M * (1 + 1 / (D + E)));
    }
  },
  mutants: {
    'brackets the other way': (q, k, v, M) => {
      const [ofQ, ofK] = kernel(q, k, M);
      const weights = ofQ.matMul(ofK, false, true);
      return weights.matMul(v).div(weights.sum(-1, true));
    },
    'has a feature more': (q, k, v, M) => linear(q, k, v, M + 1),
    'has no denominator': (q, k, v, M) => {
      const [ofQ, ofK] = kernel(q, k, M);
      return ofQ.matMul(ofK.matMul(v, true));
    },
    'makes the features of the keys twice': (q, k, v, M) => {
      const [ofQ, ofK] = kernel(q, k, M);
      return linear(q, k, v, M).add(ofQ.matMul(ofK.sum(-2, true), false, true));
    },
    'is exact attention': (q, k, v) => attention(q, k, v),
  },
});

type Heads = (params: MultiHeadParams, x: tf.Tensor, heads: number) => tf.Tensor;
theorem<Heads>('thm:attention-cost', 'c', {
  real: (params, x, heads) => multiHeadAttention(params, x, { heads }),
  check: (layer) => {
    for (const [T, D] of [
      [6, 8],
      [17, 8],
      [16, 8],
      [9, 4],
    ])
      for (const heads of [1, 2, 4]) {
        const graph = trace(
          (x, qkv, shiftQ, shiftV, w, b) => [layer({ qkv, shiftQ, shiftV, out: { w, b } }, x, heads)],
          specs([[1, T, D], [D, 3 * D], [D], [D], [D, D], [D]]),
        );
        const ofMaps = 4 * T * D * D;
        const work = matrixWork(graph);
        expect(work).toBe(ofMaps + 2 * T * T * D);
        expect(work - ofMaps > ofMaps).toBe(T > 2 * D);
      }
  },
  mutants: {
    'has heads of the full width': (params, x, heads) =>
      Array.from({ length: heads }, (_, h) => multiHeadAttention(params, x.mul(h + 1), { heads: 1 })).reduce((a, b) => a.add(b)),
    'has no map of the outputs': (params, x, heads) => multiHeadAttention(params, x, { heads, attend: (_q, _k, v) => v }),
    'is linear': (params, x, heads) => multiHeadAttention(params, x, { heads, attend: (q, k, v) => linear(q, k, v, 4) }),
    'attends twice': (params, x, heads) =>
      multiHeadAttention(params, x, { heads, attend: (q, k, v) => attention(attention(q, k, v), k, v) }),
  },
});
