import { checkNumber } from '../../base/internal.js';

/**
 * A Markov decision process of S states and A actions, each of which is allowed in each state. A state where everything ends leads to
 * itself and earns nothing.
 *
 *     { transition: [[[1, 0], [0, 1]], [[0, 1], [0, 1]]], reward: [[0, 1], [0, 0]], discount: 0.9 }        S = A = 2
 */
export interface FiniteMdp {
  /** P(s′ | s, a), `transition[s][a][s′]`. */
  readonly transition: readonly (readonly (readonly number[])[])[];
  /** r(s, a), `reward[s][a]`: what is earned on average. */
  readonly reward: readonly (readonly number[])[];
  /** γ in [0, 1): what a reward is worth one step later. */
  readonly discount: number;
}

/** π(a | s), `policy[s][a]`. */
export type TabularPolicy = readonly (readonly number[])[];

/** @throws when the shapes do not fit, a row is no probability distribution, a reward is not finite, or γ is not in [0, 1) */
export function checkMdp(who: string, { transition, reward, discount }: FiniteMdp): void {
  checkNumber(who, 'discount', discount, { from: 0, below: 1 }, 'an infinite sum of rewards needs it below 1');
  const [S, A] = [transition.length, transition[0]?.length ?? 0];
  const fits =
    S > 0 && A > 0 && transition.every((actions) => actions.length === A) && reward.length === S && reward.every((row) => row.length === A);
  if (!fits)
    throw new Error(`${who} takes transition [S][A][S] and reward [S][A], as many actions in each state: got ${sizes(transition, reward)}`);
  for (const [s, actions] of transition.entries())
    for (const [a, row] of actions.entries()) {
      checkDistribution(who, `transition[${s}][${a}]`, row, S);
      if (!Number.isFinite(reward[s][a])) throw new Error(`${who}: reward[${s}][${a}] is ${reward[s][a]}; rewards are finite numbers`);
    }
}

const sizes = (transition: FiniteMdp['transition'], reward: FiniteMdp['reward']): string =>
  `transition for ${transition.length} states with ${transition.map((actions) => actions.length).join(', ') || 'no'} actions, ` +
  `reward for ${reward.length} with ${reward.map((row) => row.length).join(', ') || 'no'}`;

/** @throws when there is not a distribution over the actions for each state */
export function checkPolicy(who: string, name: string, policy: TabularPolicy, mdp: FiniteMdp): void {
  if (policy.length !== mdp.reward.length) throw new Error(`${who}: ${name} has ${policy.length} rows for ${mdp.reward.length} states`);
  for (const [s, row] of policy.entries()) checkDistribution(who, `${name}[${s}]`, row, mdp.reward[0].length);
}

/** @throws when n numbers are no probabilities with the sum 1 */
export function checkDistribution(who: string, name: string, p: readonly number[], n: number): void {
  const total = p.reduce((sum, x) => sum + x, 0);
  if (p.length !== n || !p.every((x) => x >= 0) || !(Math.abs(total - 1) <= 1e-9))
    throw new Error(`${who}: ${name} must hold ${n} probabilities whose sum is 1, got [${p}] with the sum ${total}`);
}
