import type * as tf from '@tensorflow/tfjs';
import { layer } from '../../tensor/index.js';
import { opposite, sameShape } from './residual.js';

/**
 * Mean squared error.
 *
 *     L = mean (ŷ − y)²        ∂ŷ = 2 (ŷ − y) / n · ∂L        ∂y = −∂ŷ
 *
 * @param prediction  ŷ, any shape
 * @param target      y, the same shape
 * @returns           a scalar
 * @throws            when the shapes differ, or there is nothing to average
 */
export const meanSquaredError = layer({
  name: 'meanSquaredError',
  forward(prediction: tf.Tensor, target: tf.Tensor) {
    sameShape('meanSquaredError', { prediction, target });
    const residual = prediction.sub(target);
    return { value: residual.square().mean(), saved: { residual } };
  },
  backward: (dL, { residual }) => opposite(residual.mul(dL.mul(2 / residual.size))),
  plain: (prediction, target) => prediction.sub(target).square().mean(),
});
