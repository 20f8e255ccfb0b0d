import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectCompiled } from '../../../tests/support/compiled.js';
import { expectReference, expectThreeWays, inDouble } from '../../../tests/support/gradients.js';
import { key, normal } from '../../base/random.js';
import reference from '../vision.reference.json' with { type: 'json' }; // made by reference/vision.py with PyTorch 2.13
import { averagePool2d, averagePool2dPlain, maxPool2d, maxPool2dPlain } from './pooling.js';

type Pool = (x: tf.Tensor, size: number) => tf.Tensor;
const cases: [keyof typeof reference, Pool, Pool, number][] = [
  ['maxPool', maxPool2d, maxPool2dPlain, 2],
  ['maxPool3', maxPool2d, maxPool2dPlain, 3],
  ['averagePool', averagePool2d, averagePool2dPlain, 2],
];

describe.each(cases)('%s', (name, pool, plain, size) => {
  const layer = (x: tf.Tensor) => pool(x, size);
  it('equals PyTorch, forward and backward', () => expectReference(layer, reference[name]));

  it('backward agrees with differences and autodiff', () => expectThreeWays(layer, (x) => plain(x, size), reference[name].inputs));

  it('is the same compiled, on both runtimes', () =>
    expectCompiled((x) => layer(x).square(), [normal(key(1), [2, 2 * size, 3 * size, 17])]));
});

describe('pooling', () => {
  it('gives the gradient to the first of equal maxima, and none is lost', () => {
    const { grads } = inDouble((x) => maxPool2d(x, 2), [{ data: [1, 3, 3, 3], shape: [1, 2, 2, 1] }]);
    expect([...grads[0]]).toEqual([0, 1, 0, 0]);
  });

  it('keeps a NaN', () => {
    const image = tf.tensor4d([1, Number.NaN, 3, 4], [1, 2, 2, 1]);
    expect(maxPool2d(image, 2).dataSync()[0]).toBeNaN();
  });

  it('names the shape that windows do not fill, and a window that is none', () => {
    expect(() => maxPool2d(tf.zeros([1, 4, 5, 1]), 2)).toThrow(
      'maxPool2d takes x [B, rows, columns, F] with rows and columns that windows of 2 × 2 fill exactly: got x [1,4,5,1]',
    );
    expect(() => averagePool2d(tf.zeros([4, 4]), 2)).toThrow('averagePool2d takes x [B, rows, columns, F]');
    expect(() => averagePool2d(tf.zeros([1, 4, 4, 1]), 1.5)).toThrow('averagePool2d: the window must be an integer of at least 1, got 1.5');
  });
});
