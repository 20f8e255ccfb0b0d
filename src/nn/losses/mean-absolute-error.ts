import type * as tf from '@tensorflow/tfjs';
import { firstOrder } from '../../tensor/index.js';
import { opposite, sameShape } from './residual.js';

/**
 * Mean absolute error: its best constant prediction is the median.
 *
 *     L = mean |ŷ − y|        ∂ŷ = sign(ŷ − y) / n · ∂L
 *
 * @param prediction  ŷ, any shape
 * @param target      y, the same shape
 * @throws            when the shapes differ, or there is nothing to average
 *
 * Where ŷ = y, and |·| has no derivative, ∂ŷ = 0 as in PyTorch.
 */
export function meanAbsoluteError(prediction: tf.Tensor, target: tf.Tensor): tf.Tensor {
  sameShape('meanAbsoluteError', { prediction, target });
  return absolute(prediction, target);
}

const absolute = firstOrder('meanAbsoluteError', ([prediction, target], save) => {
  const residual = prediction.sub(target);
  save([residual]);
  return {
    value: residual.abs().mean(),
    backward: (dL, [residual]) => opposite(residual.sign().mul(dL.mul(1 / residual.size))),
  };
});

/** `meanAbsoluteError` in operators that tfjs can differentiate any number of times. */
export const meanAbsoluteErrorPlain = (prediction: tf.Tensor, target: tf.Tensor): tf.Tensor => prediction.sub(target).abs().mean();
