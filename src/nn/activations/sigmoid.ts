import type * as tf from '@tensorflow/tfjs';
import { firstOrder } from '../../tensor/index.js';

/**
 * The logistic function: a number as a probability.
 *
 *     y = σ(x) = 1 / (1 + e^−x)        ∂x = ∂y ⊙ y (1 − y)
 */
export const sigmoid: (x: tf.Tensor) => tf.Tensor = firstOrder('sigmoid', ([x], save) => {
  const y = x.sigmoid();
  save([y]);
  return { value: y, backward: (dy, [y]) => [dy.mul(y.sub(y.square()))] };
});
