import type * as tf from '@tensorflow/tfjs';
import { shapeError, showShape } from '../../base/index.js';
import { firstOrder } from '../../tensor/index.js';
import { sumToLast } from '../axes.js';

/**
 * Root-mean-square normalisation over the last axis: layer normalisation without the mean and the shift.
 *
 *     x̂ = x / √(mean x² + ε)        y = γ ⊙ x̂
 *
 *     ∂x = (∂x̂ − x̂ mean(∂x̂ ⊙ x̂)) / √(mean x² + ε)        ∂x̂ = ∂y ⊙ γ        ∂γ = Σ ∂y ⊙ x̂
 *
 * @param x      [..., F]
 * @param gamma  [F] gain
 * @returns      [..., F]
 * @throws       when gamma does not have the length of x's last axis
 *
 * Zhang & Sennrich 2019, eq. 4, with ε under the root as in LLaMA; PyTorch's default ε is the machine's.
 */
export function rmsNorm(x: tf.Tensor, gamma: tf.Tensor, epsilon = 1e-6): tf.Tensor {
  const F = x.shape.at(-1);
  if (gamma.rank !== 1 || gamma.shape[0] !== F)
    throw shapeError(`rmsNorm normalises the last axis of x ${showShape(x)}, so gamma must be [${F}]`, { gamma });
  return normalise(epsilon)(x, gamma);
}

const normalise = (epsilon: number) =>
  firstOrder('rmsNorm', ([x, gamma], save) => {
    const scale = x.square().mean(-1, true).add(epsilon).rsqrt(); // [..., 1]
    const xHat = x.mul(scale);
    save([xHat, scale, gamma]);
    return {
      value: xHat.mul(gamma),
      backward: (dy, [xHat, scale, gamma]) => {
        const dxHat = dy.mul(gamma);
        const alongXHat = dxHat.mul(xHat).mean(-1, true); // the direction that normalisation removes
        return [dxHat.sub(xHat.mul(alongXHat)).mul(scale), sumToLast(dy.mul(xHat))];
      },
    };
  });

/** `rmsNorm` in operators that tfjs can differentiate any number of times. */
export const rmsNormPlain = (x: tf.Tensor, gamma: tf.Tensor, epsilon = 1e-6): tf.Tensor =>
  x.div(x.square().mean(-1, true).add(epsilon).sqrt()).mul(gamma);
