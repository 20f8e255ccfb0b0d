import * as tf from '@tensorflow/tfjs';
import { checkNumber } from '../base/internal.js';

/** How far a gradient may go, in units of the gradient. */
export interface Clipping {
  /** The longest gradient that is not shortened, in the 2-norm over all parameters. */
  readonly clipNorm?: number;
  /** The largest magnitude that an entry of the gradient keeps. */
  readonly clipValue?: number;
}

/**
 * Clipping of a gradient that lies in one vector: by value first, then by norm.
 *
 *     gᵢ ← min(max(gᵢ, −c), c)        g ← g · min(1, c / (‖g‖ + 10⁻⁶))
 *
 * @throws when a threshold is not positive
 *
 * Pascanu, Mikolov & Bengio 2013, algorithm 1; 10⁻⁶ as in PyTorch's `clip_grad_norm_`.
 */
export function clipping(optimizer: string, { clipNorm, clipValue }: Clipping): (gradient: tf.Tensor) => tf.Tensor {
  for (const [name, value] of Object.entries({ clipNorm, clipValue }))
    if (value !== undefined) checkNumber(optimizer, name, value, { above: 0 }, 'leave it out to clip nothing');
  return (gradient) => {
    const g = clipValue === undefined ? gradient : gradient.clipByValue(-clipValue, clipValue);
    if (clipNorm === undefined) return g;
    return g.mul(tf.minimum(1, tf.div(clipNorm, normOf(g).add(1e-6))));
  };
}

/** ‖g‖ = c ‖g / c‖, c the largest |gᵢ|: squares of a large gradient overflow where its norm does not, and the step would be 0. */
function normOf(g: tf.Tensor): tf.Tensor {
  const largest = g.abs().max().maximum(LEAST_NORMAL);
  return g.div(largest).square().sum().sqrt().mul(largest);
}

/** In place of 0, by which there is no division. */
const LEAST_NORMAL = 2 ** -126;
