import { expect } from 'vitest';
import { gaussian, uniformAt } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import type { Matrix } from '../../linalg/index.js';
import { type OptimalTransport, optimalTransport } from './optimal-transport.js';

type Transport = typeof optimalTransport;
type Point = readonly [number, number];
const total = (values: number[]) => values.reduce((sum, value) => sum + value, 0);
const distance = (a: Point, b: Point) => Math.hypot(a[0] - b[0], a[1] - b[1]);
const points = (seed: number, n: number): Point[] => {
  const z = gaussian(seed, 2 * n);
  return Array.from({ length: n }, (_, i) => [z[2 * i], z[2 * i + 1]]);
};
const distances = (xs: readonly Point[], ys: readonly Point[]): Matrix => ({
  rows: xs.length,
  cols: ys.length,
  data: Float64Array.from(xs.flatMap((x) => ys.map((y) => distance(x, y)))),
});
const law = (seed: number, n: number) => {
  const weights = Array.from({ length: n }, (_, i) => uniformAt(seed, i));
  return weights.map((weight) => weight / total(weights));
};
const even = (n: number) => new Array<number>(n).fill(1 / n);
/** φ(w) = minⱼ (c(w, yⱼ) − vⱼ). */
const criticOf =
  ({ columnPotentials }: OptimalTransport, ys: readonly Point[]) =>
  (w: Point) =>
    Math.min(...ys.map((y, j) => distance(w, y) - columnPotentials[j]));
const permutations = (n: number): number[][] =>
  n === 0 ? [[]] : permutations(n - 1).flatMap((rest) => rest.map((_, at) => rest.toSpliced(at, 0, n - 1)).concat([[...rest, n - 1]]));

const costing = (cost: (found: OptimalTransport, matrix: Matrix, p: number[], q: number[]) => number): Transport => {
  const wrong = (p: number[], q: number[], matrix: Matrix) => {
    const found = optimalTransport(p, q, matrix);
    return { ...found, cost: cost(found, matrix, p, q) };
  };
  return wrong as Transport;
};
const along = (cost: Matrix, mass: (i: number, j: number) => number) =>
  total(Array.from(cost.data, (c, at) => c * mass(Math.floor(at / cost.cols), at % cost.cols)));
const SUMS: Record<string, Transport> = {
  'ships everything everywhere': costing((_, cost, p, q) => along(cost, (i, j) => p[i] * q[j])),
  'ships in the order of the rows': costing((_, cost, p, q) => along(cost, inOrder(p, q))),
  'squares the distance': costing(({ plan }, cost) => along(cost, (i, j) => plan.data[i * plan.cols + j] * cost.data[i * plan.cols + j])),
  'counts half of what is moved': costing((found) => found.cost / 2),
};
const COSTS: Record<string, Transport> = {
  ...SUMS,
  'takes the longest way': costing(({ plan }, cost) => Math.max(...cost.data.filter((_, at) => plan.data[at] > 0))),
};
/** The plan of the north-west corner. */
function inOrder(p: number[], q: number[]): (i: number, j: number) => number {
  const edge = (masses: number[], end: number) => total(masses.slice(0, end));
  return (i, j) => Math.max(0, Math.min(edge(p, i + 1), edge(q, j + 1)) - Math.max(edge(p, i), edge(q, j)));
}
const PRICES: Record<string, Transport> = {
  'has no prices': (...of) => ({ ...optimalTransport(...of), columnPotentials: new Float64Array(of[1].length) }),
  'has prices of the other sign': (...of) => {
    const found = optimalTransport(...of);
    return { ...found, columnPotentials: found.columnPotentials.map((v) => -v) };
  },
  'has half of the prices': (...of) => {
    const found = optimalTransport(...of);
    return { ...found, columnPotentials: found.columnPotentials.map((v) => v / 2) };
  },
  'has a plan of independent pairs': (p, q, cost) => {
    const plan = { ...cost, data: cost.data.map((_, at) => p[Math.floor(at / cost.cols)] * q[at % cost.cols]) };
    return { ...optimalTransport(p, q, cost), plan };
  },
};

theorem<Transport>('thm:kantorovich-rubinstein', 'a', {
  real: optimalTransport,
  check: (transport) => {
    // Four points to four others, a quarter each: the best plan is a permutation (Birkhoff).
    for (const seed of [1, 2]) {
      const [xs, ys] = [points(seed, 4), points(seed + 10, 4)];
      const least = Math.min(...permutations(4).map((to) => total(to.map((j, i) => distance(xs[i], ys[j]) / 4))));
      expect(transport(even(4), even(4), distances(xs, ys)).cost).toBeCloseTo(least, 12);
    }
    // Two laws on six points.
    for (const seed of [3, 4]) {
      const [xs, p, q] = [points(seed, 6), law(seed, 6), law(seed + 10, 6)];
      const found = transport(p, q, distances(xs, xs));
      const phi = xs.map(criticOf(found, xs));
      for (const [i, x] of xs.entries())
        for (const [j, y] of xs.entries()) {
          expect(Math.abs(phi[i] - phi[j])).toBeLessThanOrEqual(distance(x, y) + 1e-12);
          if (found.plan.data[i * 6 + j] > 0) expect(phi[i] - phi[j]).toBeCloseTo(distance(x, y), 12);
        }
      const gap = (critic: number[]) => total(critic.map((value, i) => (p[i] - q[i]) * value));
      expect(gap(phi)).toBeCloseTo(found.cost, 12);
      for (const K of [0.5, 3]) expect(gap(phi.map((value) => K * value))).toBeCloseTo(K * found.cost, 12);
      for (let k = 0; k < 30; k++) {
        const heights = xs.map((_, i) => 3 * uniformAt(100 + k, i));
        const other = xs.map((x) => Math.min(...xs.map((y, j) => heights[j] + distance(x, y)))); // 1-Lipschitz
        expect(gap(other)).toBeLessThan(found.cost);
      }
      const mixed = (share: number) => along(distances(xs, xs), (i, j) => (1 - share) * found.plan.data[i * 6 + j] + share * p[i] * q[j]);
      expect(mixed(0)).toBeCloseTo(found.cost, 12);
      for (const share of [0.01, 0.5, 1]) expect(mixed(share)).toBeGreaterThan(found.cost);
    }
  },
  mutants: { ...COSTS, ...PRICES },
});

theorem<Transport>('thm:kantorovich-rubinstein', 'cd', {
  real: optimalTransport,
  check: (transport) => {
    const n = 12;
    const apart = (xs: Point[], ys: Point[]) => transport(even(xs.length), even(ys.length), distances(xs, ys)).cost;
    const moved = (xs: Point[], [a, b]: Point) => xs.map(([u, v]): Point => [u + a, v + b]);
    const xs = points(5, n);
    for (const h of [
      [0.3, -0.4],
      [2, 5],
    ] as const) {
      const length = Math.hypot(...h);
      expect(apart(xs, moved(xs, h).reverse())).toBeCloseTo(length, 12);
      const critic = ([a, b]: Point) => -(a * h[0] + b * h[1]) / length;
      expect(total(xs.map((x) => critic(x) - critic([x[0] + h[0], x[1] + h[1]]))) / n).toBeCloseTo(length, 12);
      for (const [one, other] of [[xs[0], xs[1]]]) expect(apart([one], [other])).toBeCloseTo(distance(one, other), 12);
    }
    // A metric, and as smooth in the weights as the generator: z goes to θz + (θ, 0).
    const made = (theta: number) => points(6, n).map(([a, b]): Point => [theta * a + theta, theta * b]);
    const clouds = [xs, made(1), made(1.5), made(-2)];
    const between = clouds.map((a) => clouds.map((b) => apart(a, b)));
    for (const [i, row] of between.entries()) {
      expect(row[i]).toBeCloseTo(0, 12);
      for (const [j, length] of row.entries()) {
        expect(length).toBeCloseTo(between[j][i], 12);
        for (const k of clouds.keys()) expect(length).toBeLessThanOrEqual(row[k] + between[k][j] + 1e-12);
      }
    }
    const pairs = (theta: number, other: number) => total(made(theta).map((y, i) => distance(y, made(other)[i]))) / n;
    for (const [theta, other] of [
      [1, 1.1],
      [1, 1.5],
      [-2, 1],
    ])
      expect(Math.abs(apart(xs, made(theta)) - apart(xs, made(other)))).toBeLessThanOrEqual(pairs(theta, other));
    // Nearly attained by a generator that moves all it makes straight away from the data.
    const [near, far] = [moved(xs, [100, 0]), moved(xs, [101, 0])];
    expect(apart(xs, far) - apart(xs, near)).toBeCloseTo(1, 10);
  },
  mutants: SUMS,
});

theorem<Transport>('thm:gradient-penalty', 'a', {
  real: optimalTransport,
  check: (transport) => {
    for (const seed of [7, 8]) {
      const [xs, ys, p, q] = [points(seed, 5), points(seed + 10, 4), law(seed, 5), law(seed + 10, 4)];
      const found = transport(p, q, distances(xs, ys));
      const phi = criticOf(found, ys);
      const random = points(seed + 20, 12);
      for (const w of random) for (const v of random) expect(Math.abs(phi(w) - phi(v))).toBeLessThanOrEqual(distance(w, v) + 1e-12);
      for (const [i, x] of xs.entries())
        for (const [j, y] of ys.entries()) {
          if (found.plan.data[i * 4 + j] === 0) continue;
          const length = distance(x, y);
          expect(length).toBeGreaterThan(0);
          for (const t of [0.1, 0.5, 0.9]) {
            const at: Point = [t * x[0] + (1 - t) * y[0], t * x[1] + (1 - t) * y[1]];
            expect(phi(at)).toBeCloseTo(phi(y) + t * length, 12);
            const slope = [0, 1].map((axis) => {
              const step = (h: number): Point => [at[0] + (axis === 0 ? h : 0), at[1] + (axis === 1 ? h : 0)];
              return (phi(step(1e-6)) - phi(step(-1e-6))) / 2e-6;
            });
            expect(Math.hypot(...slope)).toBeCloseTo(1, 5);
            for (const axis of [0, 1]) expect(slope[axis]).toBeCloseTo((x[axis] - y[axis]) / length, 5);
          }
        }
    }
  },
  mutants: PRICES,
});
