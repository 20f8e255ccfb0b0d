import * as tf from '@tensorflow/tfjs';
import { policyGradientLoss } from '../../src/rl/agents/policy-gradient.js';
import { categoricalLogProbability } from '../../src/rl/categorical-policy.js';
import { inDouble } from './gradients.js';

/** An action in a state, and how much it counts. */
export interface Counted {
  readonly state: number;
  readonly action: number;
  readonly weight: number;
}
/** Σ weight ∇ log π(action | state), `[s][a]`, with respect to the logits `[s][a]` of a softmax. */
export type Ascent = (logits: readonly (readonly number[])[], rows: readonly Counted[]) => number[][];

type Loss = (logProbability: tf.Tensor, advantage: tf.Tensor) => tf.Tensor;
/** What a loss climbs: its gradient for advantages of B times the weights, turned round. */
export const climbing =
  (loss: Loss): Ascent =>
  (logits, rows) => {
    const A = logits[0].length;
    const actions = tf.tensor1d(
      rows.map(({ action }) => action),
      'int32',
    );
    const input = { data: rows.flatMap(({ state }) => [...logits[state]]), shape: [rows.length, A] };
    const advantage = { data: rows.map(({ weight }) => rows.length * weight), shape: [rows.length] };
    const { grads } = inDouble((l, adv) => loss(categoricalLogProbability(l, actions), adv), [input, advantage]);
    const total = logits.map((row) => row.map(() => 0));
    for (const [i, { state }] of rows.entries()) for (let a = 0; a < A; a++) total[state][a] -= Number(grads[0][i * A + a]);
    return total;
  };

/** The library's, and wrong ones. */
export const ascent: Ascent = climbing(policyGradientLoss);
export const WRONG_ASCENTS: Record<string, Ascent> = {
  'goes down': climbing((logP, advantage) => policyGradientLoss(logP, advantage).neg()),
  'adds up instead of averaging': climbing((logP, advantage) => logP.mul(advantage).sum().neg()),
  'climbs probabilities': climbing((logP, advantage) => logP.exp().mul(advantage).mean().neg()),
  'is halved': climbing((logP, advantage) => policyGradientLoss(logP, advantage).div(2)),
  'takes sizes of advantages': climbing((logP, advantage) => policyGradientLoss(logP, advantage.abs())),
  'forgets the advantage': climbing((logP) => logP.mean().neg()),
  'pushes the action alone': (logits, rows) => {
    const total = logits.map((row) => row.map(() => 0));
    for (const { state, action, weight } of rows) total[state][action] += weight;
    return total;
  },
};
