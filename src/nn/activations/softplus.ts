import type * as tf from '@tensorflow/tfjs';
import { firstOrder } from '../../tensor/index.js';

/**
 * A smooth max(x, 0): makes a scale or a variance positive.
 *
 *     y = log(1 + e^x) = max(x, 0) + log(1 + e^−|x|)        ∂x = ∂y ⊙ σ(x)
 *
 * The second form neither overflows for a large x nor loses the digits of a small y. Dugas et al. 2001.
 */
export const softplus: (x: tf.Tensor) => tf.Tensor = firstOrder('softplus', ([x], save) => {
  save([x]);
  return { value: softplusPlain(x), backward: (dy, [x]) => [dy.mul(x.sigmoid())] };
});

/** `softplus` in operators that tfjs can differentiate any number of times. */
export const softplusPlain = (x: tf.Tensor): tf.Tensor => x.relu().add(x.abs().neg().exp().log1p());
