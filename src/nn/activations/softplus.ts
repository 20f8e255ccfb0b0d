import type * as tf from '@tensorflow/tfjs';
import { layer } from '../../tensor/index.js';

/**
 * A smooth max(x, 0): makes a scale or a variance positive.
 *
 *     y = log(1 + e^x) = max(x, 0) + log(1 + e^−|x|)        ∂x = ∂y ⊙ σ(x)
 *
 * @param x  any shape
 * @returns  the same shape
 *
 * The second form neither overflows for a large x nor loses the digits of a small y. Dugas et al. 2001.
 */
export const softplus = layer({
  name: 'softplus',
  forward: (x: tf.Tensor) => ({ value: logOfOnePlusExp(x), saved: { x } }),
  backward: (dy, { x }) => [dy.mul(x.sigmoid())],
  plain: (x) => logOfOnePlusExp(x),
});

const logOfOnePlusExp = (x: tf.Tensor): tf.Tensor => x.relu().add(x.abs().neg().exp().log1p());
