import type * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, split } from '../../base/index.js';
import { initMlp, type MlpParams, mlp } from '../../models/index.js';
import { tanh } from '../../nn/index.js';

/** Weights of an actor, which says what to do in a state, and of a critic, which says what that state is worth. */
export interface ActorCriticParams<T = tf.Tensor> {
  readonly actor: MlpParams<T>;
  readonly critic: MlpParams<T>;
}

/**
 * Two perceptrons of these widths, the critic's with one output: `[4, 64, 64, 2]` for 2 actions in states of 4 numbers.
 *
 * The actor's last layer is a hundredth of its usual size, so that the first policy hardly prefers an action (Andrychowicz et al. 2021).
 * A Gaussian policy has one more parameter, `logDeviation` [K], beside these.
 */
export function initActorCritic(key: Key, widths: readonly number[]): ActorCriticParams<HostArray<Float32Array>> {
  const [forActor, forCritic] = split(key);
  const { layers } = initMlp(forActor, widths);
  const small = ({ data, shape }: HostArray<Float32Array>) => ({ data: data.map((v) => v / 100), shape });
  const { w, b } = layers.at(-1)!;
  return {
    actor: { layers: [...layers.slice(0, -1), { w: small(w), b: small(b) }] },
    critic: initMlp(forCritic, [...widths.slice(0, -1), 1]),
  };
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
