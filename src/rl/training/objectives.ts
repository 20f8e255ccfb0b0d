import * as tf from '@tensorflow/tfjs';
import { checkOptions } from '../../base/internal.js';
import { type ActorCriticParams, actorCritic } from '../agents/actor-critic.js';
import { type ActorCriticWeights, actorCriticLoss, policyGradientLoss, ppoLoss } from '../agents/policy-gradient.js';
import { categoricalEntropy, categoricalLogProbability } from '../categorical-policy.js';

/** What a policy that acted has seen, done and earned. */
export interface PolicyBatch<T = tf.Tensor> {
  /** s [B, F] */
  readonly state: T;
  /** a [B] int32 */
  readonly action: T;
  /** log π(a | s) when it acted, [B]. */
  readonly old: T;
  /** A [B] */
  readonly advantage: T;
  /** R [B], what the critic should have said. */
  readonly returns: T;
  /** w [B], of mean 1: how much each row counts. */
  readonly weight?: T;
}

/**
 * What an update by the policy gradient goes down: A2C with advantages of a few steps, REINFORCE with those of whole episodes.
 *
 *     L = −mean A log π(a | s) + c_v ½ mean (V(s) − R)² − c_e mean H(π(· | s))
 *
 * Williams 1992; Mnih et al. 2016, section 4.
 */
export const policyGradientObjective =
  (weights: ActorCriticWeights) =>
  (params: ActorCriticParams, { state, action, advantage, returns, weight }: PolicyBatch): tf.Tensor => {
    const { policy, value } = actorCritic(params, state);
    const logP = categoricalLogProbability(policy, action);
    const entropy = categoricalEntropy(policy);
    if (!weight) return actorCriticLoss({ policy: policyGradientLoss(logP, advantage), value, entropy }, returns, weights);
    const root = weight.sqrt(); // of a square that is to count w times
    const terms = { policy: policyGradientLoss(logP, advantage.mul(weight)), value: value.mul(root), entropy: entropy.mul(weight) };
    return actorCriticLoss(terms, returns.mul(root), weights);
  };

/** What proximal policy optimisation weighs, and what it clips. */
export interface PpoWeights extends ActorCriticWeights {
  /** ε of the policy's ratio. */
  readonly clip: number;
  /** Whether V(s) too stops learning where it has moved by ε from what it was, towards R: false when left out. */
  readonly clipCritic?: boolean;
}

/**
 * What an update of proximal policy optimisation goes down, with advantages of mean 0 and deviation 1 over the batch.
 *
 *     L = −mean min(r Â, clip(r, 1 ± ε) Â) + c_v ½ mean (V(s) − R)² − c_e mean H(π(· | s))        Â = (A − mean A) / (std A + 10⁻⁸)
 *
 * With a clipped critic (V − R)² is the larger of that and of V_old + clip(V − V_old, ± ε) in place of V, where V_old = R − A.
 *
 * @throws when an option is unknown
 *
 * Schulman et al. 2017, eq. 9; the critic's clipping is of their program and in no paper of theirs: Engstrom et al. 2020, section 3.
 */
export function ppoObjective(weights: PpoWeights): (params: ActorCriticParams, batch: PolicyBatch) => tf.Tensor {
  checkOptions('ppoObjective', weights, ['value', 'entropy', 'clip', 'clipCritic']);
  const { clip, clipCritic = false, ...others } = weights;
  return (params, { state, action, old, advantage, returns }) => {
    const { policy, value } = actorCritic(params, state);
    const centred = advantage.sub(advantage.mean());
    const deviation = centred
      .square()
      .sum()
      .div(advantage.size - 1)
      .sqrt();
    const loss = ppoLoss(categoricalLogProbability(policy, action), centred.div(deviation.add(1e-8)), { old, clip });
    const critic = clipCritic ? farther(value, near(value, returns.sub(advantage), clip), returns) : value;
    return actorCriticLoss({ policy: loss, value: critic, entropy: categoricalEntropy(policy) }, returns, others);
  };
}

/** x, but no more than ε from `from`. */
const near = (x: tf.Tensor, from: tf.Tensor, epsilon: number): tf.Tensor => from.add(x.sub(from).minimum(epsilon).maximum(-epsilon));

/** Of a and b the one that is farther from the target. */
const farther = (a: tf.Tensor, b: tf.Tensor, target: tf.Tensor): tf.Tensor =>
  tf.where(a.sub(target).abs().greaterEqual(b.sub(target).abs()), a, b);
