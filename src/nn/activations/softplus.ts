import * as tf from '@tensorflow/tfjs';
import { layer } from '../../tensor/index.js';

/**
 * A smooth max(x, 0): makes a scale or a variance positive.
 *
 *     y = log(1 + e^x) = max(x, 0) + log(1 + z)        z = e^−|x|        ∂x = ∂y ⊙ σ(x),  σ(x) = [x > 0 ? 1 : z] / (1 + z)
 *
 * @param x  any shape
 * @returns  the same shape
 *
 * These forms neither overflow for a large x nor lose the digits of a small y or slope. Dugas et al. 2001.
 */
export const softplus = layer({
  name: 'softplus',
  forward(x: tf.Tensor) {
    const z = x.abs().neg().exp();
    return { value: x.relu().add(z.log1p()), saved: { x, z } };
  },
  backward: (dy, { x, z }) => [dy.mul(logistic(x.greater(0), z))],
  // Of a choice instead of |x|, which has no derivative at 0.
  plain: (x) => x.relu().add(tf.where(x.greater(0), x.neg(), x).exp().log1p()),
});

/** σ of where x is above 0 and z = e^−|x|. A runtime's own sigmoid may be 0 from −18 down. */
export const logistic = (isPositive: tf.Tensor, z: tf.Tensor): tf.Tensor => tf.where(isPositive, tf.onesLike(z), z).div(z.add(1));
