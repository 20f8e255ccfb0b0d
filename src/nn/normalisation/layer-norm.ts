import type * as tf from '@tensorflow/tfjs';
import { type HostArray, ones, shapeError, showShape, zeros } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import { layer } from '../../tensor/index.js';
import { sumToLast } from '../axes.js';
import { centred } from './centred.js';

/** Weights of a layer norm: gain γ and shift β, both [F]. */
export interface NormParams<T = tf.Tensor> {
  /** γ */
  readonly gamma: T;
  /** β */
  readonly beta: T;
}

/** Gain 1 and shift 0, both [F] for a width of F. */
export const initNorm = ({ width }: { readonly width: number }): NormParams<HostArray<Float32Array>> => ({
  gamma: ones([width]),
  beta: zeros([width]),
});

/** What keeps a norm from dividing by 0. */
export interface NormOptions {
  /** ε, added to a variance or a mean square before the root. */
  readonly epsilon?: number;
}

/**
 * Layer normalisation over the last axis.
 *
 *     x̂ = (x − μ) / √(σ² + ε)        y = γ ⊙ x̂ + β        μ, σ² over F
 *
 *     ∂x̂ = ∂y ⊙ γ    ∂x = (∂x̂ − mean ∂x̂ − x̂ mean(∂x̂ ⊙ x̂)) / √(σ² + ε)    ∂γ = Σ ∂y ⊙ x̂    ∂β = Σ ∂y        means over F, Σ over the rest
 *
 * @param params   γ and β [F]
 * @param x        [..., F]
 * @param options  ε is 1e-5 when left out
 * @returns        [..., F]
 * @throws         when gamma or beta does not have the length of x's last axis
 *
 * Ba, Kiros & Hinton 2016, eq. 4. σ² divides by F, not F − 1, as PyTorch does.
 */
export const layerNorm = layer({
  name: 'layerNorm',
  forward({ gamma, beta }: NormParams, x: tf.Tensor, options: NormOptions = {}) {
    checkOptions('layerNorm', options, ['epsilon']);
    const { epsilon = 1e-5 } = options;
    const F = x.shape.at(-1);
    if (gamma.shape[0] !== F || beta.shape[0] !== F)
      throw shapeError(`layerNorm normalises the last axis of x ${showShape(x)}, so gamma and beta must be [${F}]`, { gamma, beta });
    const { deviations } = centred(x, -1); // [..., F]
    const scale = deviations.square().mean(-1, true).add(epsilon).rsqrt(); // [..., 1]
    const xHat = deviations.mul(scale);
    const value = xHat.mul(gamma).add(beta);
    return { value, saved: { xHat, scale, gamma } };
  },
  backward(dy, { xHat, scale, gamma }) {
    const dxHat = dy.mul(gamma);
    const alongOnes = dxHat.mean(-1, true); // the two directions that
    const alongXHat = dxHat.mul(xHat).mean(-1, true); // normalisation removes
    const dx = dxHat.sub(alongOnes).sub(xHat.mul(alongXHat)).mul(scale);
    return [{ gamma: sumToLast(dy.mul(xHat)), beta: sumToLast(dy) }, dx];
  },
  plain({ gamma, beta }, x, { epsilon = 1e-5 } = {}) {
    const { deviations } = centred(x, -1);
    return deviations.div(deviations.square().mean(-1, true).add(epsilon).sqrt()).mul(gamma).add(beta);
  },
});
