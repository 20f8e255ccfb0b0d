import type * as tf from '@tensorflow/tfjs';
import { firstOrder } from '../../tensor/index.js';
import { opposite, sameShape } from './residual.js';

/**
 * Mean squared error.
 *
 *     L = mean (ŷ − y)²        ∂ŷ = 2 (ŷ − y) / n · ∂L
 *
 * @param prediction  ŷ, any shape
 * @param target      y, the same shape
 * @throws            when the shapes differ, or there is nothing to average
 */
export function meanSquaredError(prediction: tf.Tensor, target: tf.Tensor): tf.Tensor {
  sameShape('meanSquaredError', { prediction, target });
  return squared(prediction, target);
}

const squared = firstOrder('meanSquaredError', ([prediction, target], save) => {
  const residual = prediction.sub(target);
  save([residual]);
  return {
    value: residual.square().mean(),
    backward: (dL, [residual]) => opposite(residual.mul(dL.mul(2 / residual.size))),
  };
});

/** `meanSquaredError` in operators that tfjs can differentiate any number of times. */
export const meanSquaredErrorPlain = (prediction: tf.Tensor, target: tf.Tensor): tf.Tensor => prediction.sub(target).square().mean();
