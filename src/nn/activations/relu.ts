import type * as tf from '@tensorflow/tfjs';
import { firstOrder } from '../../tensor/index.js';

/**
 * Rectified linear unit.
 *
 *     y = max(x, 0)        ∂x = ∂y ⊙ [y > 0]
 *
 * Nair & Hinton 2010. At x = 0, where there is no derivative, ∂x = 0 as in PyTorch.
 */
export const relu: (x: tf.Tensor) => tf.Tensor = firstOrder('relu', ([x], save) => {
  const y = x.relu();
  save([y]);
  return { value: y, backward: (dy, [y]) => [dy.mul(y.greater(0).cast('float32'))] };
});
