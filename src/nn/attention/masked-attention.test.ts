import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectSameDerivatives, inDouble } from '../../../tests/support/gradients.js';
import { compile } from '../../tensor/compile.js';
import reference from '../attention.reference.json' with { type: 'json' }; // made by reference/attention.py with PyTorch 2.13
import { attentionWeights, causalAttention, maskedAttention } from './masked-attention.js';
import { causalMask, type Mask, paddingMask } from './masks.js';

type Args = [q: tf.Tensor, k: tf.Tensor, v: tf.Tensor];
const asTensor = ({ data, shape }: Mask) => tf.tensor(data, shape, 'bool');
const PADDING = paddingMask([2, 4], 4);
const causal = (...args: tf.Tensor[]) => causalAttention(...(args as Args));
const padded = (...args: tf.Tensor[]) => maskedAttention(...(args as Args), { visible: asTensor(PADDING) });

describe('maskedAttention', () => {
  it('is its plain form', () => {
    const { inputs, dy } = reference.padded;
    const plain = (...args: tf.Tensor[]) => maskedAttention.plain(...(args as Args), { visible: asTensor(PADDING) });
    expectSameDerivatives(padded, plain, inputs, dy);
  });

  it('gives hidden keys a weight of exactly 0, and their values no gradient', () => {
    const [q, k] = reference.padded.inputs.map(({ data, shape }) => tf.tensor(data, shape));
    const weights = attentionWeights(q, k, { visible: asTensor(PADDING) }).arraySync() as number[][][][];
    expect(weights[0].flat().map((row) => row.slice(2))).toEqual(Array(6).fill([0, 0]));
    expect(weights[1].flat(2).every((weight) => weight > 0)).toBe(true);
    const { grads } = inDouble(padded, reference.padded.inputs);
    expect([...grads[2].subarray(4, 8)]).toEqual([0, 0, 0, 0]); // ∂v of keys 2 and 3 of the first sequence and head
  });

  // The first step sees only itself.
  it('copies the first value when causal', () => {
    const { y } = inDouble(causal, reference.causal.inputs);
    expect([...y.subarray(0, 3)]).toEqual(reference.causal.inputs[2].data.slice(0, 3));
  });

  it('names the row from which everything is hidden', () => {
    const mask = tf.tensor([1, 1, 0, 0, 0, 1], [3, 2], 'bool');
    expect(() => maskedAttention(tf.zeros([3, 1]), tf.zeros([2, 1]), tf.zeros([2, 1]), { visible: mask })).toThrow(
      'maskedAttention: the mask [3,2] hides every key from row 1; let a query see at least one, such as its own step',
    );
  });

  it('gives 0 to such a row, not NaN, when the mask is known only when a compiled function runs', async () => {
    const compiled = compile((q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, visible: tf.Tensor) => maskedAttention(q, k, v, { visible }));
    const array = (shape: number[], ...data: number[]) => ({ data: Float32Array.from(data), shape });
    const mask = { data: Uint8Array.of(1, 0, 0, 0), shape: [2, 2], dtype: 'bool' as const };
    const y = await compiled(array([2, 1], 1, 2), array([2, 1], 3, 4), array([2, 1], 5, 6), mask);
    expect([...y.data()]).toEqual([5, 0]);
    compiled.release();
  });

  it('names what does not fit', () => {
    const [q, k, v] = [tf.zeros([2, 4, 3]), tf.zeros([2, 5, 3]), tf.zeros([2, 5, 2])];
    expect(() => causalAttention(q, k, v)).toThrow('causalAttention takes as many queries as keys: got q [2,4,3], k [2,5,3]');
    expect(() => maskedAttention(q, k, q, { visible: asTensor(causalMask(4)) })).toThrow('got q [2,4,3], k [2,5,3], v [2,4,3]');
    expect(() => maskedAttention(q, tf.zeros([1, 5, 3]), v, { visible: asTensor(causalMask(4)) })).toThrow(
      'with equal axes before: got q [2,4,3], k [1,5,3]',
    );
    expect(() => maskedAttention(q, k, v, { visible: asTensor(causalMask(4)) })).toThrow(
      'maskedAttention: the mask must be a bool tensor that broadcasts over the scores [2,4,5] of queries and keys: got bool [4,4]',
    );
  });
});

describe('paddingMask', () => {
  it('shows the steps that there are', () => {
    expect([...PADDING.data]).toEqual([1, 1, 0, 0, 1, 1, 1, 1]);
    expect(PADDING.shape).toEqual([2, 1, 1, 4]);
  });

  it('refuses an empty sequence, which would see nothing', () => {
    expect(() => paddingMask([3, 0], 4)).toThrow(
      'paddingMask: a length must be an integer from 1 to 4, got 0 for sequence 1; leave out empty sequences',
    );
  });
});
