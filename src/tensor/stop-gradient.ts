import * as tf from '@tensorflow/tfjs';

/**
 * The same numbers, held constant by every gradient: what flows out of x does not flow back into it.
 *
 *     y = x        ∂x = 0
 */
export const stopGradient: (x: tf.Tensor) => tf.Tensor = tf.customGrad((x) => ({
  value: (x as tf.Tensor).clone(),
  gradFunc: (dy: tf.Tensor) => tf.zerosLike(dy),
}));
