import { expect } from 'vitest';
import { uniformAt as uniform } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { jensenShannon, kullbackLeibler, optimalDiscriminator } from './divergences.js';

type Law = ArrayLike<number>;
const total = (values: number[]) => values.reduce((sum, value) => sum + value, 0);
const lawOf = (weights: readonly number[]) => weights.map((weight) => weight / total([...weights]));
const PAIRS: [p: number[], q: number[]][] = [
  [lawOf([1, 2, 3, 4]), lawOf([4, 1, 1, 4])],
  [lawOf([0, 2, 3, 1, 2]), lawOf([3, 0, 1, 1, 3])],
  [lawOf([1, 8]), lawOf([8, 1])],
];
/** u log v, where nothing of what has no chance counts. */
const part = (u: number, v: number) => (u === 0 ? 0 : u * Math.log(v));
const value = (p: Law, q: Law, d: Law) => total(Array.from(d, (v, i) => part(p[i], v) + part(q[i], 1 - v)));
const coins = (u: number, v: number) => part(u, u / v) + part(1 - u, (1 - u) / (1 - v));
/** The law of the groups s(i). */
const grouped = (law: Law, s: readonly number[]) =>
  Array.from({ length: Math.max(...s) + 1 }, (_, g) => total(Array.from(law, (mass, i) => (s[i] === g ? mass : 0))));

type Discriminator = (p: Law, q: Law) => Law;
const eachPoint =
  (f: (p: number, q: number) => number): Discriminator =>
  (p, q) =>
    Array.from(p, (mass, i) => (mass + q[i] > 0 ? f(mass, q[i]) : 0.5));
const DISCRIMINATORS: Record<string, Discriminator> = {
  'takes samples for data': (p, q) => optimalDiscriminator(q, p),
  'is the density of the data': eachPoint((p) => p),
  'has roots for densities': eachPoint((p, q) => Math.sqrt(p) / (Math.sqrt(p) + Math.sqrt(q))),
  'has squares for densities': eachPoint((p, q) => p ** 2 / (p ** 2 + q ** 2)),
  'weighs samples double': eachPoint((p, q) => p / (p + 2 * q)),
  'shrinks to one half': eachPoint((p, q) => 0.9 * (p / (p + q)) + 0.05),
  'does not know': eachPoint(() => 0.5),
};

theorem<Discriminator>('thm:optimal-discriminator', 'ab', {
  real: optimalDiscriminator,
  check: (best) => {
    for (const [p, q] of [...PAIRS, [PAIRS[0][0], PAIRS[0][0]]]) {
      const d = best(p, q);
      const most = value(p, q, d);
      expect(most).toBeGreaterThanOrEqual(-2 * Math.LN2 - 1e-12);
      const rivals = [0.02, 0.3, 1].flatMap((size) =>
        Array.from({ length: 60 }, (_, k) => Array.from(d, (v, i) => (1 - size) * v + size * (0.001 + 0.998 * uniform(k, i)))),
      );
      for (const rival of rivals) {
        const gap = most - value(p, q, rival);
        const [exact, square] = [coins, (u: number, v: number) => 2 * (u - v) ** 2].map((apart) =>
          total(rival.map((v, i) => (p[i] + q[i]) * apart(d[i], v))),
        );
        expect(gap).toBeCloseTo(exact, 10);
        expect(gap).toBeGreaterThanOrEqual(square - 1e-12);
        if (square > 1e-9) expect(gap).toBeGreaterThan(0);
      }
    }
    // Nearly attained: no data could tell equal laws apart.
    const [p] = PAIRS[0];
    const rival = p.map(() => 0.5 + 1e-3);
    const gap = value(p, p, best(p, p)) - value(p, p, rival);
    expect(gap / (4 * 1e-6)).toBeGreaterThan(1);
    expect(gap / (4 * 1e-6)).toBeLessThan(1.0001);
  },
  mutants: DISCRIMINATORS,
});

theorem<Discriminator>('thm:optimal-discriminator', 'cd', {
  real: optimalDiscriminator,
  check: (best) => {
    for (const [p, q] of PAIRS) {
      const s = p.map((_, i) => i % 2);
      const [ps, qs, d] = [grouped(p, s), grouped(q, s), best(p, q)];
      const dOfS = best(ps, qs);
      const worth = (of: Law) =>
        value(
          p,
          q,
          s.map((g) => of[g]),
        );
      for (const g of [0, 1]) {
        const mean = total(s.map((group, i) => (group === g ? (p[i] + q[i]) * d[i] : 0))) / (ps[g] + qs[g]);
        expect(dOfS[g]).toBeCloseTo(mean, 12);
      }
      for (let k = 0; k < 40; k++) expect(worth([0, 1].map((g) => 0.5 * dOfS[g] + 0.5 * uniform(k, g)))).toBeLessThan(worth(dOfS));
      const isFunction = p.length === 2;
      if (isFunction) expect(worth(dOfS)).toBeCloseTo(value(p, q, d), 12);
      else expect(worth(dOfS)).toBeLessThan(value(p, q, d) - 0.01);
      for (const [i, v] of Array.from(d).entries()) if (p[i] + q[i] > 0) expect(v).toBeCloseTo(p[i] / 2 / (p[i] / 2 + q[i] / 2), 12);
      const h = p.map((_, i) => uniform(7, i));
      const weighted = total(h.map((u, i) => (q[i] > 0 ? (q[i] * u * d[i]) / (1 - d[i]) : 0)));
      expect(weighted).toBeCloseTo(total(h.map((u, i) => (q[i] > 0 ? u * p[i] : 0))), 12);
    }
    // Two laws whose ratio is the same within each group: nothing is lost.
    const [p, q, s] = [lawOf([1, 2, 3, 3]), lawOf([2, 4, 1, 1]), [0, 0, 1, 1]];
    const dOfS = best(grouped(p, s), grouped(q, s));
    expect(
      value(
        p,
        q,
        s.map((g) => dOfS[g]),
      ),
    ).toBeCloseTo(value(p, q, best(p, q)), 12);
  },
  mutants: DISCRIMINATORS,
});

type Divergence = (p: Law, q: Law) => number;
const js = jensenShannon;
const middleOf = (p: Law, q: Law, share = 0.5) => Array.from(p, (mass, i) => share * mass + (1 - share) * q[i]);
const DIVERGENCES: Record<string, Divergence> = {
  'adds the halves': (p, q) => 2 * js(p, q),
  'is in bits': (p, q) => js(p, q) / Math.LN2,
  'takes its root': (p, q) => Math.sqrt(js(p, q)),
  'counts the data only': (p, q) => kullbackLeibler(p, middleOf(p, q)),
  'has a middle at two thirds': (p, q) => (kullbackLeibler(p, middleOf(p, q, 2 / 3)) + kullbackLeibler(q, middleOf(p, q, 2 / 3))) / 2,
  'asks the middle': (p, q) => (kullbackLeibler(middleOf(p, q), p) + kullbackLeibler(middleOf(p, q), q)) / 2,
  'has no middle': (p, q) => (kullbackLeibler(p, q) + kullbackLeibler(q, p)) / 2,
  'is the total variation': (p, q) => total(Array.from(p, (mass, i) => Math.abs(mass - q[i]) / 2)),
};

theorem<Divergence>('thm:jensen-shannon', 'abc', {
  real: jensenShannon,
  check: (divergence) => {
    const epsilon = 0.005;
    const near: (typeof PAIRS)[number] = [
      [0.5 + epsilon, 0.5 - epsilon],
      [0.5 - epsilon, 0.5 + epsilon],
    ];
    const apart: (typeof PAIRS)[number] = [lawOf([3, 2, 5, 0]), lawOf([3, 2, 0, 5])];
    for (const [p, q] of [...PAIRS, near, apart]) {
      const d = p.map((mass, i) => mass / (mass + q[i]));
      expect(2 * divergence(p, q) - 2 * Math.LN2).toBeCloseTo(value(p, q, d), 12);
      const variation = total(p.map((mass, i) => Math.abs(mass - q[i]) / 2));
      expect(divergence(p, q)).toBeGreaterThanOrEqual(variation ** 2 / 2);
      expect(divergence(p, q)).toBeLessThanOrEqual(variation * Math.LN2 + 1e-12);
      if (q === apart[1]) expect(divergence(p, q)).toBeCloseTo(variation * Math.LN2, 12);
      else expect(divergence(p, q)).toBeLessThan(variation * Math.LN2 - 1e-3);
      // The generator's best answer is the law of the data.
      expect(divergence(p, p)).toBeCloseTo(0, 12);
      expect(divergence(q, p)).toBeGreaterThan(1e-6);
    }
    const bound = (2 * epsilon) ** 2 / 2;
    expect(divergence(...near) / bound).toBeLessThan(1.0001); // nearly attained
  },
  mutants: DIVERGENCES,
});

theorem<Divergence>('thm:jensen-shannon', 'de', {
  real: jensenShannon,
  check: (divergence) => {
    for (const [p, q] of PAIRS.slice(0, 2)) {
      const s = p.map((_, i) => i % 2);
      const d = grouped(p, s).map((mass, g) => mass / (mass + grouped(q, s)[g]));
      const best = value(grouped(p, s), grouped(q, s), d);
      expect(2 * divergence(grouped(p, s), grouped(q, s)) - 2 * Math.LN2).toBeCloseTo(best, 12);
      expect(divergence(grouped(p, s), grouped(q, s))).toBeLessThan(divergence(p, q) - 1e-3);
    }
    const [p, q, s] = [lawOf([1, 2, 3, 3]), lawOf([2, 4, 1, 1]), [0, 0, 1, 1]];
    expect(divergence(grouped(p, s), grouped(q, s))).toBeCloseTo(divergence(p, q), 12);
    // A point at 0 and one at θ, on a grid; two samples of three values without a common one.
    const point = (at: number) => Array.from({ length: 9 }, (_, i) => (i === at ? 1 : 0));
    for (const theta of [1, 2, 8]) expect(divergence(point(0), point(theta))).toBeCloseTo(Math.LN2, 12);
    expect(divergence(point(0), point(0))).toBe(0);
    const sample = (parity: number) => Array.from({ length: 6 }, (_, i) => (i % 2 === parity ? 1 / 3 : 0));
    expect(divergence(sample(0), sample(1))).toBeCloseTo(Math.LN2, 12);
  },
  mutants: DIVERGENCES,
});

theorem<Divergence>('thm:point-mass', 'd', {
  real: kullbackLeibler,
  check: (divergence) => {
    const pairs = [PAIRS[0], PAIRS[2], [lawOf([5, 1, 1]), lawOf([1, 1, 2])]] as typeof PAIRS;
    for (const [p, start] of pairs) {
      expect(Math.min(...p, ...start)).toBeGreaterThan(0);
      const score = p.map((mass, i) => Math.log(mass / start[i]));
      for (const tau of [0.3, 1, 4]) {
        const objective = (q: number[]) => -total(q.map((mass, i) => mass * score[i])) + tau * divergence(q, start);
        const tilted = start.map((mass, i) => mass * Math.exp(score[i] / tau));
        const Z = total(tilted);
        const best = lawOf(tilted);
        expect(objective(best)).toBeCloseTo(-tau * Math.log(Z), 10);
        for (let k = 0; k < 40; k++) {
          const other = best.map((mass, i) => 0.9 * mass + 0.1 * lawOf(best.map((_, j) => uniform(k, j)))[i]);
          expect(objective(other)).toBeGreaterThan(objective(best));
          expect(objective(other) - objective(best)).toBeCloseTo(tau * divergence(other, best), 10);
        }
        if (tau === 1) for (const [i, mass] of best.entries()) expect(mass).toBeCloseTo(p[i], 12);
      }
      const cold = lawOf(start.map((mass, i) => mass * Math.exp((score[i] - Math.max(...score)) / 0.01)));
      expect(cold[score.indexOf(Math.max(...score))]).toBeGreaterThan(0.999);
    }
  },
  mutants: {
    'turns it round': (p, q) => kullbackLeibler(q, p),
    'is in bits': (p, q) => kullbackLeibler(p, q) / Math.LN2,
    'is symmetric': (p, q) => (kullbackLeibler(p, q) + kullbackLeibler(q, p)) / 2,
    'forgets the law that it is held to': (p) => total(Array.from(p, (mass) => part(mass, mass))),
    'is twice as much': (p, q) => 2 * kullbackLeibler(p, q),
    'is a squared distance': (p, q) => total(Array.from(p, (mass, i) => (mass - q[i]) ** 2 / q[i])),
    'stops at the middle': jensenShannon,
  },
});
