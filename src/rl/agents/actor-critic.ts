import type * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, split, zeros } from '../../base/index.js';
import { initMlp, type MlpParams, mlp } from '../../models/index.js';
import { orthogonal, tanh } from '../../nn/index.js';

/** Weights of an actor, which says what to do in a state, and of a critic, which says what that state is worth. */
export interface ActorCriticParams<T = tf.Tensor> {
  readonly actor: MlpParams<T>;
  readonly critic: MlpParams<T>;
}

/**
 * Two perceptrons of these widths, the critic's with one output: `[4, 64, 64, 2]` for 2 actions in states of 4 numbers.
 *
 * Weights are orthogonal and shifts zero. Hidden layers have gain √2, the critic's last layer 1 and the actor's 0.01, so that the first policy
 * hardly prefers an action. A Gaussian policy has one more parameter, `logDeviation` [K], beside these.
 *
 * @throws  when there are fewer than two widths, or one is no positive integer
 *
 * Engstrom et al. 2020, "Implementation matters", section 3; Andrychowicz et al. 2021, section 3.2. `orthogonal` names its own source.
 */
export function initActorCritic(key: Key, widths: readonly number[]): ActorCriticParams<HostArray<Float32Array>> {
  const [forActor, forCritic] = split(key);
  return { actor: orthogonalMlp(forActor, widths, 0.01), critic: orthogonalMlp(forCritic, [...widths.slice(0, -1), 1], 1) };
}

function orthogonalMlp(key: Key, widths: readonly number[], last: number): MlpParams<HostArray<Float32Array>> {
  const { layers } = initMlp(key, widths);
  const keys = split(key, layers.length);
  const gain = (l: number) => (l === layers.length - 1 ? last : Math.SQRT2);
  return { layers: layers.map(({ w, b }, l) => ({ w: orthogonal(keys[l], w.shape, gain(l)), b: zeros(b.shape) })) };
}

/**
 * What to do in each state and what it is worth, by two perceptrons with tanh between their layers.
 *
 * @param params  of `initActorCritic`
 * @param x       [B, F]
 * @returns       `policy` [B, A]: logits of a categorical policy, or means of a Gaussian one; `value` [B]
 *
 * Sutton & Barto 2018, section 13.5, with networks that share no layer, as Andrychowicz et al. 2021 advise.
 */
export const actorCritic = ({ actor, critic }: ActorCriticParams, x: tf.Tensor): { policy: tf.Tensor; value: tf.Tensor } => ({
  policy: mlp(actor, x, { activation: tanh }),
  value: mlp(critic, x, { activation: tanh }).squeeze([-1]),
});
