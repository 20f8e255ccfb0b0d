import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectCompiled } from '../../../tests/support/compiled.js';
import { inDouble } from '../../../tests/support/gradients.js';
import { key, normal } from '../../base/random.js';
import { averagePool2d, maxPool2d } from './pooling.js';

it.each([
  ['maxPool2d', maxPool2d, 2],
  ['maxPool2d', maxPool2d, 3],
  ['averagePool2d', averagePool2d, 2],
] as const)('%s is the same compiled, of channels that fill no vector', (_, pool, size) =>
  expectCompiled((x) => pool(x, { size }).square(), [normal(key(1), [2, 2 * size, 3 * size, 17])]),
);

describe('pooling', () => {
  it('gives the gradient to the first of equal maxima, and none is lost', () => {
    const { grads } = inDouble((x) => maxPool2d(x, { size: 2 }), [{ data: [1, 3, 3, 3], shape: [1, 2, 2, 1] }]);
    expect([...grads[0]]).toEqual([0, 1, 0, 0]);
  });

  it('keeps a NaN', () => {
    const image = tf.tensor4d([1, Number.NaN, 3, 4], [1, 2, 2, 1]);
    expect(maxPool2d(image, { size: 2 }).dataSync()[0]).toBeNaN();
  });

  it('names the shape that windows do not fill, and a window that is none', () => {
    expect(() => maxPool2d(tf.zeros([1, 4, 5, 1]), { size: 2 })).toThrow(
      'maxPool2d takes x [B, rows, columns, F] with rows and columns that windows of 2 × 2 fill exactly: got x [1,4,5,1]',
    );
    expect(() => averagePool2d(tf.zeros([4, 4]), { size: 2 })).toThrow('averagePool2d takes x [B, rows, columns, F]');
    expect(() => averagePool2d(tf.zeros([1, 4, 4, 1]), { size: 1.5 })).toThrow(
      'averagePool2d: size must be a whole number from 1 up, got 1.5',
    );
  });
});
