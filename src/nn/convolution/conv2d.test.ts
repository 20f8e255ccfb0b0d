import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectCompiled } from '../../../tests/support/compiled.js';
import { distance, inDouble } from '../../../tests/support/gradients.js';
import { key, normal } from '../../base/random.js';
import { conv2d, initConv2d, type Padding } from './conv2d.js';

const layer = (padding: Padding) => (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor) => conv2d({ w, b }, x, { padding });

describe('conv2d', () => {
  it('with one pixel in a filter is a linear layer at each pixel', () => {
    const [x, w, b] = [normal(key(1), [2, 3, 4, 5]), normal(key(2), [1, 1, 5, 6]), normal(key(3), [6])];
    const rows = [{ data: x.data, shape: [24, 5] }, { data: w.data, shape: [5, 6] }, b];
    expect(distance(inDouble(layer('valid'), [x, w, b]).y, inDouble((x, w, b) => x.matMul(w).add(b), rows).y)).toBeLessThan(1e-12);
  });

  it('moves an image by a filter of one pixel that is off centre, and its gradient back', () => {
    const x = normal(key(4), [1, 4, 4, 1]);
    const w = { data: Float32Array.of(0, 0, 0, 0, 0, 1, 0, 0, 0), shape: [3, 3, 1, 1] }; // yᵣ꜀ = xᵣ,꜀₊₁
    const { y, grads } = inDouble(layer('same'), [x, w, { data: [0], shape: [1] }]);
    expect([...y]).toEqual([...x.data].map((_, i) => (i % 4 === 3 ? 0 : x.data[i + 1])));
    expect([...grads[0]]).toEqual([...x.data].map((_, i) => (i % 4 === 0 ? 0 : 1)));
  });

  // With K = 4 and a stride of 2, 'same' has one row of zeros on each side of an even image: PyTorch's padding of 1.
  it('with a stride is every s-th pixel of the image padded alike', () => {
    const [x, w, b] = [normal(key(11), [2, 6, 8, 2]), normal(key(12), [4, 4, 2, 3]), normal(key(13), [3])];
    const strided = (stride: number, padding: 'same' | 'valid') => (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor) =>
      conv2d({ w, b }, x, { padding, stride });
    const every = (s: number, border: number) => (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor) => {
      const dense = conv2d(
        { w, b },
        x.pad([
          [0, 0],
          [border, border],
          [border, border],
          [0, 0],
        ]),
      );
      const kept = (size: number) => Array.from({ length: Math.ceil(size / s) }, (_, i) => i * s);
      return dense.gather(kept(dense.shape[1]!), 1).gather(kept(dense.shape[2]!), 2);
    };
    for (const [s, padding, border] of [
      [2, 'same', 1],
      [2, 'valid', 0],
      [3, 'valid', 0],
    ] as const) {
      const [one, other] = [inDouble(strided(s, padding), [x, w, b]), inDouble(every(s, border), [x, w, b])];
      expect(distance(one.y, other.y)).toBeLessThan(1e-12);
      for (const [i, g] of one.grads.entries()) expect(distance(g, other.grads[i])).toBeLessThan(1e-12);
    }
    expect(conv2d({ w: tf.zeros([4, 4, 1, 2]), b: tf.zeros([2]) }, tf.zeros([1, 28, 27, 1]), { padding: 'same', stride: 2 }).shape).toEqual(
      [1, 14, 14, 2],
    );
    expect(() => conv2d({ w: tf.zeros([1, 1, 1, 1]), b: tf.zeros([1]) }, tf.zeros([1, 2, 2, 1]), { stride: 0 })).toThrow(
      'conv2d: stride must be a whole number from 1 up, got 0',
    );
  });

  it('with a stride is the same compiled, on both runtimes', () =>
    expectCompiled(
      (x, w, b) => conv2d({ w, b }, x, { padding: 'same', stride: 2 }),
      [normal(key(5), [3, 8, 6, 4]), normal(key(6), [4, 4, 4, 5]), normal(key(7), [5])],
    ));

  it('is the same compiled, on both runtimes', () =>
    expectCompiled(layer('same'), [normal(key(5), [3, 8, 6, 4]), normal(key(6), [3, 3, 4, 5]), normal(key(7), [5])]));

  it('starts within ±1/√(K² F)', () => {
    const { w, b } = initConv2d(key(8), { inputs: 4, outputs: 50, size: 5 });
    expect([w.shape, b.shape]).toEqual([[5, 5, 4, 50], [50]]);
    expect(Math.max(...w.data.map(Math.abs))).toBeCloseTo(0.1, 3);
  });

  it('names the shapes that do not fit', () => {
    const params = { w: tf.zeros([3, 3, 2, 4]), b: tf.zeros([4]) };
    expect(() => conv2d(params, tf.zeros([1, 5, 5, 1]))).toThrow(
      'conv2d filters x [B, rows, columns, F] by w [K, K, F, D] and b [D]: got x [1,5,5,1], w [3,3,2,4], b [4]',
    );
    expect(() => conv2d(params, tf.zeros([1, 2, 5, 2]))).toThrow(
      "conv2d: the filter is larger than the image; pad it with 'same', or pool less before: got x [1,2,5,2], w [3,3,2,4]",
    );
  });
});
