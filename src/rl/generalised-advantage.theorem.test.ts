import { expect } from 'vitest';
import { expectClose } from '../../tests/support/close.js';
import { normalRows, randomMdp, softmaxRows } from '../../tests/support/mdps.js';
import { theorem } from '../../tests/support/theorem.js';
import { type AdvantageOptions, generalisedAdvantage } from './generalised-advantage.js';
import { actionValues, policyEvaluation } from './tabular/dynamic-programming.js';
import type { FiniteMdp } from './tabular/finite-mdp.js';

/** Advantages [T] of an episode of T rewards and T + 1 values: it goes on after the last, is cut there, or ends for good. */
type Advantages = (
  rewards: readonly number[],
  values: readonly number[],
  options: AdvantageOptions & { end?: 'cut' | 'final' },
) => number[];
const real: Advantages = (rewards, values, { end, ...options }) => {
  const T = rewards.length;
  const rows = (data: readonly number[]) => ({ data, shape: [data.length, 1] });
  const last = (is: boolean) => rows(rewards.map((_, t) => Number(is && t === T - 1)));
  // Where an episode is cut or ends, the value that follows is of another one.
  const value = rows(end ? values.with(-1, 1e3) : values);
  const cut = end === 'cut' ? { truncated: last(true), finalValue: rows(rewards.map(() => values[T])) } : {};
  const { advantage } = generalisedAdvantage({ reward: rows(rewards), value, terminated: last(end === 'final'), ...cut }, options);
  return Array.from(advantage.data);
};
/** Σₗ weight(l, left) δₜ₊ₗ with δ made by `surprise`; `left` steps remain, t included. */
const bySum =
  (
    weight: (l: number, discount: number, lambda: number) => number,
    surprise = (r: number, discount: number, next: number, v: number) => r + discount * next - v,
  ): Advantages =>
  (rewards, values, { discount = 0.99, lambda = 0.95, end }) => {
    const v = end === 'final' ? values.with(-1, 0) : values;
    const delta = rewards.map((r, t) => surprise(r, discount, v[t + 1], v[t]));
    return rewards.map((_, t) => delta.slice(t).reduce((total, d, l) => total + weight(l, discount, lambda) * d, 0));
  };
const right = (l: number, discount: number, lambda: number) => (discount * lambda) ** l;
const MUTANTS: Record<string, Advantages> = {
  'forgets λ': bySum((l, discount) => discount ** l),
  'forgets the discount of surprises': bySum((l, _, lambda) => lambda ** l),
  'looks one step ahead': bySum((l) => Number(l === 0)),
  'weighs by 1 − λ': bySum((l, discount, lambda) => (1 - lambda) * right(l, discount, lambda)),
  'weighs the first surprise too': bySum((l, discount, lambda) => right(l + 1, discount, lambda)),
  'forgets the discount of what follows': bySum(right, (r, _, next, v) => r + next - v),
  'adds the value': bySum(right, (r, discount, next, v) => r + discount * next + v),
  'forgets the value': bySum(right, (r, discount, next) => r + discount * next),
  'discounts the reward': bySum(right, (r, discount, next, v) => discount * (r + next) - v),
};

const REWARDS = normalRows(1, 1, 6)[0];
const VALUES = normalRows(2, 1, 7)[0];
/** Σ γˡ r + γⁿ V − V, of n steps from t. */
const ofSteps = (n: number, t: number, discount: number, values: readonly number[]) =>
  REWARDS.slice(t, t + n).reduce((total, r, l) => total + discount ** l * r, 0) + discount ** n * values[t + n] - values[t];

theorem<Advantages>('thm:gae', 'a', {
  real,
  check: (advantages) => {
    for (const discount of [0.6, 0.9])
      for (const end of [undefined, 'cut', 'final'] as const) {
        const values = end === 'final' ? VALUES.with(-1, 0) : VALUES;
        const surprises = advantages(REWARDS, VALUES, { discount, lambda: 0, end });
        expectClose(
          surprises,
          REWARDS.map((_, t) => ofSteps(1, t, discount, values)),
          5,
        );
        for (const [t, n] of [
          [0, 6],
          [0, 3],
          [2, 4],
          [5, 1],
        ]) {
          const total = surprises.slice(t, t + n).reduce((sum, x, l) => sum + discount ** l * x, 0);
          expect(total).toBeCloseTo(ofSteps(n, t, discount, values), 5);
        }
        expectClose(
          advantages(REWARDS, VALUES, { discount, lambda: 1, end }),
          REWARDS.map((_, t) => ofSteps(6 - t, t, discount, values)),
          5,
        );
      }
  },
  mutants: Object.fromEntries(Object.entries(MUTANTS).filter(([wrong]) => wrong !== 'forgets λ')), // λ is 0 or 1 here
});

theorem<Advantages>('thm:gae', 'b', {
  real,
  check: (advantages) => {
    for (const [discount, lambda] of [
      [0.6, 0.9],
      [0.9, 0.3],
      [1, 0.5],
    ])
      for (const end of [undefined, 'cut', 'final'] as const) {
        const values = end === 'final' ? VALUES.with(-1, 0) : VALUES;
        const mixed = REWARDS.map((_, t) => {
          const K = 6 - t;
          const parts = Array.from(
            { length: K },
            (_, i) => (i + 1 < K ? 1 - lambda : 1) * lambda ** i * ofSteps(i + 1, t, discount, values),
          );
          return parts.reduce((sum, x) => sum + x, 0);
        });
        expectClose(advantages(REWARDS, VALUES, { discount, lambda, end }), mixed, 5);
      }
  },
  mutants: MUTANTS,
});

/** The mean over all ways that K steps can go after a first state and action. */
function meanAdvantage(
  advantages: Advantages,
  mdp: FiniteMdp,
  policy: readonly (readonly number[])[],
  values: readonly number[],
  how: How,
) {
  const { state, action, K, lambda } = how;
  const walk = (p: number, s: number, a: number, rewards: number[], seen: number[]): number => {
    const earned = [...rewards, mdp.reward[s][a]];
    let total = 0;
    for (const [next, q] of mdp.transition[s][a].entries()) {
      if (q === 0) continue;
      const path = [...seen, values[next]];
      if (earned.length === K) total += p * q * advantages(earned, path, { discount: mdp.discount, lambda })[0];
      else for (const [b, w] of policy[next].entries()) total += walk(p * q * w, next, b, earned, path);
    }
    return total;
  };
  return walk(1, state, action, [], [values[state]]);
}
type How = { readonly state: number; readonly action: number; readonly K: number; readonly lambda: number };

theorem<Advantages>('thm:gae', 'c', {
  real,
  check: (advantages) => {
    for (const discount of [0.5, 0.9]) {
      const mdp = randomMdp(5, { S: 2, A: 2, discount });
      const policy = softmaxRows(normalRows(6, 2, 2));
      const value = policyEvaluation(mdp, policy);
      const q = actionValues(mdp, value);
      for (const K of [1, 3])
        for (const lambda of [0, 0.4, 1])
          for (const [state, action] of [
            [0, 0],
            [1, 1],
          ])
            expect(meanAdvantage(advantages, mdp, policy, value, { state, action, K, lambda })).toBeCloseTo(
              q[state][action] - value[state],
              5,
            );
    }
  },
  mutants: Object.fromEntries(
    // Surprises have the mean 0 after the first, so that their weights do not count.
    Object.entries(MUTANTS).filter(([wrong]) => !/forgets λ|of surprises|looks one/.test(wrong)),
  ),
});

theorem<Advantages>('thm:gae', 'd', {
  real,
  check: (advantages) => {
    const bound = ({ K, lambda }: Pick<How, 'K' | 'lambda'>, discount: number) =>
      (discount * (1 - lambda) * (1 - (discount * lambda) ** (K - 1))) / (1 - discount * lambda) + discount ** K * lambda ** (K - 1);
    const delta = 0.7;
    for (const discount of [0.5, 0.9]) {
      const mdp = randomMdp(5, { S: 2, A: 2, discount });
      const policy = softmaxRows(normalRows(6, 2, 2));
      const value = policyEvaluation(mdp, policy);
      const q = actionValues(mdp, value);
      // A chain from 0 to 1, where it stays: the errors −δ and δ attain the bound.
      const chain: FiniteMdp = { transition: [[[0, 1]], [[0, 1]]], reward: [[1], [2]], discount };
      const exact = policyEvaluation(chain, [[1], [1]]);
      for (const K of [1, 2, 4])
        for (const lambda of [0, 0.4, 0.95]) {
          const how = { state: 0, action: 0, K, lambda };
          for (const off of [
            [delta, delta],
            [-delta, delta],
            [0.3, -delta],
          ]) {
            const wrong = value.map((v, s) => v + off[s]);
            const bias = meanAdvantage(advantages, mdp, policy, wrong, how) - (q[0][0] - value[0]);
            expect(Math.abs(bias + off[0])).toBeLessThanOrEqual(delta * bound(how, discount) + 1e-5);
          }
          const bias = meanAdvantage(advantages, chain, [[1], [1]], [exact[0] - delta, exact[1] + delta], how);
          expect(bias - delta).toBeCloseTo(delta * bound(how, discount), 5);
        }
    }
  },
  mutants: MUTANTS,
});
