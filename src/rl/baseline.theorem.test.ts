import { expect } from 'vitest';
import { type Ascent, ascent, WRONG_ASCENTS } from '../../tests/support/ascent.js';
import { expectClose } from '../../tests/support/close.js';
import { normalRows, softmaxRows } from '../../tests/support/mdps.js';
import { theorem } from '../../tests/support/theorem.js';
import { optimalBaseline } from './baseline.js';

const sum = (v: readonly number[]) => v.reduce((total, x) => total + x, 0);
const POLICIES = [2, 3, 5].map((A) => ({ logits: normalRows(A, 1, A), q: normalRows(A + 10, 1, A)[0].map((z) => 3 + 2 * z) }));

theorem<Ascent>('thm:baseline', 'a', {
  real: ascent,
  check: (climb) => {
    for (const { logits, q } of POLICIES) {
      const [p] = softmaxRows(logits);
      const less = (b: number) =>
        climb(
          logits,
          p.map((x, action) => ({ state: 0, action, weight: x * (q[action] - b) })),
        )[0];
      const right = p.map((x, a) => x * (q[a] - sum(p.map((y, i) => y * q[i]))));
      for (const b of [-4, 0, 2.5, 100]) expectClose(less(b), right, 9);
    }
  },
  mutants: WRONG_ASCENTS,
});

/** The scores ∇ log π of each action, their squared norms, and the summed variance of (q − b) ∇ log π. */
const moments = (logits: readonly (readonly number[])[], q: readonly number[]) => {
  const [p] = softmaxRows(logits);
  const scores = p.map((_, a) => ascent(logits, [{ state: 0, action: a, weight: 1 }])[0]);
  const squares = scores.map((u) => sum(u.map((x) => x * x)));
  const spread = (b: number) => {
    const mean = p.map((_, i) => sum(p.map((x, a) => x * (q[a] - b) * scores[a][i])));
    return sum(p.map((x, a) => x * (q[a] - b) ** 2 * squares[a])) - sum(mean.map((x) => x * x));
  };
  return { p, squares, spread };
};
type Baseline = typeof optimalBaseline;
const MUTANTS: Record<string, Baseline> = {
  'is the plain mean': (_, returns) => sum(Array.from(returns)) / returns.length,
  'forgets to divide': (squares, returns) => sum(Array.from(returns, (g, i) => squares[i] * g)),
  'weighs by norms': (squares, returns) => optimalBaseline(Array.from(squares, Math.sqrt), returns),
  'weighs by fourth powers': (squares, returns) =>
    optimalBaseline(
      Array.from(squares, (x) => x * x),
      returns,
    ),
  'weighs the wrong way': (squares, returns) =>
    optimalBaseline(
      Array.from(squares, (x) => 1 / x),
      returns,
    ),
  'is none': () => 0,
  'is halved': (squares, returns) => optimalBaseline(squares, returns) / 2,
};

theorem<Baseline>('thm:baseline', 'b', {
  real: optimalBaseline,
  check: (baseline) => {
    for (const { logits, q } of POLICIES) {
      const { p, squares, spread } = moments(logits, q);
      const weights = p.map((x, a) => x * squares[a]);
      const b = baseline(weights, q);
      for (const by of [-2, -0.1, 0.1, 3]) expect(spread(b + by) - spread(b)).toBeCloseTo(by * by * sum(weights), 9);
      // Returns that scatter around q: each action twice, with returns q ± 1.
      const twice = [...q.map((x) => x + 1), ...q.map((x) => x - 1)];
      expect(baseline([...weights, ...weights], twice)).toBeCloseTo(b, 10);
    }
  },
  mutants: MUTANTS,
});

theorem<Baseline>('thm:baseline', 'c', {
  real: optimalBaseline,
  check: (baseline) => {
    for (const { logits, q } of [POLICIES[0], { logits: [[1.5, -1]], q: [10, 20] }]) {
      const { p, squares, spread } = moments(logits, q);
      const b = baseline(
        p.map((x, a) => x * squares[a]),
        q,
      );
      expect(b).toBeCloseTo(p[1] * q[0] + p[0] * q[1], 10); // of each action the other one's probability
      expect(spread(b)).toBeCloseTo(0, 9);
      const value = p[0] * q[0] + p[1] * q[1];
      expect(spread(value)).toBeCloseTo(2 * p[0] * p[1] * (p[0] - p[1]) ** 2 * (q[0] - q[1]) ** 2, 9);
    }
    // Any number of actions: what the best one has beyond the value is a covariance with the squared norms.
    for (const { logits, q } of POLICIES) {
      const { p, squares } = moments(logits, q);
      const mean = (of: (a: number) => number) => sum(p.map((x, a) => x * of(a)));
      const [norm, value] = [mean((a) => squares[a]), mean((a) => q[a])];
      const b = baseline(
        p.map((x, a) => x * squares[a]),
        q,
      );
      expect(b - value).toBeCloseTo(mean((a) => (squares[a] - norm) * (q[a] - value)) / norm, 9);
    }
    // Equally likely actions have scores of the same length: the value of the state is the best baseline.
    const { p, squares } = moments([[0.3, 0.3, 0.3]], [1, 2, 6]);
    expect(
      baseline(
        p.map((x, a) => x * squares[a]),
        [1, 2, 6],
      ),
    ).toBeCloseTo(3, 10);
  },
  mutants: {
    ...Object.fromEntries(Object.entries(MUTANTS).filter(([wrong]) => wrong !== 'is the plain mean')),
    'is the plain mean but for a little': (_, returns) => 1.01 * (sum(Array.from(returns)) / returns.length),
    'is the first return': (_, returns) => returns[0],
  },
});
