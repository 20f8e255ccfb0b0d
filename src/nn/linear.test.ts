import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { inDouble } from '../../tests/support/gradients.js';
import { key } from '../base/random.js';
import { initLinear, linear } from './linear.js';

const layer = (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor) => linear({ w, b }, x);

describe('linear', () => {
  // x = [[1,2]], w = [[3],[4]], b = [5]: y = 1·3 + 2·4 + 5 = 16; ∂x = wᵀ, ∂w = xᵀ, ∂b = 1.
  it('has its closed form on one row', () => {
    const { y, grads } = inDouble(layer, [
      { data: [1, 2], shape: [1, 2] },
      { data: [3, 4], shape: [2, 1] },
      { data: [5], shape: [1] },
    ]);
    expect([y, ...grads].map((t) => [...t])).toEqual([[16], [3, 4], [1, 2], [1]]);
  });

  it('starts uniform within 1/√F, the same for the same key', () => {
    const { w, b } = initLinear(key(3), { inputs: 100, outputs: 400 });
    expect([w.shape, b.shape]).toEqual([[100, 400], [400]]);
    expect(Math.max(...w.data.map(Math.abs))).toBeLessThanOrEqual(0.1);
    // Var U(±a) = a²/3, and the variance's standard error over n = 40,000 is a²·√(4/45/n).
    expect(Math.abs(w.data.reduce((s, v) => s + v * v, 0) / 40_000 - 0.01 / 3)).toBeLessThan(4 * 0.01 * Math.sqrt(4 / 45 / 40_000));
    expect(initLinear(key(3), { inputs: 100, outputs: 400 }).w.data).toEqual(w.data);
  });

  it('names the shapes that do not fit', () => {
    expect(() => layer(tf.zeros([2, 3]), tf.zeros([4, 5]), tf.zeros([5]))).toThrow(
      'linear maps x [..., F] by w [F, D] and b [D]: got x [2,3], w [4,5], b [5]',
    );
    const host = { w: { data: new Float32Array(6), shape: [3, 2] }, b: { data: new Float32Array(2), shape: [2] } };
    expect(() => linear(host as never, tf.zeros([2, 3]))).toThrow('that are tensors: toTf(fromTf(params)) makes them of host arrays');
  });
});
