import * as tf from '@tensorflow/tfjs';
import { checkNumber, checkOptions } from '../../base/internal.js';
import { layer } from '../../tensor/index.js';
import { opposite, sameShape } from './residual.js';

/** Where an error counts as an outlier. */
export interface HuberOptions {
  /** δ, the size of error from which an outlier pulls no harder, in units of y: 1 when left out. */
  readonly delta?: number;
}

/**
 * Huber loss: squared near zero, absolute further out, so that an outlier pulls with a force of at most δ.
 *
 *     L = mean ρ(ŷ − y)        ρ(r) = ½ r² for |r| ≤ δ, else δ (|r| − ½ δ)        ∂ŷ = clip(ŷ − y, ±δ) / n · ∂L        ∂y = −∂ŷ
 *
 * @param prediction  ŷ, any shape
 * @param target      y, the same shape
 * @returns           a scalar
 * @throws            when the shapes differ, δ is not above 0, or there is nothing to average
 *
 * Huber 1964. With r clipped to c = clip(r, ±δ), ρ(r) = c (r − ½ c): no branch.
 */
export const huber = layer({
  name: 'huber',
  forward(prediction: tf.Tensor, target: tf.Tensor, options: HuberOptions = {}) {
    checkOptions('huber', options, ['delta']);
    const { delta = 1 } = options;
    sameShape('huber', { prediction, target });
    checkNumber('huber', 'delta', delta, { above: 0 }, 'it is the size of error from which an outlier pulls no harder');
    const residual = prediction.sub(target);
    const clipped = residual.minimum(delta).maximum(-delta);
    return { value: clipped.mul(residual.sub(clipped.mul(0.5))).mean(), saved: { clipped } };
  },
  backward: (dL, { clipped }) => opposite(clipped.mul(dL.mul(1 / clipped.size))),
  plain(prediction, target, { delta = 1 } = {}) {
    const size = prediction.sub(target).abs();
    return tf.where(size.lessEqual(delta), size.square().mul(0.5), size.sub(delta / 2).mul(delta)).mean();
  },
});
