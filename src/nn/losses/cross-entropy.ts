import * as tf from '@tensorflow/tfjs';
import { shapeError } from '../../tensor/errors.js';
import { firstOrder } from '../../tensor/grad.js';
import { nanOutside } from '../labels.js';
import { notEmpty } from './residual.js';

/**
 * Cross-entropy of class labels under a softmax.
 *
 *     L = −mean log pₙ[labelₙ]        p = softmax(logits)        ∂logits = (p − onehot(labels)) / N · ∂L
 *
 * @param logits  [N, C]
 * @param labels  [N] int32 classes 0 … C − 1
 * @throws        when there is not one integer label for each row, no row, or a label is no class; where that shows only when a compiled
 *                function is called, the loss is NaN
 */
export function crossEntropy(logits: tf.Tensor, labels: tf.Tensor): tf.Tensor {
  if (logits.rank !== 2 || labels.rank !== 1 || labels.shape[0] !== logits.shape[0] || labels.dtype !== 'int32')
    throw shapeError(`crossEntropy takes logits [N, C] and int32 labels [N] (these are ${labels.dtype})`, { logits, labels });
  notEmpty('crossEntropy', { logits, labels });
  const outside = nanOutside('crossEntropy', labels, logits.shape[1]!);
  const chosen = oneHot(labels, logits.shape[1]!);
  return logLikelihood(logits, outside ? chosen.add(outside.expandDims(1)) : chosen);
}

const logLikelihood = firstOrder('crossEntropy', ([logits, chosen], save) => {
  const N = logits.shape[0];
  const logP = logits.logSoftmax();
  save([logP, chosen]);
  return {
    value: logP
      .mul(chosen)
      .sum()
      .mul(-1 / N),
    backward: (dL, [logP, chosen]) => {
      const pull = dL.mul(1 / N);
      return [logP.exp().sub(chosen).mul(pull), logP.mul(pull).neg()];
    },
  };
});

/** `crossEntropy` in operators that tfjs can differentiate any number of times; its own `logSoftmax` is not one. */
export const crossEntropyPlain = (logits: tf.Tensor, labels: tf.Tensor): tf.Tensor =>
  logits.logSumExp(-1).sub(oneHot(labels, logits.shape[1]!).mul(logits).sum(-1)).mean();

// Cast afterwards: the wasm backend writes integers even where a float one-hot is asked for.
const oneHot = (labels: tf.Tensor, C: number) => tf.oneHot(labels as tf.Tensor1D, C).cast('float32');
