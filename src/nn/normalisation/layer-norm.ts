import type * as tf from '@tensorflow/tfjs';
import { shapeError, showShape } from '../../base/index.js';
import { firstOrder } from '../../tensor/index.js';
import { sumToLast } from '../axes.js';

/**
 * Layer normalisation over the last axis.
 *
 *     x̂ = (x − μ) / √(σ² + ε)        y = γ ⊙ x̂ + β        μ, σ² over F
 *
 *     ∂x̂ = ∂y ⊙ γ    ∂x = (∂x̂ − mean ∂x̂ − x̂ mean(∂x̂ ⊙ x̂)) / √(σ² + ε)    ∂γ = Σ ∂y ⊙ x̂    ∂β = Σ ∂y        means over F, Σ over the rest
 *
 * @param x      [..., F]
 * @param gamma  [F] gain
 * @param beta   [F] shift
 * @returns      [..., F]
 * @throws       when gamma or beta does not have the length of x's last axis
 *
 * Ba, Kiros & Hinton 2016, eq. 4. σ² divides by F, not F − 1, as PyTorch does.
 */
export function layerNorm(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, epsilon = 1e-5): tf.Tensor {
  const F = x.shape.at(-1);
  if (gamma.shape[0] !== F || beta.shape[0] !== F)
    throw shapeError(`layerNorm normalises the last axis of x ${showShape(x)}, so gamma and beta must be [${F}]`, { gamma, beta });
  return normalise(epsilon)(x, gamma, beta);
}

const normalise = (epsilon: number) =>
  firstOrder('layerNorm', ([x, gamma, beta], save) => {
    const centred = x.sub(x.mean(-1, true)); // [..., F]
    const scale = centred.square().mean(-1, true).add(epsilon).rsqrt(); // [..., 1]
    const xHat = centred.mul(scale);
    save([xHat, scale, gamma]);
    return {
      value: xHat.mul(gamma).add(beta),
      backward: (dy, [xHat, scale, gamma]) => {
        const dxHat = dy.mul(gamma);
        const alongOnes = dxHat.mean(-1, true); // the two directions that
        const alongXHat = dxHat.mul(xHat).mean(-1, true); // normalisation removes
        const dx = dxHat.sub(alongOnes).sub(xHat.mul(alongXHat)).mul(scale);
        return [dx, sumToLast(dy.mul(xHat)), sumToLast(dy)];
      },
    };
  });

/** `layerNorm` in operators that tfjs can differentiate any number of times. */
export function layerNormPlain(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, epsilon = 1e-5): tf.Tensor {
  const centred = x.sub(x.mean(-1, true));
  return centred.div(centred.square().mean(-1, true).add(epsilon).sqrt()).mul(gamma).add(beta);
}
