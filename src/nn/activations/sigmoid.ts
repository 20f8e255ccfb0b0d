import type * as tf from '@tensorflow/tfjs';
import { layer } from '../../tensor/index.js';

/**
 * The logistic function: a number as a probability.
 *
 *     y = σ(x) = 1 / (1 + e^−x)        ∂x = ∂y ⊙ y (1 − y)
 *
 * @param x  any shape
 * @returns  the same shape
 */
export const sigmoid = layer({
  name: 'sigmoid',
  forward(x: tf.Tensor) {
    const y = x.sigmoid();
    return { value: y, saved: { y } };
  },
  backward: (dy, { y }) => [dy.mul(y.sub(y.square()))],
  plain: (x) => x.sigmoid(),
});
