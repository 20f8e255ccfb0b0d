import type * as tf from '@tensorflow/tfjs';
import { shapeError, showShape } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import { layer } from '../../tensor/index.js';
import { sumToLast } from '../axes.js';
import type { NormOptions, NormParams } from './layer-norm.js';

/** Weights of a root-mean-square norm: the gain γ [F]. */
export type RmsNormParams<T = tf.Tensor> = Pick<NormParams<T>, 'gamma'>;

/**
 * Root-mean-square normalisation over the last axis: layer normalisation without the mean and the shift.
 *
 *     x̂ = x / √(mean x² + ε)        y = γ ⊙ x̂
 *
 *     ∂x = (∂x̂ − x̂ mean(∂x̂ ⊙ x̂)) / √(mean x² + ε)        ∂x̂ = ∂y ⊙ γ        ∂γ = Σ ∂y ⊙ x̂
 *
 * @param params   γ [F]
 * @param x        [..., F]
 * @param options  ε is 1e-6 when left out
 * @returns        [..., F]
 * @throws         when gamma does not have the length of x's last axis
 *
 * Zhang & Sennrich 2019, eq. 4, with ε under the root as in LLaMA; PyTorch's default ε is the machine's.
 */
export const rmsNorm = layer({
  name: 'rmsNorm',
  forward({ gamma }: RmsNormParams, x: tf.Tensor, options: NormOptions = {}) {
    checkOptions('rmsNorm', options, ['epsilon']);
    const { epsilon = 1e-6 } = options;
    const F = x.shape.at(-1);
    if (gamma.rank !== 1 || gamma.shape[0] !== F)
      throw shapeError(`rmsNorm normalises the last axis of x ${showShape(x)}, so gamma must be [${F}]`, { gamma });
    const scale = x.square().mean(-1, true).add(epsilon).rsqrt(); // [..., 1]
    const xHat = x.mul(scale);
    const value = xHat.mul(gamma);
    return { value, saved: { xHat, scale, gamma } };
  },
  backward(dy, { xHat, scale, gamma }) {
    const dxHat = dy.mul(gamma);
    const alongXHat = dxHat.mul(xHat).mean(-1, true); // the direction that normalisation removes
    return [{ gamma: sumToLast(dy.mul(xHat)) }, dxHat.sub(xHat.mul(alongXHat)).mul(scale)];
  },
  plain: ({ gamma }, x, { epsilon = 1e-6 } = {}) => x.div(x.square().mean(-1, true).add(epsilon).sqrt()).mul(gamma),
});
