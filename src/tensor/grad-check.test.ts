import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { gradCheck } from './grad-check.js';

const X = tf.tensor2d([
  [0.3, -1.2],
  [2.1, 0.7],
]);

describe('gradCheck', () => {
  it('accepts a right gradient and returns its error', () => {
    expect(gradCheck((x, y) => x.mul(y).exp(), [X, { data: [0.5, 0.25], shape: [2] }])).toBeLessThan(1e-9);
  });

  // The derivative of x² is 2x; this backward says (2 + 1e-6)x.
  const square = (slope: number) =>
    tf.customGrad((x, save) => {
      const input = x as tf.Tensor;
      (save as tf.GradSaveFunc)([input]);
      return { value: input.square(), gradFunc: (dy, [saved]) => dy.mul(saved).mul(slope) };
    });

  it('finds an error of one part in two million, and says where', () => {
    expect(gradCheck((x) => square(2)(x), [X])).toBeLessThan(1e-9);
    expect(() => gradCheck((x) => square(2 + 1e-6)(x).sum(), [X])).toThrow(
      /argument 0 \[2,2\], element 2: the gradient says 4\.2000.*allowed 1e-7/,
    );
  });

  it('a NaN gradient fails', () => {
    expect(() => gradCheck((x) => x.sqrt().sum(), [tf.tensor1d([-1])])).toThrow('the gradient says NaN');
  });

  it('checks the gradient of a gradient', () => {
    const slope = (x: tf.Tensor) => tf.grad((z: tf.Tensor) => z.sin().sum())(x);
    expect(gradCheck(slope, [X])).toBeLessThan(1e-9);
  });
});
