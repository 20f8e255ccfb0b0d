import type * as tf from '@tensorflow/tfjs';
import { layer } from '../../tensor/index.js';

/**
 * Rectified linear unit.
 *
 *     y = max(x, 0)        ∂x = ∂y ⊙ [y > 0]
 *
 * @param x  any shape
 * @returns  the same shape
 *
 * Nair & Hinton 2010. At x = 0, where there is no derivative, ∂x = 0 as in PyTorch.
 */
export const relu = layer({
  name: 'relu',
  forward(x: tf.Tensor) {
    const y = x.relu();
    return { value: y, saved: { y } };
  },
  backward: (dy, { y }) => [dy.mul(y.greater(0).cast('float32'))],
  plain: (x) => x.relu(),
});
