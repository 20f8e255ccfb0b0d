import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectCompiled } from '../../../tests/support/compiled.js';
import { expectReference, expectSameDerivatives, inDouble } from '../../../tests/support/gradients.js';
import { key } from '../../base/random.js';
import { gradCheck } from '../../tensor/grad-check.js';
import { map } from '../../tensor/tree.js';
import reference from '../pytorch.reference.json' with { type: 'json' }; // made by reference/pytorch.py with PyTorch 2.13
import { attention, initMultiHead, multiHeadAttention } from './attention.js';

describe('attention', () => {
  it('is its plain form', () => {
    const { inputs, dy } = reference.attention;
    expectSameDerivatives(attention, attention.plain, inputs, dy);
  });

  // One query 0 sees two keys alike: P = (½, ½), so y = (v₁ + v₂)/2, ∂v = ½ each, and ∂q = Σ Pⱼ (vⱼ − y) kⱼ = ½(−1)k₁ + ½(1)k₂.
  it('has its closed form for one query and two keys', () => {
    const { y, grads } = inDouble(attention, [
      { data: [0], shape: [1, 1] },
      { data: [3, 5], shape: [2, 1] },
      { data: [1, 3], shape: [2, 1] },
    ]);
    expect([y, ...grads].map((t) => [...t])).toEqual([[2], [1], [0, 0], [0.5, 0.5]]);
  });

  it('names the shapes that do not fit', () => {
    expect(() => attention(tf.zeros([2, 4, 3]), tf.zeros([2, 5, 2]), tf.zeros([2, 5, 3]))).toThrow('got q [2,4,3], k [2,5,2], v [2,5,3]');
  });
});

describe('multiHeadAttention', () => {
  type Args = [x: tf.Tensor, qkv: tf.Tensor, shiftQ: tf.Tensor, shiftV: tf.Tensor, w: tf.Tensor, b: tf.Tensor];
  const layer = (...inputs: tf.Tensor[]) => {
    const [x, qkv, shiftQ, shiftV, w, b] = inputs as Args;
    return multiHeadAttention({ qkv, shiftQ, shiftV, out: { w, b } }, x, { heads: 2 });
  };
  const { inputs } = reference.multiHeadAttention;

  it('equals PyTorch with two heads, forward and backward', () => expectReference(layer, reference.multiHeadAttention));

  it('backward agrees with differences', () => void gradCheck(layer, inputs));

  it('is the same compiled, on both runtimes', () => expectCompiled(layer, inputs));

  it('does not care about the order of the sequence: permuted in, permuted out', () => {
    const params = map(initMultiHead(key(1), { width: 4 }), ({ data, shape }) => tf.tensor(data, shape)) as never;
    const x = tf.randomNormal([1, 3, 4]);
    const order = tf.tensor1d([2, 0, 1], 'int32');
    const after = multiHeadAttention(params, x, { heads: 2 }).gather(order, 1);
    expect(tf.max(tf.abs(multiHeadAttention(params, x.gather(order, 1), { heads: 2 }).sub(after))).dataSync()[0]).toBeLessThan(1e-6);
  });

  it('needs a width that the heads divide', () => {
    expect(() => multiHeadAttention({} as never, tf.zeros([1, 2, 6]), { heads: 4 })).toThrow('D a multiple of 4 heads: got x [1,2,6]');
    expect(() => multiHeadAttention({} as never, tf.zeros([1, 2, 4, 4]), { heads: 4 })).toThrow('takes x [B, T, D]');
  });
});
