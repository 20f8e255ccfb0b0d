import * as tf from '@tensorflow/tfjs';

/**
 * The same numbers, held constant by every gradient: what flows out of x does not flow back into it.
 *
 *     y = x        ∂x = 0
 *
 * @param x  a tensor of any shape [...], or a function that makes it of operators which need not be differentiable: a choice, a count
 */
export const stopGradient = (x: tf.Tensor | (() => tf.Tensor)): tf.Tensor =>
  typeof x === 'function' ? tf.customGrad(() => ({ value: x(), gradFunc: () => [] }))() : stopGradient(() => x.clone());
