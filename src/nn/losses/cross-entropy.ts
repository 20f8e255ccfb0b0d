import * as tf from '@tensorflow/tfjs';
import { shapeError } from '../../base/index.js';
import { layer } from '../../tensor/index.js';
import { valuesNow } from '../../tensor/internal.js';
import { checkValues, nanOutside } from './labels.js';
import { notEmpty } from './residual.js';

/** What each row counts. */
export interface CrossEntropyOptions {
  /** [N], 0 or more, what each row counts, a mask too; all the same when left out. */
  readonly weights?: tf.Tensor;
}

/**
 * Cross-entropy of class labels under a softmax.
 *
 *     L = −Σ shareₙ log pₙ[labelₙ]        p = softmax(logits)        shareₙ = 1/N, or wₙ / Σ w
 *
 *     ∂logits = share ⊙ (p − onehot(labels)) · ∂L        ∂wₙ = −(log pₙ[labelₙ] + L) / Σ w · ∂L
 *
 * Rare classes and padding: weights of `classWeights.gather(labels)` or 0 where a row is padding, of any class.
 *
 * @param logits  [N, C]
 * @param labels  [N] int32 classes 0 … C − 1
 * @returns       a scalar
 * @throws        when there is not one integer label for each row, no row, a label is no class, a weight is negative or all are 0; where
 *                that shows only when a compiled function is called, the loss is NaN for such a label and for weights that are all 0
 *
 * With `classWeights.gather(labels)` it is PyTorch's `cross_entropy(…, weight=class_weights)`, which divides by Σ w too.
 */
export const crossEntropy = layer({
  name: 'crossEntropy',
  forward(logits: tf.Tensor, labels: tf.Tensor, { weights }: CrossEntropyOptions = {}) {
    if (logits.rank !== 2 || labels.rank !== 1 || labels.shape[0] !== logits.shape[0] || labels.dtype !== 'int32')
      throw shapeError(`crossEntropy takes logits [N, C] and int32 labels [N] (these are ${labels.dtype})`, { logits, labels });
    notEmpty('crossEntropy', { logits, labels });
    const outside = nanOutside('crossEntropy', labels, logits.shape[1]!);
    const hot = oneHot(labels, logits.shape[1]!);
    const chosen = outside ? hot.add(outside.expandDims(1)) : hot;
    const { share, total } = shares(labels, weights);
    const logP = logits.logSoftmax();
    const value = logP.mul(chosen).mul(share).sum().neg();
    return { value, saved: { logP, chosen, share, ...(total && { total, value }) } };
  },
  backward(dL, { logP, chosen, share, total, value }) {
    const pull = share.mul(dL);
    const dLogits = logP.exp().sub(chosen).mul(pull);
    if (!total) return [dLogits];
    return [dLogits, undefined, { weights: logP.mul(chosen).sum(1).add(value!).div(total).mul(dL).neg() }];
  },
  // Its own `logSoftmax` is not differentiable twice.
  plain(logits, labels, { weights } = {}) {
    const losses = logits.logSumExp(-1).sub(oneHot(labels, logits.shape[1]!).mul(logits).sum(-1));
    return weights ? losses.mul(weights).sum().div(weights.sum()) : losses.mean();
  },
});

/** What each row has of the mean, [N, 1], and the sum of the weights. */
function shares(labels: tf.Tensor, weights: tf.Tensor | undefined): { share: tf.Tensor; total?: tf.Tensor } {
  const N = labels.shape[0];
  if (!weights) return { share: tf.fill([N, 1], 1 / N) };
  if (weights.rank !== 1 || weights.shape[0] !== N)
    throw shapeError('crossEntropy takes one weight for each label; for weights of classes give classWeights.gather(labels)', {
      labels,
      weights,
    });
  checkValues('crossEntropy', weights, (weight) => weight >= 0, 'weights are 0 or more');
  if (valuesNow(weights)?.every((weight) => weight === 0))
    throw new Error('crossEntropy: all weights are 0, and the mean over nothing is not a number; leave out batches of padding alone');
  const counts = weights.cast('float32'); // integers and booleans would divide to 0
  const total = counts.sum();
  return { share: counts.div(total).expandDims(1), total };
}

// Cast afterwards: the wasm backend writes integers even where a float one-hot is asked for.
const oneHot = (labels: tf.Tensor, C: number) => tf.oneHot(labels as tf.Tensor1D, C).cast('float32');
