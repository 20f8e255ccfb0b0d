import { expect } from 'vitest';
import { gaussian, uniformAt } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import type { Matrix } from '../../linalg/index.js';
import { sinkhorn } from './sinkhorn.js';
import { hilbertDistance, sinkhornRate } from './sinkhorn-rate.js';

type Numbers = ArrayLike<number>;
const total = (values: Numbers) => Array.from(values).reduce((sum, value) => sum + value, 0);
const law = (seed: number, n: number) => {
  const weights = Array.from({ length: n }, (_, i) => 0.01 + uniformAt(seed, i));
  return weights.map((weight) => weight / total(weights));
};
const costs = (seed: number, rows: number, cols: number, size: number): Matrix => ({
  rows,
  cols,
  data: gaussian(seed, rows * cols).map((z) => size * z),
});
const variation = (x: Numbers, y: Numbers) => total(Array.from(x, (value, i) => Math.abs(value - y[i]))) / 2;
const oscillation = (x: readonly number[]) => Math.max(...x) - Math.min(...x);
/** Hilbert's metric, in words of the statement. */
const apart = (x: Numbers, y: Numbers) => oscillation(Array.from(x, (value, i) => Math.log(value / y[i])));
/** Σ over l of cᵢⱼ + cₖₗ − cᵢₗ − cₖⱼ at its largest, by going through all. */
function widest({ rows, cols, data }: Matrix): number {
  const c = (i: number, j: number) => data[i * cols + j];
  const [is, js] = [Array.from({ length: rows }, (_, i) => i), Array.from({ length: cols }, (_, j) => j)];
  return Math.max(...is.flatMap((i) => is.flatMap((k) => js.flatMap((j) => js.map((l) => c(i, j) + c(k, l) - c(i, l) - c(k, j))))));
}

theorem<typeof hilbertDistance>('thm:sinkhorn', 'a', {
  real: hilbertDistance,
  check: (distance) => {
    for (let seed = 0; seed < 40; seed++) {
      const [x, y] = [law(seed, 2 + (seed % 5)), law(100 + seed, 2 + (seed % 5))];
      expect(variation(x, y)).toBeLessThanOrEqual(Math.tanh(distance(x, y) / 4) + 1e-15);
    }
    // A law of two points and its mirror image attain the bound.
    for (const delta of [0.1, 1, 6]) {
      const y = [1 / (1 + Math.exp(-delta / 2)), 1 / (1 + Math.exp(delta / 2))];
      expect(variation(y, y.toReversed())).toBeCloseTo(Math.tanh(distance(y, y.toReversed()) / 4), 12);
    }
  },
  mutants: {
    'is half of it': (x, y) => hilbertDistance(x, y) / 2,
    'is twice as much': (x, y) => 2 * hilbertDistance(x, y),
    'takes the greatest ratio alone': (x, y) => Math.max(...Array.from(x, (value, i) => Math.log(value / y[i]))),
    'takes differences for logarithms of ratios': (x, y) => oscillation(Array.from(x, (value, i) => value - y[i])),
    'forgets the logarithm': (x, y) => oscillation(Array.from(x, (value, i) => value / y[i])),
    'adds the logarithms up': (x, y) => total(Array.from(x, (value, i) => Math.abs(Math.log(value / y[i])))) / 4,
  },
});

theorem<typeof sinkhornRate>('thm:sinkhorn', 'b', {
  real: sinkhornRate,
  check: (rate) => {
    for (const [seed, n, m, size, epsilon] of [
      [1, 2, 2, 1, 0.7],
      [2, 4, 3, 0.5, 1],
      [3, 3, 5, 1, 2],
    ]) {
      const cost = costs(seed, n, m, size);
      const kappa = Math.sqrt(rate(cost, epsilon));
      const masses = law(seed, m);
      const image = (z: readonly number[]) =>
        Array.from({ length: n }, (_, i) =>
          Math.log(total(z.map((value, j) => masses[j] * Math.exp(value - cost.data[i * m + j] / epsilon)))),
        );
      const shrunk = (z: readonly number[], w: readonly number[]) => {
        const [a, b] = [image(z), image(w)];
        return oscillation(a.map((value, i) => value - b[i])) / oscillation(z.map((value, j) => value - w[j]));
      };
      for (let k = 0; k < 60; k++) {
        const [z, w] = [0, 1].map((which) => [...gaussian(10 * seed + 2 * k + which, m)].map((value) => (k % 3 ? 1 : 4) * value));
        expect(shrunk(z, w)).toBeLessThanOrEqual(kappa + 1e-12);
      }
      // Nearly all on two columns, in balance between two rows, and a small step along one of them.
      const c = (i: number, j: number) => cost.data[i * m + j];
      const attained: number[] = [];
      for (let i = 0; i < n; i++)
        for (let k = 0; k < n; k++)
          for (let j = 0; j < m; j++)
            for (let l = 0; l < m; l++) {
              if (i === k || j === l) continue;
              const z = new Array<number>(m).fill(-40);
              z[l] = 0;
              z[j] = Math.log(masses[l] / masses[j]) + (c(i, j) - c(i, l) + c(k, j) - c(k, l)) / (2 * epsilon);
              attained.push(shrunk(z.with(j, z[j] + 1e-4), z.with(j, z[j] - 1e-4)));
            }
      expect(Math.max(...attained)).toBeGreaterThan(0.9999 * kappa);
      expect(Math.max(...attained)).toBeLessThanOrEqual(kappa + 1e-9);
    }
  },
  mutants: {
    'forgets the square': (cost, epsilon) => Math.sqrt(sinkhornRate(cost, epsilon)),
    'has 2 for 4': (cost, epsilon) => sinkhornRate(cost, epsilon / 2),
    'has 8 for 4': (cost, epsilon) => sinkhornRate(cost, 2 * epsilon),
    'takes the range of the cost': ({ data }, epsilon) => Math.tanh(oscillation([...data]) / (4 * epsilon)) ** 2,
    'takes the first two columns alone': ({ rows, cols, data }, epsilon) =>
      sinkhornRate({ rows, cols: 2, data: data.filter((_, at) => at % cols < 2) }, epsilon),
    'takes the first two rows alone': ({ cols, data }, epsilon) => sinkhornRate({ rows: 2, cols, data: data.slice(0, 2 * cols) }, epsilon),
    'forgets ε': (cost) => sinkhornRate(cost, 1),
    'is 1 − e^(−Δ/ε)': (cost, epsilon) => 1 - Math.exp(-widest(cost) / epsilon),
  },
});

type Rounds = (p: Numbers, q: Numbers, cost: Matrix, how: { epsilon: number; rounds: number }) => { plan: Matrix; entropicCost: number };
const rounds: Rounds = (p, q, cost, how) => sinkhorn(p, q, cost, { ...how, tolerance: 0, scaling: 1 });
const rowsOf = ({ rows, cols, data }: Matrix) => Array.from({ length: rows }, (_, i) => total(data.subarray(i * cols, (i + 1) * cols)));
const transposed = ({ rows, cols, data }: Matrix): Matrix => ({
  rows: cols,
  cols: rows,
  data: Float64Array.from(data, (_, at) => data[(at % rows) * cols + Math.floor(at / rows)]),
});
const columnsOf = (plan: Matrix) => rowsOf(transposed(plan));
const WRONG: Record<string, Rounds> = {
  'has twice the ε': (p, q, cost, how) => rounds(p, q, cost, { ...how, epsilon: 2 * how.epsilon }),
  'skips its second round': (p, q, cost, how) => rounds(p, q, cost, { ...how, rounds: how.rounds + Number(how.rounds > 1) }),
  'makes a round less': (p, q, cost, how) => rounds(p, q, cost, { ...how, rounds: Math.max(1, how.rounds - 1) }),
  'has half the cost': (p, q, cost, how) => rounds(p, q, { ...cost, data: cost.data.map((c) => c / 2) }, how),
};
/** Costs of 0 on the diagonal and h beside it, from the start (e^α, 1): costs of the second start from 1. */
const square = (h: number, alpha: number, epsilon: number): Matrix => ({
  rows: 2,
  cols: 2,
  data: Float64Array.of(-alpha * epsilon, h, h - alpha * epsilon, 0),
});
const EVEN = [0.5, 0.5];

theorem<Rounds>('thm:sinkhorn', 'c', {
  real: rounds,
  check: (run) => {
    for (const [seed, n, m, epsilon] of [
      [4, 3, 4, 1],
      [5, 5, 2, 1.5],
    ]) {
      const [cost, p, q] = [costs(seed, n, m, 1), law(seed, n), law(seed + 1, m)];
      const wide = widest(cost) / epsilon;
      const kappa = Math.tanh(wide / 4);
      const far = (plan: Matrix) => apart(rowsOf(plan), p);
      const first = far(run(p, q, cost, { epsilon, rounds: 1 }).plan);
      expect(first).toBeLessThanOrEqual(wide + 1e-12);
      for (const k of [1, 2, 3, 5]) {
        const { plan } = run(p, q, cost, { epsilon, rounds: k });
        expect(variation(columnsOf(plan), q)).toBeLessThan(1e-14);
        expect(far(plan)).toBeLessThanOrEqual(kappa ** (2 * (k - 1)) * first + 1e-12);
        expect(variation(rowsOf(plan), p)).toBeLessThanOrEqual(Math.tanh((kappa ** (2 * (k - 1)) * wide) / 4) + 1e-12);
      }
      // At the end: both margins, the form, and less than any other plan by ε times the divergence from it.
      const { plan, entropicCost } = run(p, q, cost, { epsilon, rounds: 400 });
      expect(variation(rowsOf(plan), p)).toBeLessThan(1e-13);
      const at = (i: number, j: number) => i * m + j;
      for (let i = 1; i < n; i++)
        for (let j = 1; j < m; j++) {
          const cross = (of: (index: number) => number) => of(at(0, 0)) + of(at(i, j)) - of(at(0, j)) - of(at(i, 0));
          expect(cross((index) => Math.log(plan.data[index]))).toBeCloseTo(
            cross((index) => -cost.data[index] / epsilon),
            10,
          );
        }
      for (const share of [0.1, 0.6, 1]) {
        const other = plan.data.map((mass, index) => (1 - share) * mass + share * p[Math.floor(index / m)] * q[index % m]);
        const value = total(
          other.map((mass, index) => mass * (cost.data[index] + epsilon * Math.log(mass / (p[Math.floor(index / m)] * q[index % m])))),
        );
        const divergence = total(other.map((mass, index) => mass * Math.log(mass / plan.data[index])));
        expect(value - entropicCost).toBeCloseTo(epsilon * divergence, 11);
      }
    }
    // Near the end the bounds are nearly attained: a start that is almost right.
    for (const [h, epsilon] of [
      [1, 0.5],
      [0.4, 0.3],
    ]) {
      const kappa = Math.tanh(h / (2 * epsilon));
      const rowsAfter = (k: number) => rowsOf(run(EVEN, EVEN, square(h, 0.05, epsilon), { epsilon, rounds: k }).plan);
      const first = apart(rowsAfter(1), EVEN);
      for (const k of [2, 4]) {
        const bound = kappa ** (2 * (k - 1)) * first;
        expect(apart(rowsAfter(k), EVEN)).toBeGreaterThan(0.99 * bound);
        expect(apart(rowsAfter(k), EVEN)).toBeLessThanOrEqual(bound);
        expect(variation(rowsAfter(k), EVEN)).toBeGreaterThan(0.99 * Math.tanh(bound / 4));
      }
    }
  },
  mutants: {
    ...WRONG,
    'ends with the rows': (p, q, cost, how) => {
      const { plan, entropicCost } = rounds(q, p, transposed(cost), how);
      return { plan: transposed(plan), entropicCost };
    },
    'sends independent pairs': (p, q, cost, how) => ({
      ...rounds(p, q, cost, how),
      plan: { ...cost, data: cost.data.map((_, at) => p[Math.floor(at / cost.cols)] * q[at % cost.cols]) },
    }),
    'counts the entropy of the plan alone': (p, q, cost, how) => {
      const found = rounds(p, q, cost, how);
      const own = total(found.plan.data.map((mass, at) => mass * Math.log(p[Math.floor(at / cost.cols)] * q[at % cost.cols])));
      return { ...found, entropicCost: found.entropicCost + how.epsilon * own };
    },
  },
});

theorem<Rounds>('thm:sinkhorn', 'd', {
  real: rounds,
  check: (run) => {
    for (const [h, epsilon, alpha] of [
      [1, 1, 3],
      [1, 0.5, -2],
      [0.5, 0.6, 1],
    ]) {
      const kappa = Math.tanh(h / (2 * epsilon));
      expect(Math.tanh(widest(square(h, alpha, epsilon)) / (4 * epsilon))).toBeCloseTo(kappa, 12);
      const far = (k: number) => apart(rowsOf(run(EVEN, EVEN, square(h, alpha, epsilon), { epsilon, rounds: k }).plan), EVEN);
      const k = Math.ceil(Math.log(1e-4) / Math.log(kappa ** 2)); // small by then, and far from rounding
      expect(far(k + 1) / far(k)).toBeCloseTo(kappa ** 2, 6);
    }
  },
  mutants: {
    'has twice the ε': WRONG['has twice the ε'],
    'has half the cost': WRONG['has half the cost'],
    'makes two rounds for each': (p, q, cost, how) => rounds(p, q, cost, { ...how, rounds: 2 * how.rounds }),
    'goes to the plan at once': (p, q, cost, how) => rounds(p, q, cost, { ...how, rounds: how.rounds % 2 ? 200 : 100 + how.rounds }),
  },
});
