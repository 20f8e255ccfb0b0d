import type * as tf from '@tensorflow/tfjs';
import { layer } from '../../tensor/index.js';

/**
 * Sigmoid linear unit, also called swish.
 *
 *     y = x σ(x)        ∂x = ∂y ⊙ (s + y (1 − s)),  s = σ(x)
 *
 * @param x  any shape
 * @returns  the same shape
 *
 * Hendrycks & Gimpel 2016; Elfwing, Uchibe & Doya 2018.
 */
export const silu = layer({
  name: 'silu',
  forward(x: tf.Tensor) {
    const s = x.sigmoid();
    const y = x.mul(s);
    return { value: y, saved: { s, y } };
  },
  backward: (dy, { s, y }) => [dy.mul(s.add(y).sub(y.mul(s)))],
  plain: (x) => x.mul(x.sigmoid()),
});
