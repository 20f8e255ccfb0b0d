import { expect } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { dot } from '../../../tests/support/dense.js';
import { deterministicPolicies, normalRows, randomMdp, softmaxRows } from '../../../tests/support/mdps.js';
import { theorem } from '../../../tests/support/theorem.js';
import { actionValues, policyEvaluation, valueIteration } from './dynamic-programming.js';
import type { FiniteMdp } from './finite-mdp.js';

const most = (v: readonly number[]) => Math.max(...v);
const distance = (u: readonly number[], v: readonly number[]) => most(u.map((x, i) => Math.abs(x - v[i])));
const MDPS = [0.5, 0.9].map((discount, i) => randomMdp(i + 1, { S: 3, A: 2, discount }));

interface Programming {
  /** The Bellman operator. */
  readonly sweep: (mdp: FiniteMdp, value: readonly number[]) => number[];
  readonly evaluate: typeof policyEvaluation;
}
const real: Programming = { sweep: (mdp, value) => actionValues(mdp, value).map(most), evaluate: policyEvaluation };

/** The sweep that makes of reward, γ and mean next value this, and takes of the actions what `choose` takes. */
const sweepBy =
  (of: (r: number, discount: number, next: number) => number, choose: (q: readonly number[]) => number = most): Programming['sweep'] =>
  (mdp, value) =>
    mdp.transition.map((actions, s) => choose(actions.map((row, a) => of(mdp.reward[s][a], mdp.discount, dot(row, value)))));
const MUTANTS: Record<string, Programming> = {
  'forgets the discount': { ...real, sweep: sweepBy((r, _, next) => r + next) },
  'discounts twice': { ...real, sweep: sweepBy((r, discount, next) => r + discount ** 2 * next) },
  'discounts the reward too': { ...real, sweep: sweepBy((r, discount, next) => discount * (r + next)) },
  'subtracts what follows': { ...real, sweep: sweepBy((r, discount, next) => r - discount * next) },
  'averages over actions': {
    ...real,
    sweep: sweepBy(
      (r, discount, next) => r + discount * next,
      (q) => q.reduce((sum, x) => sum + x) / q.length,
    ),
  },
  'takes the worst action': {
    ...real,
    sweep: sweepBy(
      (r, discount, next) => r + discount * next,
      (q) => Math.min(...q),
    ),
  },
  'evaluates with half the discount': {
    ...real,
    evaluate: (mdp, policy) => policyEvaluation({ ...mdp, discount: mdp.discount / 2 }, policy),
  },
  'evaluates the mean of a state’s actions': {
    ...real,
    evaluate: (mdp, policy) =>
      policyEvaluation(
        mdp,
        policy.map((row) => row.map(() => 1 / row.length)),
      ),
  },
};

theorem<Programming>('thm:bellman-contraction', 'a', {
  real,
  check: ({ sweep, evaluate }) => {
    for (const mdp of MDPS) {
      expect(mdp.discount).toBeLessThan(1);
      const [u, v, w] = normalRows(7, 3, 3);
      expect(distance(sweep(mdp, u), sweep(mdp, v))).toBeLessThanOrEqual(mdp.discount * distance(u, v) + 1e-12);
      const above = u.map((x, s) => x + Math.abs(w[s]));
      for (const [s, x] of sweep(mdp, above).entries()) expect(x).toBeGreaterThanOrEqual(sweep(mdp, u)[s]);
      // A constant more everywhere is γ times that more: the modulus is attained.
      for (const c of [-2, 3]) {
        const moved = sweep(
          mdp,
          u.map((x) => x + c),
        );
        expectClose(
          moved.map((x, s) => x - sweep(mdp, u)[s]),
          [1, 1, 1].map(() => mdp.discount * c),
          12,
        );
      }
      // The same of one policy, whose operator is that of a process with one action; and its fixed point is what the policy earns.
      const policy = softmaxRows(normalRows(9, 3, 2));
      const one: FiniteMdp = {
        transition: mdp.transition.map((actions, s) => [actions[0].map((_, next) => dot(policy[s], [actions[0][next], actions[1][next]]))]),
        reward: mdp.reward.map((row, s) => [dot(policy[s], row)]),
        discount: mdp.discount,
      };
      for (const [s, x] of sweep(one, u).entries()) expect(x).toBeLessThanOrEqual(sweep(mdp, u)[s]);
      for (const [s, x] of sweep(one, above).entries()) expect(x).toBeGreaterThanOrEqual(sweep(one, u)[s]);
      expect(distance(sweep(one, u), sweep(one, v))).toBeLessThanOrEqual(mdp.discount * distance(u, v) + 1e-12);
      const shifted = u.map((x) => x + 3);
      expect(distance(sweep(one, shifted), sweep(one, u))).toBeCloseTo(mdp.discount * 3, 12);
      let earned = [0, 0, 0];
      for (let t = 0; t < 400; t++) earned = one.reward.map(([r], s) => r + mdp.discount * dot(one.transition[s][0], earned));
      expectClose(evaluate(mdp, policy), earned, 10);
      expectClose(sweep(one, earned), earned, 10);
    }
  },
  mutants: MUTANTS,
});

theorem<Programming>('thm:bellman-contraction', 'b', {
  real,
  check: ({ sweep, evaluate }) => {
    for (const mdp of MDPS) {
      const each = deterministicPolicies(3, 2).map((policy) => evaluate(mdp, policy));
      const best = each[0].map((_, s) => most(each.map((value) => value[s])));
      expect(each.some((value) => distance(value, best) < 1e-10)).toBe(true); // one policy is best everywhere
      expectClose(sweep(mdp, best), best, 10);
      const mixed = evaluate(mdp, softmaxRows(normalRows(11, 3, 2)));
      for (const [s, x] of mixed.entries()) expect(x).toBeLessThan(best[s]);
      const q = actionValues(mdp, best);
      const greedy = q.map((row) => row.map((x) => Number(x === most(row))));
      expectClose(evaluate(mdp, greedy), best, 10);
    }
  },
  mutants: MUTANTS,
});

type Iterate = typeof valueIteration;
/** Sweeps until the last change passes. */
const until =
  (enough: (change: number, discount: number, tolerance: number) => boolean, sweep = real.sweep): Iterate =>
  (mdp, { tolerance = 1e-9, value: first } = {}) => {
    let value = [...(first ?? mdp.reward.map(() => 0))];
    const changes: number[] = [];
    do {
      const next = sweep(mdp, value);
      changes.push(distance(next, value));
      value = next;
    } while (!enough(changes.at(-1)!, mdp.discount, tolerance) && changes.length < 400);
    return { value, action: actionValues(mdp, value).map((row) => row.indexOf(most(row))), changes };
  };
const rule = (change: number, discount: number, tolerance: number) => discount * change <= (1 - discount) * tolerance;

theorem<Iterate>('thm:bellman-contraction', 'c', {
  real: valueIteration,
  check: (iterate) => {
    for (const mdp of MDPS)
      for (const tolerance of [0.5, 1e-6]) {
        const each = deterministicPolicies(3, 2).map((policy) => policyEvaluation(mdp, policy));
        const best = each[0].map((_, s) => most(each.map((value) => value[s])));
        const { value, changes } = iterate(mdp, { tolerance, value: [4, -3, 0] });
        const bound = (k: number) => mdp.discount ** k * distance([4, -3, 0], best);
        expect(distance(value, best)).toBeLessThanOrEqual(bound(changes.length) + 1e-12);
        expect(distance(value, best)).toBeLessThanOrEqual(tolerance);
        for (const [k, change] of changes.entries()) expect(change).toBeLessThanOrEqual(mdp.discount ** k * changes[0] + 1e-12);
      }
    // One state, one action that earns 1: all bounds are attained, and the rule stops at the first sweep that is good enough.
    for (const [discount, tolerance] of [
      [0.5, 0.01],
      [0.8, 0.1],
      [0.95, 1e-4],
    ]) {
      const { value, changes } = iterate({ transition: [[[1]]], reward: [[1]], discount }, { tolerance });
      const sweeps = Math.ceil(Math.log(tolerance * (1 - discount)) / Math.log(discount));
      expect(changes).toHaveLength(sweeps);
      expect(1 / (1 - discount) - value[0]).toBeCloseTo(discount ** sweeps / (1 - discount), 10);
      expect((discount * changes.at(-1)!) / (1 - discount)).toBeCloseTo(1 / (1 - discount) - value[0], 10);
    }
  },
  mutants: {
    'stops at a change of the tolerance': until((change, _, tolerance) => change <= tolerance),
    'forgets to multiply by the discount': until((change, discount, tolerance) => change <= (1 - discount) * tolerance),
    'forgets to divide by one less the discount': until((change, discount, tolerance) => discount * change <= tolerance),
    'halves the tolerance': until((change, discount, tolerance) => rule(change, discount, tolerance / 2)),
    'sweeps without discount': until(rule, MUTANTS['forgets the discount'].sweep),
    'sweeps with the worst action': until(rule, MUTANTS['takes the worst action'].sweep),
    'discounts twice': until(rule, MUTANTS['discounts twice'].sweep),
  },
});

theorem<Programming>('thm:bellman-contraction', 'd', {
  real,
  check: ({ sweep, evaluate }) => {
    /** What the policy earns that is greedy for V, found by `sweep` on processes with one action left. */
    const byGreedy = (mdp: FiniteMdp, value: readonly number[]) => {
      const only = (a: number): FiniteMdp => ({
        ...mdp,
        transition: mdp.transition.map((actions) => [actions[a]]),
        reward: mdp.reward.map((row) => [row[a]]),
      });
      const q = mdp.reward[0].map((_, a) => sweep(only(a), value));
      const action = value.map((_, s) => q.map((row) => row[s]).indexOf(most(q.map((row) => row[s]))));
      return evaluate(
        mdp,
        action.map((chosen) => q.map((_, a) => Number(a === chosen))),
      );
    };
    for (const mdp of MDPS) {
      const { value: best } = valueIteration(mdp, { tolerance: 1e-12 });
      for (const size of [0.1, 1, 10])
        for (const [seed, sign] of [1, -1].entries()) {
          const off = normalRows(20 + seed, 1, 3)[0].map((z) => size * Math.tanh(sign * z));
          const got = byGreedy(
            mdp,
            best.map((x, s) => x + off[s]),
          );
          const lost = most(best.map((x, s) => x - got[s]));
          expect(lost).toBeGreaterThanOrEqual(-1e-10);
          expect(lost).toBeLessThanOrEqual((2 * mdp.discount * most(off.map(Math.abs))) / (1 - mdp.discount) + 1e-10);
        }
    }
    // Staying costs 2γδ a step, leaving nothing; values wrong by δ = 1 make both look equal, and the first of equals stays: attained.
    for (const discount of [0.5, 0.75]) {
      const stay: FiniteMdp = {
        transition: [
          [
            [1, 0],
            [0, 1],
          ],
          [
            [0, 1],
            [0, 1],
          ],
        ],
        reward: [
          [-2 * discount, 0],
          [0, 0],
        ],
        discount,
      };
      expect(byGreedy(stay, [1, -1])[0]).toBeCloseTo((-2 * discount) / (1 - discount), 10);
      expect(byGreedy(stay, [0.99, -0.99])[0]).toBeCloseTo(0, 10);
    }
  },
  mutants: Object.fromEntries(Object.entries(MUTANTS).filter(([wrong]) => !/averages|worst/.test(wrong))), // with one action these are right
});
