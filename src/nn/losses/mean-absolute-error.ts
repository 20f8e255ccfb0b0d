import type * as tf from '@tensorflow/tfjs';
import { layer } from '../../tensor/index.js';
import { opposite, sameShape } from './residual.js';

/**
 * Mean absolute error: its best constant prediction is the median.
 *
 *     L = mean |ŷ − y|        ∂ŷ = sign(ŷ − y) / n · ∂L        ∂y = −∂ŷ
 *
 * @param prediction  ŷ, any shape
 * @param target      y, the same shape
 * @returns           a scalar
 * @throws            when the shapes differ, or there is nothing to average
 *
 * Where ŷ = y, and |·| has no derivative, ∂ŷ = 0 as in PyTorch.
 */
export const meanAbsoluteError = layer({
  name: 'meanAbsoluteError',
  forward(prediction: tf.Tensor, target: tf.Tensor) {
    sameShape('meanAbsoluteError', { prediction, target });
    const residual = prediction.sub(target);
    return { value: residual.abs().mean(), saved: { residual } };
  },
  backward: (dL, { residual }) => opposite(residual.sign().mul(dL.mul(1 / residual.size))),
  plain: (prediction, target) => prediction.sub(target).abs().mean(),
});
