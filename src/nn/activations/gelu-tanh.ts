import type * as tf from '@tensorflow/tfjs';
import { layer } from '../../tensor/index.js';

// √(2/π) and 0.044715 of the paper; tanh u = 2σ(2u) − 1 turns ½ (1 + tanh u) into one σ.
const LINEAR = 2 * Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715 * LINEAR;

/**
 * Gaussian error linear unit, the tanh approximation: at most 5e-4 from `gelu`. For weights trained with it, as GPT-2's.
 *
 *     y = ½ x (1 + tanh u) = x s        u = √(2/π) (x + 0.044715 x³),  s = σ(2u)
 *
 *     ∂x = ∂y ⊙ (s + y (1 − s) 2u′)        u′ = √(2/π) (1 + 3 · 0.044715 x²)
 *
 * @param x  any shape
 * @returns  the same shape
 *
 * Hendrycks & Gimpel 2016, section 2.
 */
export const geluTanh = layer({
  name: 'geluTanh',
  forward(x: tf.Tensor) {
    const s = gate(x);
    const y = x.mul(s);
    return { value: y, saved: { x, s, y } };
  },
  backward(dy, { x, s, y }) {
    const slope = x
      .square()
      .mul(3 * CUBIC)
      .add(LINEAR); // 2u′
    return [dy.mul(s.add(y.sub(y.mul(s)).mul(slope)))];
  },
  plain: (x) => x.mul(gate(x)),
});

const gate = (x: tf.Tensor) => x.mul(x.square().mul(CUBIC).add(LINEAR)).sigmoid();
