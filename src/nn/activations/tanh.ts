import type * as tf from '@tensorflow/tfjs';
import { firstOrder } from '../../tensor/index.js';

/**
 * The hyperbolic tangent.
 *
 *     y = tanh x        ∂x = ∂y ⊙ (1 − y²)
 */
export const tanh: (x: tf.Tensor) => tf.Tensor = firstOrder('tanh', ([x], save) => {
  const y = x.tanh();
  save([y]);
  return { value: y, backward: (dy, [y]) => [dy.sub(dy.mul(y.square()))] };
});
