import type * as tf from '@tensorflow/tfjs';
import { layer } from '../../tensor/index.js';

const INVERSE_ROOT_2PI = 1 / Math.sqrt(2 * Math.PI);

/**
 * Gaussian error linear unit: x times the probability that a standard normal is below x.
 *
 *     y = x Φ(x)        ∂x = ∂y (Φ(x) + x φ(x))        Φ(x) = ½ (1 + erf(x/√2)),  φ(x) = e^(−x²/2) / √(2π)
 *
 * @param x  any shape
 * @returns  the same shape
 *
 * Hendrycks & Gimpel 2016, the exact form (not the tanh approximation), as PyTorch's default.
 */
export const gelu = layer({
  name: 'gelu',
  forward(x: tf.Tensor) {
    const below = probabilityBelow(x);
    return { value: x.mul(below), saved: { x, below } };
  },
  backward(dy, { x, below }) {
    const density = x.square().mul(-0.5).exp().mul(INVERSE_ROOT_2PI);
    return [dy.mul(below.add(x.mul(density)))];
  },
  plain: (x) => x.mul(probabilityBelow(x)),
});

const probabilityBelow = (x: tf.Tensor) => x.mul(Math.SQRT1_2).erf().mul(0.5).add(0.5);
