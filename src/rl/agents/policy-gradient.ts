import * as tf from '@tensorflow/tfjs';
import { shapeError } from '../../base/index.js';
import { checkNumber, checkOptions } from '../../base/internal.js';
import { meanSquaredError } from '../../nn/index.js';
import { notEmpty } from '../../nn/internal.js';
import { layer } from '../../tensor/index.js';

/**
 * The policy gradient as a loss: what was better than expected becomes more probable.
 *
 *     L = −mean A log π(a | s)        ∂log π = −A / B · ∂L
 *
 * @param logProbability  log π of the actions taken, [B]
 * @param advantage       A [B], held constant: the return, better less a baseline (REINFORCE), or `generalisedAdvantage` (A2C)
 * @returns               a scalar
 * @throws                when there is not one advantage for each action
 *
 * Williams 1992, eq. 11; Sutton et al. 2000.
 */
export function policyGradientLoss(logProbability: tf.Tensor, advantage: tf.Tensor): tf.Tensor {
  sameRows('policyGradientLoss', { logProbability, advantage });
  return logProbability.mul(advantage).mean().neg();
}

/** The policy that acted, and how far from it the loss still pulls. */
export interface PpoOptions {
  /** log π_old, when the actions were taken, [B]. */
  readonly old: tf.Tensor;
  /** ε: 0.2 when left out. */
  readonly clip?: number;
}

/**
 * Proximal policy optimisation's clipped loss: the policy gradient until the policy has moved away from the one that acted by ε.
 *
 *     L = −mean min(r A, clip(r, 1 ± ε) A)        r = π(a | s) / π_old(a | s)
 *
 *     ∂log π = −A r / B · ∂L, but 0 where A > 0 and r > 1 + ε, or A < 0 and r < 1 − ε
 *
 * @param logProbability  log π of the actions taken, [B]
 * @param advantage       A [B], held constant; usually with mean 0 and deviation 1 over the batch
 * @returns               a scalar
 * @throws                when the rows differ in number, or ε is not positive
 *
 * Schulman et al. 2017, eq. 7.
 */
export const ppoLoss = layer({
  name: 'ppoLoss',
  forward(logProbability: tf.Tensor, advantage: tf.Tensor, options: PpoOptions) {
    checkOptions('ppoLoss', options, ['old', 'clip']);
    const { old, clip = 0.2 } = options;
    sameRows('ppoLoss', { logProbability, old, advantage });
    checkNumber('ppoLoss', 'clip', clip, { above: 0 }, '0.2 in the paper');
    const ratio = logProbability.sub(old).exp();
    const near = ratio.minimum(1 + clip).maximum(1 - clip);
    const [free, bound] = [ratio.mul(advantage), near.mul(advantage)];
    return { value: free.minimum(bound).mean().neg(), saved: { ratio, near, free, bound } };
  },
  backward(dL, { ratio, near, free, bound }) {
    const pull = dL.mul(-1 / ratio.size);
    const isFree = free.lessEqual(bound);
    const dLog = free.mul(isFree.cast('float32')).mul(pull);
    return [dLog, tf.where(isFree, ratio, near).mul(pull), { old: dLog.neg() }];
  },
  plain(logProbability, advantage, { old, clip = 0.2 }) {
    const ratio = logProbability.sub(old).exp();
    return ratio
      .mul(advantage)
      .minimum(ratio.clipByValue(1 - clip, 1 + clip).mul(advantage))
      .mean()
      .neg();
  },
});

/** What actor and critic made of a batch. */
export interface ActorCriticTerms {
  /** The policy's loss, a scalar. */
  readonly policy: tf.Tensor;
  /** V(s) [B]. */
  readonly value: tf.Tensor;
  /** H, of each row or of all, in nats. */
  readonly entropy: tf.Tensor;
}

/** By how much the value and the entropy count beside the policy. */
export interface ActorCriticWeights {
  /** c_v: 1 when left out, ½ of PyTorch's mean squared error. */
  readonly value?: number;
  /** c_e: 0.01 when left out. */
  readonly entropy?: number;
}

/**
 * What actor and critic minimise together, in A2C with `policyGradientLoss` and in PPO with `ppoLoss`.
 *
 *     L = policy + c_v ½ mean (V(s) − R)² − c_e mean H(π(· | s))
 *
 * @param terms    the policy's loss, V and H
 * @param returns  R [B], held constant: advantage + the value that acted
 * @param weights  c_v and c_e
 * @returns        a scalar
 * @throws         when there is not one return for each value
 *
 * Mnih et al. 2016, section 4; Schulman et al. 2017, eq. 9.
 */
export function actorCriticLoss(
  { policy, value, entropy }: ActorCriticTerms,
  returns: tf.Tensor,
  weights: ActorCriticWeights = {},
): tf.Tensor {
  checkOptions('actorCriticLoss', weights, ['value', 'entropy']);
  return policy.add(meanSquaredError(value, returns).mul((weights.value ?? 1) / 2)).sub(entropy.mean().mul(weights.entropy ?? 0.01));
}

function sameRows(name: string, rows: Readonly<Record<string, tf.Tensor>>): void {
  const [first] = Object.values(rows);
  notEmpty(name, rows);
  if (first.rank !== 1 || Object.values(rows).some((t) => `${t.shape}` !== `${first.shape}`))
    throw shapeError(`${name} takes one number for each row of each: [B]`, rows);
}
