import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { distance, inDouble } from '../../../tests/support/gradients.js';
import { key } from '../../base/random.js';
import { map } from '../../tensor/tree.js';
import reference from '../recurrent.reference.json' with { type: 'json' }; // made by reference/recurrent.py with PyTorch 2.13
import { additiveAttention, initAdditiveAttention } from './additive-attention.js';

const layer = (...inputs: tf.Tensor[]) => {
  const [keys, query, wk, wq, v] = inputs;
  return additiveAttention({ wk, wq, v }, keys, { query });
};
const { inputs } = reference.additiveAttention;

describe('additiveAttention', () => {
  it('is the mean of the keys while v is zero', () => {
    const v = { data: [0, 0, 0, 0, 0], shape: [5, 1] };
    const keys = { data: [1, 2, 3, 4, 5, 9], shape: [1, 2, 3] };
    const { y, grads } = inDouble(layer, [keys, { data: [1, 2, 3], shape: [1, 3] }, ...inputs.slice(2, 4), v]);
    expect([...y]).toEqual([2.5, 3.5, 6]);
    expect(distance(grads[0], new Array(6).fill(0.5))).toBe(0); // ∂k = P ∂y alone
  });

  it('has a column of v for each reader, and names what does not fit', () => {
    const params = map(initAdditiveAttention(key(1), { keys: 3, query: 4, width: 5, readers: 2 }), ({ shape }) => tf.zeros(shape)) as never;
    expect(additiveAttention(params, tf.zeros([2, 6, 3]), { query: tf.zeros([2, 4]) }).shape).toEqual([2, 2, 3]);
    expect(() => additiveAttention(params, tf.zeros([2, 6, 3]), { query: tf.zeros([1, 4]) })).toThrow(
      'wq [Q, A] and v [A, H]: got keys [2,6,3], query [1,4], wk [3,5], wq [4,5], v [5,2]',
    );
  });
});
