import * as tf from '@tensorflow/tfjs';
import { shapeError } from '../base/index.js';
import { checkOptions } from '../base/internal.js';
import { layer } from '../tensor/index.js';
import { chosen, takenActions, takenOf } from './actions.js';

/**
 * The log-probability of actions under a softmax policy.
 *
 *     y = log π(a | s) = l[a] − log Σ e^l        ∂l = (onehot(a) − π) ∂y
 *
 * An action that is not allowed has the logit −∞: it takes no part, and its ∂l is 0.
 *
 * @param logits  l [B, A]
 * @param action  [B] int32, 0 … A − 1
 * @returns       [B], in nats
 * @throws        when there is not one integer action for each row
 */
export const categoricalLogProbability = layer({
  name: 'categoricalLogProbability',
  forward(logits: tf.Tensor, action: tf.Tensor) {
    const taken = takenActions('categoricalLogProbability', logits, action);
    const logP = logits.logSoftmax();
    return { value: takenOf(logP, taken), saved: { logP, taken } };
  },
  backward: (dy, { logP, taken }) => [taken.cast('float32').sub(logP.exp()).mul(dy.expandDims(-1))],
  plain: (logits, action) => chosen(logits, action).sub(logits.logSumExp(-1)),
});

/**
 * The entropy of a softmax policy, in nats: what is left to explore.
 *
 *     H = −Σ π log π        ∂l = −π (log π + H) ∂H        0 log 0 = 0, so that a logit of −∞ is an action that does not exist
 *
 * @param logits  l [..., A]
 * @returns       [...], in nats
 */
export const categoricalEntropy = layer({
  name: 'categoricalEntropy',
  forward(logits: tf.Tensor) {
    const logP = logits.logSoftmax();
    const p = logP.exp();
    const surprise = whereAllowed(p, logP);
    const entropy = p.mul(surprise).sum(-1).neg();
    return { value: entropy, saved: { surprise, p, entropy } };
  },
  backward: (dy, { surprise, p, entropy }) => [p.mul(surprise.add(entropy.expandDims(-1))).mul(dy.neg().expandDims(-1))],
  plain(logits) {
    const logP = logits.sub(logits.logSumExp(-1, true));
    const p = logP.exp();
    return p.mul(whereAllowed(p, logP)).sum(-1).neg();
  },
});

/** log π where π > 0, else 0. */
const whereAllowed = (p: tf.Tensor, logP: tf.Tensor): tf.Tensor => tf.where(p.greater(0), logP, tf.zerosLike(logP));

/** One uniform number for each logit. */
export interface CategoricalNoise {
  /** [..., A] uniform on [0, 1); with more rows than the logits, several draws of each. */
  readonly u: tf.Tensor;
}

/**
 * Actions drawn from a softmax policy: the largest of l + g, where g = −log(−log u) is Gumbel noise (Gumbel 1954; Maddison et al. 2014).
 *
 * @param logits  [..., A]
 * @returns       [...] int32
 * @throws        when there is no u for each logit: rows that shared theirs would act alike
 */
export function sampleCategorical(logits: tf.Tensor, options: CategoricalNoise): tf.Tensor {
  checkOptions('sampleCategorical', options, ['u']);
  const { u } = options;
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
