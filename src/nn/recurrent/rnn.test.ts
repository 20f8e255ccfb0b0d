import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { inDouble } from '../../../tests/support/gradients.js';
import { rnn } from './rnn.js';

const layer = (...[x, h, wx, wh, b]: tf.Tensor[]) => rnn({ wx, wh, b }, x, { state: { h } }).outputs;

describe('rnn', () => {
  // x = 0, wh = w, one unit: hₜ = tanh(w hₜ₋₁), so ∂h₂/∂h₀ = w² (1 − h₁²)(1 − h₂²).
  it('has its closed form for one unit and no input', () => {
    const [w, h0] = [1.3, 0.4];
    const last = (...tensors: tf.Tensor[]) => layer(...tensors).slice([0, 1, 0], [1, 1, 1]);
    const point = (data: number[], shape: number[]) => ({ data, shape });
    const at = [point([0, 0], [1, 2, 1]), point([h0], [1, 1]), point([0], [1, 1]), point([w], [1, 1]), point([0], [1])];
    const { y, grads } = inDouble(last, at);
    const h1 = Math.tanh(w * h0);
    const h2 = Math.tanh(w * h1);
    expect(y[0]).toBeCloseTo(h2, 14);
    expect(grads[1][0]).toBeCloseTo(w ** 2 * (1 - h1 ** 2) * (1 - h2 ** 2), 14);
  });

  it('names the shapes that do not fit', () => {
    expect(() =>
      rnn({ wx: tf.zeros([2, 3]), wh: tf.zeros([3, 3]), b: tf.zeros([3]) }, tf.zeros([5, 4, 2]), { state: { h: tf.zeros([4, 3]) } }),
    ).toThrow('rnn takes x [B, T, F], wx [F, D], wh [D, D], b [D] and a state h [B, D]: got x [5,4,2], wx [2,3], wh [3,3], b [3], h [4,3]');
    expect(() => rnn({ wx: tf.zeros([2, 3]), wh: tf.zeros([3, 3]), b: tf.zeros([3]) }, tf.zeros([5, 0, 2]))).toThrow('got x [5,0,2]');
  });
});
