import { expect } from 'vitest';
import { normalRows, randomMdp, softmaxRows } from '../../tests/support/mdps.js';
import { theorem } from '../../tests/support/theorem.js';
import { type OffPolicyEpisodes, type OffPolicyReturns, offPolicyReturns } from './importance-sampling.js';

type Estimate = typeof offPolicyReturns;
const sum = (v: readonly number[]) => v.reduce((total, x) => total + x, 0);
const product = (v: readonly number[]) => v.reduce((total, x) => total * x, 1);
/** Estimates of each episode and of all, by formulas of its ratios and rewards. */
const wrong =
  (part: 'ordinary' | 'perDecision', of: (ratio: readonly number[], reward: readonly number[], discount: number) => number): Estimate =>
  (episodes, options) => ({
    ...offPolicyReturns(episodes, options),
    [part]: episodes.reward.map((reward, n) => of(episodes.ratio[n], reward, options.discount)),
  });
const whole =
  (part: 'weighted' | 'effective', of: (Z: readonly number[], G: readonly number[]) => number): Estimate =>
  (episodes, options) => ({
    ...offPolicyReturns(episodes, options),
    [part]: of(
      episodes.ratio.map(product),
      episodes.reward.map((reward) => sum(reward.map((r, t) => options.discount ** t * r))),
    ),
  });
const MUTANTS: Record<string, Estimate> = {
  'forgets the ratios': wrong('ordinary', (_, reward, discount) => sum(reward.map((r, t) => discount ** t * r))),
  'has the last ratio only': wrong('ordinary', (ratio, reward, discount) => ratio.at(-1)! * sum(reward.map((r, t) => discount ** t * r))),
  'adds up the ratios': wrong(
    'ordinary',
    (ratio, reward, discount) => (sum(ratio) / ratio.length) * sum(reward.map((r, t) => discount ** t * r)),
  ),
  'forgets the discount': wrong('ordinary', (ratio, reward) => product(ratio) * sum(reward)),
  'leaves the last ratio out of each decision': wrong('perDecision', (ratio, reward, discount) =>
    sum(reward.map((r, t) => discount ** t * product(ratio.slice(0, t)) * r)),
  ),
  'has the ratio of one decision': wrong('perDecision', (ratio, reward, discount) =>
    sum(reward.map((r, t) => discount ** t * ratio[t] * r)),
  ),
  'forgets the discount of decisions': wrong('perDecision', (ratio, reward) =>
    sum(reward.map((r, t) => product(ratio.slice(0, t + 1)) * r)),
  ),
  'discounts once too often': wrong('perDecision', (ratio, reward, discount) =>
    sum(reward.map((r, t) => discount ** (t + 1) * product(ratio.slice(0, t + 1)) * r)),
  ),
  'inverts the ratios': (episodes, options) =>
    offPolicyReturns({ ...episodes, ratio: episodes.ratio.map((row) => row.map((x) => 1 / x)) }, options),
};

/** All ways of T steps from state 0 of a process, with their probabilities under b. */
function everyEpisode(seed: number, T: number) {
  const mdp = randomMdp(seed, { S: 2, A: 2, discount: 0.9 });
  const [pi, b] = [softmaxRows(normalRows(seed + 1, 2, 2)), softmaxRows(normalRows(seed + 2, 2, 2))];
  const found: { p: number; ratio: number[]; reward: number[] }[] = [];
  const walk = (p: number, s: number, ratio: number[], reward: number[]): void => {
    if (ratio.length === T) return void found.push({ p, ratio, reward });
    for (const a of [0, 1])
      for (const next of [0, 1])
        walk(p * b[s][a] * mdp.transition[s][a][next], next, [...ratio, pi[s][a] / b[s][a]], [...reward, mdp.reward[s][a] + next]);
  };
  walk(1, 0, [], []);
  /** What π earns in T steps with a discount, backwards. */
  const earned = (discount: number) => {
    let v = [0, 0];
    for (let t = 0; t < T; t++)
      v = v.map((_, s) =>
        sum(
          [0, 1].map(
            (a) => pi[s][a] * (mdp.reward[s][a] + sum([0, 1].map((next) => mdp.transition[s][a][next] * (next + discount * v[next])))),
          ),
        ),
      );
    return v[0];
  };
  return { p: found.map((e) => e.p), episodes: { ratio: found.map((e) => e.ratio), reward: found.map((e) => e.reward) }, earned };
}
const meanBy = (p: readonly number[], x: readonly number[]) => sum(p.map((w, i) => w * x[i]));

theorem<Estimate>('thm:importance-sampling', 'a', {
  real: offPolicyReturns,
  check: (estimate) => {
    for (const [seed, T] of [
      [3, 3],
      [8, 2],
    ])
      for (const discount of [0.5, 0.9]) {
        const { p, episodes, earned } = everyEpisode(seed, T);
        expect(sum(p)).toBeCloseTo(1, 12);
        const { ordinary, perDecision } = estimate(episodes, { discount });
        expect(meanBy(p, ordinary)).toBeCloseTo(earned(discount), 10);
        expect(meanBy(p, perDecision)).toBeCloseTo(earned(discount), 10);
      }
  },
  mutants: MUTANTS,
});

/** All sequences of T actions of one state, equally likely under b, of which π takes the first with probability q. */
const sequences = (q: number, T: number, reward: (action: number, t: number) => number): OffPolicyEpisodes => {
  const all = Array.from({ length: 2 ** T }, (_, code) => Array.from({ length: T }, (_, t) => (code >> t) & 1));
  return { ratio: all.map((row) => row.map((a) => 2 * (a === 0 ? q : 1 - q))), reward: all.map((row) => row.map(reward)) };
};
const average = (v: readonly number[]) => sum(v) / v.length;
const secondMoment = (v: readonly number[]) => average(v.map((x) => x * x));

theorem<Estimate>('thm:importance-sampling', 'b', {
  real: offPolicyReturns,
  check: (estimate) => {
    for (const q of [0.6, 0.9])
      for (const T of [1, 3, 8]) {
        const m = 2 * (q * q + (1 - q) ** 2); // Σ π²/b
        const { ordinary, effective } = estimate(
          sequences(q, T, (_, t) => Number(t === T - 1)),
          { discount: 1 },
        );
        expect(average(ordinary)).toBeCloseTo(1, 10);
        expect(secondMoment(ordinary)).toBeCloseTo(m ** T, 9);
        expect(effective).toBeCloseTo(2 ** T / m ** T, 9);
        // Only ratios that depend on the step only have equal weights: N episodes count as N.
        expect(estimate({ ratio: [[2], [2], [2]], reward: [[1], [0], [5]] }, { discount: 1 }).effective).toBeCloseTo(3, 12);
        expect(estimate({ ratio: [[2], [0], [0]], reward: [[1], [0], [5]] }, { discount: 1 }).effective).toBeCloseTo(1, 12);
      }
  },
  mutants: {
    'forgets the ratios': MUTANTS['forgets the ratios'],
    'has the last ratio only': MUTANTS['has the last ratio only'],
    'adds up the ratios': MUTANTS['adds up the ratios'],
    'takes the number of episodes': whole('effective', (Z) => Z.length),
    'forgets to square': whole('effective', (Z) => sum(Z) / sum(Z.map((z) => z * z))),
    'divides by the square of the sum': whole('effective', (Z) => sum(Z.map((z) => z * z)) / sum(Z) ** 2),
  },
});

theorem<Estimate>('thm:importance-sampling', 'c', {
  real: offPolicyReturns,
  check: (estimate) => {
    for (const q of [0.6, 0.9])
      for (const discount of [0.5, 1])
        for (const constants of [
          [1, 1, 1],
          [2, 0, 1],
          [0, 0, 3],
        ]) {
          const { ordinary, perDecision } = estimate(
            sequences(q, 3, (_, t) => constants[t]),
            { discount },
          );
          expect(average(perDecision)).toBeCloseTo(average(ordinary), 10);
          expect(secondMoment(perDecision)).toBeLessThanOrEqual(secondMoment(ordinary) + 1e-12);
          if (constants[0] > 0) expect(secondMoment(perDecision)).toBeLessThan(secondMoment(ordinary));
          const m = 2 * (q * q + (1 - q) ** 2);
          const pairs = constants.map((c, s) => sum(constants.map((d, t) => discount ** (s + t) * c * d * m ** (Math.min(s, t) + 1))));
          expect(secondMoment(perDecision)).toBeCloseTo(sum(pairs), 9);
        }
    // Two steps: 1 at the first, and at the second 1 for the action that π takes with 0.3.
    const two = estimate(
      sequences(0.7, 2, (a, t) => (t === 0 ? 1 : a)),
      { discount: 1 },
    );
    expect(average(two.ordinary)).toBeCloseTo(1.3, 12);
    expect(average(two.perDecision)).toBeCloseTo(1.3, 12);
    expect(secondMoment(two.ordinary) - 1.69).toBeCloseTo(0.282, 10);
    expect(secondMoment(two.perDecision) - 1.69).toBeCloseTo(0.3748, 10);
  },
  mutants: MUTANTS,
});

const WEIGHTED: Record<string, Estimate> = {
  'divides by the number of episodes': whole('weighted', (Z, G) => sum(Z.map((z, n) => z * G[n])) / Z.length),
  'forgets the ratios': whole('weighted', (_, G) => average(G)),
  'weighs by squares': whole('weighted', (Z, G) => sum(Z.map((z, n) => z * z * G[n])) / sum(Z.map((z) => z * z))),
  'adds up': whole('weighted', (Z, G) => sum(Z.map((z, n) => z * G[n]))),
};
const chosen = ({ ratio, reward }: OffPolicyEpisodes, rows: readonly number[]): OffPolicyEpisodes => ({
  ratio: rows.map((n) => ratio[n]),
  reward: rows.map((n) => reward[n]),
});

theorem<Estimate>('thm:importance-sampling', 'd', {
  real: offPolicyReturns,
  check: (estimate) => {
    for (const q of [0.7, 0.95]) {
      const episodes = sequences(q, 3, (a, t) => 1 + a + t);
      const returns = episodes.reward.map((reward) => sum(reward.map((r, t) => 0.5 ** t * r)));
      const weighted = (rows: readonly number[]): OffPolicyReturns['weighted'] =>
        estimate(chosen(episodes, rows), { discount: 0.5 }).weighted;
      // One episode: its own return, so that the mean is that of b.
      for (const n of returns.keys()) expect(weighted([n])).toBeCloseTo(returns[n], 10);
      for (const rows of [
        [0, 7],
        [1, 2, 5],
        [6, 6, 3],
      ]) {
        const seen = rows.map((n) => returns[n]);
        expect(weighted(rows)).toBeGreaterThanOrEqual(Math.min(...seen) - 1e-12);
        expect(weighted(rows)).toBeLessThanOrEqual(Math.max(...seen) + 1e-12);
      }
      // A sample in which each episode is as frequent as it is probable under b, as large ones are: what π earns.
      const pi = returns.map((_, code) => product([0, 1, 2].map((t) => ((code >> t) & 1 ? 1 - q : q))));
      const earned = meanBy(pi, returns);
      expect(weighted([...returns.keys()])).toBeCloseTo(earned, 10);
      expect(Math.abs(average(returns) - earned)).toBeGreaterThan(0.1);
    }
  },
  mutants: WEIGHTED,
});
