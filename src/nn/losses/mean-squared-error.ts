import * as tf from '@tensorflow/tfjs';
import { shapeError } from '../tensor/errors.js';
import { firstOrder } from '../tensor/grad.js';

/**
 * Mean squared error.
 *
 *     L = mean (ŷ − y)²        ∂ŷ = 2 (ŷ − y) / n · ∂L
 *
 * @param prediction  ŷ, any shape
 * @param target      y, the same shape
 * @throws            when the shapes differ: broadcasting [B] against [B, 1] would average B² wrong pairs
 */
export function meanSquaredError(prediction: tf.Tensor, target: tf.Tensor): tf.Tensor {
  sameShape('meanSquaredError', prediction, target);
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

/**
 * Huber loss: squared near zero, absolute further out, so that an outlier pulls with a force of at most δ.
 *
 *     L = mean ρ(ŷ − y)        ρ(r) = ½ r² for |r| ≤ δ, else δ (|r| − ½ δ)        ∂ŷ = clip(ŷ − y, ±δ) / n · ∂L
 *
 * @param prediction  ŷ, any shape
 * @param target      y, the same shape
 * @throws            when the shapes differ
 *
 * Huber 1964. With r clipped to c = clip(r, ±δ), ρ(r) = c (r − ½ c): no branch.
 */
export function huber(prediction: tf.Tensor, target: tf.Tensor, delta = 1): tf.Tensor {
  sameShape('huber', prediction, target);
  return robust(delta)(prediction, target);
}

const robust = (delta: number) =>
  firstOrder('huber', ([prediction, target], save) => {
    const residual = prediction.sub(target);
    const clipped = residual.minimum(delta).maximum(-delta);
    save([clipped]);
    return {
      value: clipped.mul(residual.sub(clipped.mul(0.5))).mean(),
      backward: (dL, [clipped]) => opposite(clipped.mul(dL.mul(1 / clipped.size))),
    };
  });

/** `huber` in operators that tfjs can differentiate any number of times. */
export function huberPlain(prediction: tf.Tensor, target: tf.Tensor, delta = 1): tf.Tensor {
  const size = prediction.sub(target).abs();
  return tf.where(size.lessEqual(delta), size.square().mul(0.5), size.sub(delta / 2).mul(delta)).mean();
}

/**
 * Cross-entropy of class labels under a softmax.
 *
 *     L = −mean log pₙ[labelₙ]        p = softmax(logits)        ∂logits = (p − onehot(labels)) / N · ∂L
 *
 * @param logits  [N, C]
 * @param labels  [N] int32 classes 0 … C − 1
 * @throws        when there is not one integer label for each row
 */
export function crossEntropy(logits: tf.Tensor, labels: tf.Tensor): tf.Tensor {
  if (logits.rank !== 2 || labels.rank !== 1 || labels.shape[0] !== logits.shape[0] || labels.dtype !== 'int32')
    throw shapeError(`crossEntropy takes logits [N, C] and int32 labels [N] (these are ${labels.dtype})`, { logits, labels });
  return logLikelihood(logits, oneHot(labels, logits.shape[1]!));
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

const opposite = (d: tf.Tensor) => [d, d.neg()];

function sameShape(loss: string, prediction: tf.Tensor, target: tf.Tensor): void {
  if (!tf.util.arraysEqual(prediction.shape, target.shape))
    throw shapeError(`${loss}: prediction and target must have one shape`, { prediction, target });
}
