import type * as tf from '@tensorflow/tfjs';
import { layer } from '../../tensor/index.js';

/**
 * The hyperbolic tangent.
 *
 *     y = tanh x        ∂x = ∂y ⊙ (1 − y²)
 *
 * @param x  any shape
 * @returns  the same shape
 */
export const tanh = layer({
  name: 'tanh',
  forward(x: tf.Tensor) {
    const y = x.tanh();
    return { value: y, saved: { y } };
  },
  backward: (dy, { y }) => [dy.sub(dy.mul(y.square()))],
  plain: (x) => x.tanh(),
});
