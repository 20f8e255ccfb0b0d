import type * as tf from '@tensorflow/tfjs';
import { firstOrder } from '../../tensor/index.js';

/**
 * Sigmoid linear unit, also called swish.
 *
 *     y = x σ(x)        ∂x = ∂y ⊙ (s + y (1 − s)),  s = σ(x)
 *
 * Hendrycks & Gimpel 2016; Elfwing, Uchibe & Doya 2018.
 */
export const silu: (x: tf.Tensor) => tf.Tensor = firstOrder('silu', ([x], save) => {
  const s = x.sigmoid();
  const y = x.mul(s);
  save([s, y]);
  return { value: y, backward: (dy, [s, y]) => [dy.mul(s.add(y).sub(y.mul(s)))] };
});

/** `silu` in operators that tfjs can differentiate any number of times. */
export const siluPlain = (x: tf.Tensor): tf.Tensor => x.mul(x.sigmoid());
