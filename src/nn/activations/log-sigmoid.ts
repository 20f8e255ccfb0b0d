import type * as tf from '@tensorflow/tfjs';
import { layer } from '../../tensor/index.js';
import { logistic, softplus } from './softplus.js';

/**
 * The logarithm of the logistic function: a number as a log-probability.
 *
 *     y = log σ(x) = min(x, 0) − log(1 + z)        z = e^−|x|        ∂x = ∂y ⊙ σ(−x)
 *
 * @param x  any shape
 * @returns  the same shape, in nats
 *
 * It neither overflows for x far below 0 nor loses the digits of a small y: `softplus` of −x, with the other sign.
 */
export const logSigmoid = layer({
  name: 'logSigmoid',
  forward(x: tf.Tensor) {
    const z = x.abs().neg().exp();
    return { value: x.minimum(0).sub(z.log1p()), saved: { x, z } };
  },
  backward: (dy, { x, z }) => [dy.mul(logistic(x.less(0), z))],
  plain: (x) => softplus.plain(x.neg()).neg(),
});
