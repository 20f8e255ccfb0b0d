import type * as tf from '@tensorflow/tfjs';
import { shapeError } from '../base/index.js';
import { firstOrder } from '../tensor/index.js';
import { chosen, oneHotActions } from './actions.js';

/**
 * The log-probability of actions under a softmax policy.
 *
 *     y = log π(a | s) = l[a] − log Σ e^l        ∂l = (onehot(a) − π) ∂y
 *
 * @param logits  l [B, A]
 * @param action  [B] int32, 0 … A − 1
 * @returns       [B]
 * @throws        when there is not one integer action for each row
 */
export function categoricalLogProbability(logits: tf.Tensor, action: tf.Tensor): tf.Tensor {
  return logProbability(logits, oneHotActions('categoricalLogProbability', logits, action));
}

const logProbability = firstOrder('categoricalLogProbability', ([logits, chosen], save) => {
  const logP = logits.logSoftmax();
  save([logP, chosen]);
  return {
    value: logP.mul(chosen).sum(-1),
    backward: (dy, [logP, chosen]) => {
      const pull = dy.expandDims(-1);
      return [chosen.sub(logP.exp()).mul(pull), logP.mul(pull)];
    },
  };
});

/**
 * The entropy of a softmax policy, in nats: what is left to explore.
 *
 *     H = −Σ π log π        ∂l = −π (log π + H) ∂H
 *
 * @param logits  l [..., A]
 * @returns       [...]
 */
export const categoricalEntropy: (logits: tf.Tensor) => tf.Tensor = firstOrder('categoricalEntropy', ([logits], save) => {
  const logP = logits.logSoftmax();
  const p = logP.exp();
  const entropy = p.mul(logP).sum(-1).neg();
  save([logP, p, entropy]);
  return {
    value: entropy,
    backward: (dy, [logP, p, entropy]) => [p.mul(logP.add(entropy.expandDims(-1))).mul(dy.neg().expandDims(-1))],
  };
});

/**
 * Actions drawn from a softmax policy: the largest of l + g, where g = −log(−log u) is Gumbel noise (Gumbel 1954; Maddison et al. 2014).
 *
 * @param logits  [..., A]
 * @param u       [..., A] uniform on [0, 1); with more rows than the logits, several draws of each
 * @returns       [...] int32
 * @throws        when there is no u for each logit: rows that shared theirs would act alike
 */
export function sampleCategorical(logits: tf.Tensor, u: tf.Tensor): tf.Tensor {
  if (u.size < logits.size)
    throw shapeError('sampleCategorical takes a uniform number for each logit: u like logits [..., A]', { logits, u });
  // 0 and 1 have no double logarithm: float32 uniforms are multiples of 2⁻²³, this moves them to the middle of their cells.
  return logits
    .sub(
      u
        .add(2 ** -24)
        .log()
        .neg()
        .log(),
    )
    .argMax(-1);
}

/** `categoricalLogProbability` in operators that tfjs can differentiate any number of times. */
export const categoricalLogProbabilityPlain = (logits: tf.Tensor, action: tf.Tensor): tf.Tensor =>
  chosen(logits, action).sub(logits.logSumExp(-1));

/** `categoricalEntropy` in operators that tfjs can differentiate any number of times. */
export function categoricalEntropyPlain(logits: tf.Tensor): tf.Tensor {
  const logP = logits.sub(logits.logSumExp(-1, true));
  return logP.exp().mul(logP).sum(-1).neg();
}
