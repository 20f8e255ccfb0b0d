import * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, shapeError } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import { initMlp, type MlpParams, mlp } from '../../models/index.js';
import { huber } from '../../nn/index.js';
import type { Optimizer, Tensors } from '../../optim/index.js';
import type { State } from '../../optim/internal.js';
import { stopGradient, valueAndGrad } from '../../tensor/index.js';
import { chosen } from '../actions.js';
import { dueling } from './dueling.js';

/** Weights of a dueling network of these widths: `[4, 64, 64, 2]` values 2 actions in states of 4 numbers. */
export const initDuelingNetwork = (key: Key, widths: readonly number[]): MlpParams<HostArray<Float32Array>> =>
  initMlp(key, [...widths.slice(0, -1), widths.at(-1)! + 1]);

/**
 * Values of all actions in a state, by the value of the state and the advantages of the actions. Without the two, `mlp` is a Q-network.
 *
 * @param params  of `initDuelingNetwork`
 * @param x       [B, F]
 * @returns       [B, A]
 *
 * Wang et al. 2016, with hidden layers that both share to the last; theirs part after the convolutions.
 */
export const duelingNetwork = (params: MlpParams, x: tf.Tensor): tf.Tensor => dueling(mlp(params, x));

/** What was done, and what came of it. */
export interface Transitions<T = tf.Tensor> {
  /** s [B, F] */
  readonly state: T;
  /** a [B] int32 */
  readonly action: T;
  /** r [B] */
  readonly reward: T;
  /** s′ [B, F] */
  readonly next: T;
  /** [B]: 1 where s′ ended the episode for good, so that nothing is earned after it; else 0, also where a limit of time cut it at s′. */
  readonly terminated: T;
  /** γᵐ [B], what the value of s′ counts, where a transition is of m steps; γ of all when left out. */
  readonly discount?: T;
  /** w [B], how much each counts in the gradient; 1 when left out. */
  readonly weight?: T;
}

/** What the future is worth, and who picks the next action. */
export interface TdOptions {
  /** γ, what a reward is worth one step later: 0.99; or [B], of transitions of several steps. */
  readonly discount: number | tf.Tensor;
  /**
   * Q(s′, ·) [B, A] of the network in training, which says which action is best: double Q-learning. The target network says that too,
   * y = r + γ (1 − terminated) maxₐ Q̄(s′, a), when it is left out: plain DQN.
   */
  readonly online?: tf.Tensor;
}

/**
 * What a Q-network should have said of the actions taken: the reward and the discounted value of where it led.
 *
 *     y = r + γ (1 − terminated) Q̄(s′, argmaxₐ Q(s′, a))
 *
 * @param target      Q̄(s′, ·) [B, A] of the target network, which says what the best action is worth
 * @param transition  reward and terminated [B]
 * @returns           [B]; no gradient should flow through it
 * @throws            when the shapes do not fit: rewards [B, 1] would be paid for every row
 *
 * Van Hasselt, Guez & Silver 2016, eq. 4; Mnih et al. 2015. One network for both overestimates, because it picks its own errors.
 */
export function tdTarget(
  target: tf.Tensor,
  { reward, terminated }: Pick<Transitions, 'reward' | 'terminated'>,
  options: TdOptions,
): tf.Tensor {
  checkOptions('tdTarget', options, ['discount', 'online']);
  const { discount, online } = options;
  const [B] = target.shape;
  if (target.rank !== 2 || `${reward.shape}` !== `${B}` || `${terminated.shape}` !== `${B}`)
    throw shapeError('tdTarget takes reward and terminated [B] and values [B, A]', { reward, terminated, target });
  const best = online ? chosen(target, online.argMax(-1)) : target.max(-1);
  return reward.add(best.mul(discount).mul(tf.sub(1, terminated)));
}

/** A network in training, and its slower copy that the targets come from. */
export interface DqnState<S> {
  /** The optimizer's state. */
  readonly learner: S;
  /** Its parameters as one vector, as the learner's state has them. */
  readonly target: tf.Tensor;
}

/** What a step of deep Q-learning can be told. */
export interface DqnOptions {
  /** γ, where transitions do not bring their own: 0.99 when left out. */
  readonly discount?: number;
  /** Whether the network in training picks the action that the target values: true when left out. */
  readonly double?: boolean;
  /** ρ, a mean over [B] of predictions and targets: `huber` when left out; `meanSquaredError` is CleanRL's. */
  readonly loss?: (prediction: tf.Tensor, target: tf.Tensor) => tf.Tensor;
}

/**
 * One step of deep Q-learning, to be compiled.
 *
 *     L = mean ρ(Q(s, a) − y)        ∇ = mean w ρ′(Q(s, a) − y) ∇Q(s, a)        Q̄ ← Q̄ + τ (Q − Q̄)
 *
 *     const optimizer = adam(params);
 *     const step = compile(dqnStep(mlp, optimizer), { donate: [0] });
 *     const learner = optimizer.init(params);
 *     let state = { learner, target: learner.parameters };
 *     for (…) ({ state, loss } = await step(state, batch, i % 500 === 0 ? 1 : 0));
 *
 * Weights w of transitions scale their share of the gradient, whatever the loss, and not the loss that is returned.
 *
 * @param network    parameters and states [B, F] to values [B, A]
 * @param optimizer  of the network's parameters
 * @returns          a function of the state, transitions, and τ: 1 copies the network to the target, 0 leaves the target as it is (Mnih et
 *                   al. 2015), a small share at every step lets it follow (Lillicrap et al. 2016). It gives the next state, the loss
 *                   before the step, and the error y − Q(s, a) of each transition [B], for `replay`'s priorities
 *
 * Mnih et al. 2015; weights as in Schaul et al. 2016, algorithm 1.
 */
export function dqnStep<P, S extends State>(
  network: (params: Tensors<P>, x: tf.Tensor) => tf.Tensor,
  optimizer: Optimizer<P, S>,
  options: DqnOptions = {},
): (state: DqnState<S>, batch: Transitions, share: tf.Tensor) => { state: DqnState<S>; loss: tf.Tensor; error: tf.Tensor } {
  checkOptions('dqnStep', options, ['discount', 'double', 'loss']);
  const { discount: constant = 0.99, double = true, loss: rho = huber } = options;
  return ({ learner, target }, { state, action, reward, next, terminated, discount = constant, weight }, share) => {
    const params = optimizer.params(learner);
    const slow = optimizer.params({ ...learner, parameters: target });
    const online = double ? network(params, next) : undefined;
    const y = tdTarget(network(slow, next), { reward, terminated }, { discount, online });
    const lossOf = (params: Tensors<P>) => {
      const q = chosen(network(params, state), action);
      return rho(weight ? weighted(q, weight) : q, y);
    };
    const { value: loss, grads } = valueAndGrad(lossOf)(params);
    const error = y.sub(chosen(network(params, state), action)); // the same nodes as in the loss
    const updated = optimizer.update(learner, grads as Tensors<P>);
    return { state: { learner: updated, target: target.add(updated.parameters.sub(target).mul(share)) }, loss, error };
  };
}

/** q, with w times its gradient. */
const weighted = (q: tf.Tensor, w: tf.Tensor): tf.Tensor => q.mul(w).add(stopGradient(q.mul(tf.sub(1, w))));
