import type * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { inDouble } from '../../../tests/support/gradients.js';
import { normalRows, randomMdp, softmaxRows } from '../../../tests/support/mdps.js';
import { theorem } from '../../../tests/support/theorem.js';
import { type PpoOptions, ppoLoss } from '../agents/policy-gradient.js';
import { actionValues, discountedVisits, policyEvaluation } from './dynamic-programming.js';
import type { FiniteMdp, TabularPolicy } from './finite-mdp.js';
import { type PolicyChange, type PolicyImprovement, policyImprovement } from './policy-improvement.js';

type Improve = typeof policyImprovement;
const sum = (v: readonly number[]) => v.reduce((total, x) => total + x, 0);
const START = [0.2, 0.5, 0.3];
const MDPS = [0.5, 0.9].map((discount, i) => randomMdp(i + 30, { S: 3, A: 2, discount }));
const performance = (mdp: FiniteMdp, policy: TabularPolicy, start: readonly number[] = START) =>
  sum(policyEvaluation(mdp, policy).map((v, s) => v * start[s]));
/** A policy, and others at several distances from it. */
const changes = (mdp: FiniteMdp): (PolicyChange & { mdp: FiniteMdp })[] => {
  const [logits, direction] = [normalRows(3, 3, 2), normalRows(4, 3, 2)];
  return [0.01, 0.3, 2, -3].map((by) => ({
    mdp,
    from: softmaxRows(logits),
    to: softmaxRows(logits.map((row, s) => row.map((l, a) => l + by * direction[s][a]))),
    start: START,
  }));
};

const scaled =
  (part: keyof PolicyImprovement, by: (mdp: FiniteMdp, found: PolicyImprovement) => number): Improve =>
  (mdp, change) => {
    const found = policyImprovement(mdp, change);
    return { ...found, [part]: found[part] * by(mdp, found) };
  };
const swapped: Improve = (mdp, change) => {
  const { gain, surrogate, ...others } = policyImprovement(mdp, change);
  return { gain: surrogate, surrogate: gain, ...others };
};
/** Means over the visits of one of the policies, of A made of values by `of`. */
const meanOf =
  (who: 'from' | 'to', of: (q: number, v: number) => number): Improve =>
  (mdp, change) => {
    const value = policyEvaluation(mdp, change.from);
    const visits = discountedVisits(mdp, change[who], change.start);
    const q = actionValues(mdp, value);
    const mean = sum(visits.map((d, s) => d * sum(q[s].map((x, a) => change.to[s][a] * of(x, value[s]))))) / (1 - mdp.discount);
    const found = policyImprovement(mdp, change);
    return who === 'to' ? { ...found, gain: mean } : { ...found, surrogate: mean };
  };

theorem<Improve>('thm:performance-difference', 'a', {
  real: policyImprovement,
  check: (improve) => {
    for (const { mdp, ...change } of MDPS.flatMap(changes))
      expect(improve(mdp, change).gain).toBeCloseTo(performance(mdp, change.to) - performance(mdp, change.from), 10);
  },
  mutants: {
    'is in the states of the old policy': swapped,
    'forgets to divide by one less the discount': scaled('gain', ({ discount }) => 1 - discount),
    'divides twice': scaled('gain', ({ discount }) => 1 / (1 - discount)),
    'multiplies by the discount': scaled('gain', ({ discount }) => discount),
    'turns the sign round': scaled('gain', () => -1),
    'forgets the value of the state': meanOf('to', (q) => q),
    'adds the value of the state': meanOf('to', (q, v) => q + v),
  },
});

theorem<Improve>('thm:performance-difference', 'b', {
  real: policyImprovement,
  check: (improve) => {
    for (const { mdp, from } of MDPS.flatMap(changes)) {
      const value = policyEvaluation(mdp, from);
      const advantage = actionValues(mdp, value).map((row, s) => row.map((q) => q - value[s]));
      // A step towards the better action in the first state, and none elsewhere: nowhere a negative mean of A.
      const best = advantage[0].indexOf(Math.max(...advantage[0]));
      const to = from.with(
        0,
        from[0].map((p, a) => 0.7 * p + 0.3 * Number(a === best)),
      );
      for (const [s, row] of to.entries()) expect(sum(row.map((p, a) => p * advantage[s][a]))).toBeGreaterThanOrEqual(-1e-12);
      const better = policyEvaluation(mdp, to);
      for (const start of [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ]) {
        const s = start.indexOf(1);
        const { gain } = improve(mdp, { from, to, start });
        expect(gain).toBeGreaterThanOrEqual(-1e-12);
        expect(gain).toBeCloseTo(better[s] - value[s], 10);
      }
      expect(better[0]).toBeGreaterThan(value[0]);
    }
  },
  mutants: {
    'turns the sign round': scaled('gain', () => -1),
    'is in the states of the old policy': swapped,
    'forgets the value of the state': meanOf('to', (q) => q),
    'is doubled': scaled('gain', () => 2),
  },
});

theorem<Improve>('thm:performance-difference', 'c', {
  real: policyImprovement,
  check: (improve) => {
    for (const mdp of MDPS) {
      const [logits, direction] = [normalRows(5, 3, 2), normalRows(6, 3, 2)];
      const from = softmaxRows(logits);
      const at = (by: number) => softmaxRows(logits.map((row, s) => row.map((l, a) => l + by * direction[s][a])));
      const h = 1e-4;
      const slope = (f: (to: TabularPolicy) => number) => (f(at(h)) - f(at(-h))) / (2 * h);
      expect(improve(mdp, { from, to: from, start: START }).surrogate).toBeCloseTo(0, 12);
      const right = slope((to) => performance(mdp, to));
      expect(Math.abs(right)).toBeGreaterThan(0.01);
      expect(slope((to) => improve(mdp, { from, to, start: START }).surrogate)).toBeCloseTo(right, 6);
    }
  },
  mutants: {
    'forgets to divide by one less the discount': scaled('surrogate', ({ discount }) => 1 - discount),
    'is doubled': scaled('surrogate', () => 2),
    'turns the sign round': scaled('surrogate', () => -1),
    'forgets the value of the state': meanOf('from', (q) => q),
    'adds the value of the state': meanOf('from', (q, v) => q + v),
  },
});

const divergence = (p: readonly number[], q: readonly number[]) => sum(p.map((x, a) => x * Math.log(x / q[a])));
/**
 * State 0 leaves with probability α: to state 2, and by the new policy to state 1, where actions earn ±1 and the new policy
 * prefers the wrong one by α; in 2 it prefers the right one.
 */
const hardest = (discount: number, alpha: number): PolicyChange & { mdp: FiniteMdp } => ({
  mdp: {
    transition: [
      [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
      [
        [0, 1, 0],
        [0, 1, 0],
        [0, 1, 0],
      ],
      [
        [0, 0, 1],
        [0, 0, 1],
        [0, 0, 1],
      ],
    ],
    reward: [
      [0, 0, 0],
      [1, -1, 0],
      [1, -1, 0],
    ],
    discount,
  },
  from: [
    [1 - alpha, 0, alpha],
    [0.5, 0.5, 0],
    [0.5, 0.5, 0],
  ],
  to: [
    [1 - alpha, alpha, 0],
    [0.5 - alpha, 0.5 + alpha, 0],
    [0.5 + alpha, 0.5 - alpha, 0],
  ],
  start: [1, 0, 0],
});

const PENALTIES: Record<string, Improve> = {
  'has half the penalty': scaled('penalty', () => 0.5),
  'has three where there is four': scaled('penalty', () => 0.75),
  'has the penalty of a smaller discount': scaled('penalty', ({ discount }) => discount),
  'divides by one less the discount once': scaled('penalty', ({ discount }) => 1 - discount),
  'takes the cube of the distance': scaled('penalty', (_, { totalVariation }) => totalVariation),
};

theorem<Improve>('thm:trust-region', 'a', {
  real: policyImprovement,
  check: (improve) => {
    for (const { mdp, ...change } of MDPS.flatMap(changes)) {
      const { surrogate, penalty, totalVariation } = improve(mdp, change);
      const gain = performance(mdp, change.to) - performance(mdp, change.from);
      expect(Math.abs(gain - surrogate)).toBeLessThanOrEqual(penalty + 1e-12);
      const value = policyEvaluation(mdp, change.from);
      const largest = Math.max(...actionValues(mdp, value).flatMap((row, s) => row.map((q) => Math.abs(q - value[s]))));
      const alpha = Math.max(...change.from.map((row, s) => Math.max(...row.map((p, a) => Math.abs(p - change.to[s][a]))))); // of two actions
      expect(totalVariation).toBeCloseTo(alpha, 12);
      expect(penalty).toBeCloseTo((4 * mdp.discount * largest * alpha ** 2) / (1 - mdp.discount) ** 2, 10);
    }
  },
  mutants: {
    ...PENALTIES,
    'has five where there is four': scaled('penalty', () => 1.25),
    'squares the largest advantage': scaled('penalty', (_, { penalty }) => penalty),
    'forgets to halve the distance': scaled('totalVariation', () => 2),
    'has the surrogate doubled': scaled('surrogate', () => 2),
  },
});

theorem<Improve>('thm:trust-region', 'b', {
  real: policyImprovement,
  check: (improve) => {
    for (const discount of [0.5, 0.9])
      for (const alpha of [0.1, 0.01, 1e-4]) {
        const { mdp, ...change } = hardest(discount, alpha);
        const { surrogate, penalty } = improve(mdp, change);
        const gain = performance(mdp, change.to, change.start) - performance(mdp, change.from, change.start);
        const share = (1 - discount) / (1 - discount + discount * alpha);
        expect((surrogate - gain) / penalty).toBeCloseTo(share, 8);
      }
  },
  mutants: {
    ...PENALTIES,
    'has five where there is four': scaled('penalty', () => 1.25),
    'has the surrogate of the new states': swapped,
  },
});

theorem<Improve>('thm:trust-region', 'c', {
  real: policyImprovement,
  check: (improve) => {
    for (const { mdp, ...change } of [...MDPS.flatMap(changes), ...[0.1, 0.01].map((alpha) => softened(hardest(0.9, alpha)))]) {
      const { surrogate, penalty } = improve(mdp, change);
      const { from, to, start } = change;
      const value = policyEvaluation(mdp, from);
      const largest = Math.max(...actionValues(mdp, value).flatMap((row, s) => row.map((q) => Math.abs(q - value[s]))));
      const kl = Math.max(...from.map((row, s) => divergence(row, to[s])));
      const byKl = (2 * mdp.discount * largest * kl) / (1 - mdp.discount) ** 2;
      expect(penalty).toBeLessThanOrEqual(byKl + 1e-12);
      const gain = performance(mdp, to, start) - performance(mdp, from, start);
      expect(gain).toBeGreaterThanOrEqual(surrogate - byKl - 1e-12);
    }
    // Of policies on a line through the old one, that of the largest lower bound is better than the old one, and not the old one itself.
    for (const mdp of MDPS) {
      const [logits, direction] = [normalRows(3, 3, 2), normalRows(4, 3, 2)];
      const at = (by: number) => softmaxRows(logits.map((row, s) => row.map((l, a) => l + by * direction[s][a])));
      const from = at(0);
      const value = policyEvaluation(mdp, from);
      const largest = Math.max(...actionValues(mdp, value).flatMap((row, s) => row.map((q) => Math.abs(q - value[s]))));
      const bounds = Array.from({ length: 201 }, (_, i) => {
        const by = (i - 100) / 500;
        const kl = Math.max(...from.map((row, s) => divergence(row, at(by)[s])));
        return {
          by,
          bound: improve(mdp, { from, to: at(by), start: START }).surrogate - (2 * mdp.discount * largest * kl) / (1 - mdp.discount) ** 2,
        };
      });
      const best = bounds.reduce((best, one) => (one.bound > best.bound ? one : best));
      expect(best.bound).toBeGreaterThan(0);
      expect(performance(mdp, at(best.by)) - performance(mdp, from)).toBeGreaterThanOrEqual(best.bound - 1e-12);
    }
    // Around equal probabilities KL is 2 TV² to leading order: the constant 2 is attained.
    const even = { ...MDPS[0], reward: MDPS[0].reward.map(() => [1, -1]), transition: MDPS[0].transition.map(([row]) => [row, row]) };
    for (const by of [0.01, 0.001]) {
      const [from, to] = [even.reward.map(() => [0.5, 0.5]), even.reward.map(() => [0.5 + by, 0.5 - by])];
      const { penalty } = improve(even, { from, to, start: START });
      expect(penalty / ((2 * 0.5 * divergence(from[0], to[0])) / 0.25)).toBeGreaterThan(0.999);
    }
  },
  mutants: {
    ...PENALTIES,
    'has five where there is four': scaled('penalty', () => 1.25),
    'has the penalty doubled': scaled('penalty', () => 2),
  },
});

/** The same where each action has a chance, so that the divergence is finite. */
function softened({ mdp, from, to, start }: PolicyChange & { mdp: FiniteMdp }): PolicyChange & { mdp: FiniteMdp } {
  const soft = (policy: TabularPolicy) => policy.map((row) => row.map((p) => 0.97 * p + 0.01));
  return { mdp, from: soft(from), to: soft(to), start };
}

/** L^clip of a policy in the states of another: what `ppoLoss` makes of all states and actions, each with its weight. */
type Clipped = (mdp: FiniteMdp, change: PolicyChange, clip: number) => number;
const clipped =
  (loss: (logProbability: tf.Tensor, advantage: tf.Tensor, options: PpoOptions) => tf.Tensor): Clipped =>
  (mdp, { from, to, start }, clip) => {
    const value = policyEvaluation(mdp, from);
    const q = actionValues(mdp, value);
    const rows = discountedVisits(mdp, from, start).flatMap((d, s) =>
      from[s].flatMap((p, a) => (p > 0 ? [{ old: p, now: to[s][a], weight: (d * p * (q[s][a] - value[s])) / (1 - mdp.discount) }] : [])),
    );
    const column = (of: (row: (typeof rows)[number]) => number) => ({ data: rows.map(of), shape: [rows.length] });
    const inputs = [column(({ now }) => Math.log(now)), column(({ weight }) => rows.length * weight), column(({ old }) => Math.log(old))];
    return -Number(inDouble((now, advantage, old) => loss(now, advantage, { old, clip }), inputs).y[0]);
  };

theorem<Clipped>('thm:trust-region', 'd', {
  real: clipped(ppoLoss),
  check: (objective) => {
    for (const { mdp, ...change } of MDPS.flatMap(changes))
      for (const clip of [0.1, 0.3]) {
        const { surrogate } = policyImprovement(mdp, change);
        const found = objective(mdp, change, clip);
        expect(found).toBeLessThanOrEqual(surrogate + 1e-9);
        const ratios = change.from.flatMap((row, s) => row.map((p, a) => change.to[s][a] / p));
        if (ratios.every((r) => Math.abs(r - 1) <= clip)) expect(found).toBeCloseTo(surrogate, 9);
        else if (ratios.some((r) => Math.abs(r - 1) > 2 * clip)) expect(Math.abs(found - surrogate)).toBeGreaterThan(1e-4);
      }
    // One state, the first action is better by 1: beyond 1 + ε and 1 − ε the objective is as flat as it was there.
    const bandit: FiniteMdp = { transition: [[[1], [1]]], reward: [[1, 0]], discount: 0.5 };
    const at = (p: number) => objective(bandit, { from: [[0.5, 0.5]], to: [[p, 1 - p]], start: [1] }, 0.2);
    expect(at(0.6)).toBeCloseTo(0.2, 7);
    expect(at(0.999)).toBeCloseTo(0.2, 7);
    expect(at(0.3)).toBeCloseTo(-0.4, 7); // worse than before is not clipped
    // Inside the range, and still a step that looks better and is worse.
    for (const discount of [0.5, 0.9])
      for (const clip of [0.1, 0.2, 0.5]) {
        const { mdp } = hardest(discount, 0.1);
        const from = [
          [0, 0.5, 0.5],
          [0.5, 0.5, 0],
          [0.5, 0.5, 0],
        ];
        const worse = clip * (1 - clip / 2);
        const to = [
          [0, (1 + clip) / 2, (1 - clip) / 2],
          [(1 - worse) / 2, (1 + worse) / 2, 0],
          [(1 + clip) / 2, (1 - clip) / 2, 0],
        ];
        const change = { from, to, start: [1, 0, 0] };
        const scale = discount / (1 - discount);
        expect(objective(mdp, change, clip + 1e-6)).toBeCloseTo((scale * clip ** 2) / 4, 7);
        const gain = performance(mdp, to, [1, 0, 0]) - performance(mdp, from, [1, 0, 0]);
        expect(gain).toBeCloseTo(-(scale * clip ** 2 * (3 - clip)) / 4, 9);
      }
  },
  mutants: {
    'takes the larger': clipped((now, advantage, { old, clip = 0.2 }) => {
      const ratio = now.sub(old).exp();
      return ratio
        .mul(advantage)
        .maximum(ratio.clipByValue(1 - clip, 1 + clip).mul(advantage))
        .mean()
        .neg();
    }),
    'clips without the smaller': clipped((now, advantage, { old, clip = 0.2 }) =>
      now
        .sub(old)
        .exp()
        .clipByValue(1 - clip, 1 + clip)
        .mul(advantage)
        .mean()
        .neg(),
    ),
    'does not clip': clipped((now, advantage, { old }) => now.sub(old).exp().mul(advantage).mean().neg()),
    'clips at 2ε': clipped((now, advantage, { old, clip = 0.2 }) => ppoLoss(now, advantage, { old, clip: 2 * clip })),
    'clips at ε/2': clipped((now, advantage, { old, clip = 0.2 }) => ppoLoss(now, advantage, { old, clip: clip / 2 })),
    'goes up': clipped((now, advantage, { old, clip }) => ppoLoss(now, advantage, { old, clip }).neg()),
    'adds up instead of averaging': clipped((now, advantage, { old, clip }) => ppoLoss(now, advantage, { old, clip }).mul(now.size)),
    'has log ratios': clipped((now, advantage, { old, clip = 0.2 }) => {
      const ratio = now.sub(old).add(1);
      return ratio
        .mul(advantage)
        .minimum(ratio.clipByValue(1 - clip, 1 + clip).mul(advantage))
        .mean()
        .neg();
    }),
  },
});
