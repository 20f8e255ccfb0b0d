import { expect } from 'vitest';
import { type Ascent, ascent, WRONG_ASCENTS } from '../../../tests/support/ascent.js';
import { expectClose } from '../../../tests/support/close.js';
import { normalRows, randomMdp, softmaxRows } from '../../../tests/support/mdps.js';
import { theorem } from '../../../tests/support/theorem.js';
import { actionValues, discountedVisits, policyEvaluation } from '../tabular/dynamic-programming.js';
import type { FiniteMdp } from '../tabular/finite-mdp.js';

interface Gradient {
  readonly climb: Ascent;
  readonly visits: typeof discountedVisits;
}
const real: Gradient = { climb: ascent, visits: discountedVisits };
const START = [0.6, 0.1, 0.3];
const sum = (v: readonly number[]) => v.reduce((total, x) => total + x, 0);
const performance = (mdp: FiniteMdp, logits: readonly (readonly number[])[], start: readonly number[]) =>
  sum(policyEvaluation(mdp, softmaxRows(logits)).map((v, s) => v * start[s]));
/** ∂J/∂l by central differences. */
const differences = (mdp: FiniteMdp, logits: readonly (readonly number[])[], start: readonly number[]) =>
  logits.flatMap((row, s) =>
    row.map((_, a) => {
      const at = (h: number) => performance(mdp, logits.with(s, logits[s].with(a, logits[s][a] + h)), start);
      return (at(1e-4) - at(-1e-4)) / 2e-4;
    }),
  );
const MDPS = [
  { seed: 1, A: 2, discount: 0.5 },
  { seed: 2, A: 3, discount: 0.9 },
].map(({ seed, ...rest }) => ({ mdp: randomMdp(seed, { S: 3, ...rest }), logits: normalRows(seed + 50, 3, rest.A) }));

const MUTANTS: Record<string, Gradient> = {
  ...Object.fromEntries(Object.entries(WRONG_ASCENTS).map(([wrong, climb]) => [wrong, { ...real, climb }])),
  'counts the start only': { ...real, visits: (_, __, start) => [...start] },
  'forgets that visits have the sum 1': {
    ...real,
    visits: (mdp, ...rest) => discountedVisits(mdp, ...rest).map((d) => d / (1 - mdp.discount)),
  },
  'discounts visits twice': { ...real, visits: (mdp, ...rest) => discountedVisits({ ...mdp, discount: mdp.discount ** 2 }, ...rest) },
  'hardly discounts visits': { ...real, visits: (mdp, ...rest) => discountedVisits({ ...mdp, discount: 0.999 }, ...rest) },
  'visits as a policy by chance': {
    ...real,
    visits: (mdp, policy, start) =>
      discountedVisits(
        mdp,
        policy.map((row) => row.map(() => 1 / row.length)),
        start,
      ),
  },
};
const exact = ({ climb, visits }: Gradient, mdp: FiniteMdp, logits: readonly (readonly number[])[]) => {
  const policy = softmaxRows(logits);
  const d = visits(mdp, policy, START);
  const q = actionValues(mdp, policyEvaluation(mdp, policy));
  const rows = policy.flatMap((row, state) =>
    row.map((p, action) => ({ state, action, weight: (d[state] * p * q[state][action]) / (1 - mdp.discount) })),
  );
  return climb(logits, rows);
};

theorem<Gradient>('thm:policy-gradient', 'a', {
  real,
  check: (f) => {
    for (const { mdp, logits } of MDPS) expectClose(exact(f, mdp, logits).flat(), differences(mdp, logits, START), 6);
  },
  mutants: MUTANTS,
});

theorem<Ascent>('thm:policy-gradient', 'b', {
  real: ascent,
  check: (climb) => {
    for (const discount of [0.4, 0.9]) {
      // From state 0 to 1 or 2 by chance, from there to the end, 3: all episodes, with their probabilities.
      const mdp: FiniteMdp = {
        transition: [
          [
            [0, 0.3, 0.7, 0],
            [0, 0.8, 0.2, 0],
          ],
          [
            [0, 0, 0, 1],
            [0, 0, 0, 1],
          ],
          [
            [0, 0, 0, 1],
            [0, 0, 0, 1],
          ],
          [
            [0, 0, 0, 1],
            [0, 0, 0, 1],
          ],
        ],
        reward: [...normalRows(8, 3, 2), [0, 0]],
        discount,
      };
      const logits = normalRows(9, 4, 2);
      const policy = softmaxRows(logits);
      const [toGo, whole]: { state: number; action: number; weight: number }[][] = [[], []];
      for (const first of [0, 1])
        for (const middle of [1, 2])
          for (const second of [0, 1]) {
            const p = policy[0][first] * mdp.transition[0][first][middle] * policy[middle][second];
            const later = mdp.reward[middle][second];
            const G = mdp.reward[0][first] + discount * later;
            toGo.push({ state: 0, action: first, weight: p * G }, { state: middle, action: second, weight: p * discount * later });
            whole.push({ state: 0, action: first, weight: p * G }, { state: middle, action: second, weight: p * G });
          }
      const right = differences(mdp, logits, [1, 0, 0, 0]);
      expectClose(climb(logits, toGo).flat(), right, 6);
      expectClose(climb(logits, whole).flat(), right, 6);
    }
  },
  mutants: WRONG_ASCENTS,
});

theorem<Gradient>('thm:policy-gradient', 'c', {
  real,
  check: (f) => {
    for (const { mdp, logits } of MDPS) {
      const policy = softmaxRows(logits);
      const value = policyEvaluation(mdp, policy);
      const q = actionValues(mdp, value);
      // (1 − γ) d, by following the chain for 400 steps.
      let [at, d] = [START, START.map(() => 0)];
      for (let t = 0; t < 400; t++) {
        d = d.map((x, s) => x + mdp.discount ** t * at[s]);
        at = at.map((_, next) => sum(at.map((p, s) => p * sum(policy[s].map((w, a) => w * mdp.transition[s][a][next])))));
      }
      const found = exact(f, mdp, logits);
      for (const [s, row] of found.entries()) {
        expect(sum(row)).toBeCloseTo(0, 10);
        expectClose(
          row,
          policy[s].map((p, a) => d[s] * p * (q[s][a] - value[s])),
          9,
        );
      }
    }
  },
  mutants: MUTANTS,
});
