import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { expectClose } from '../../tests/support/close.js';
import { dot } from '../../tests/support/dense.js';
import { valueInDouble } from '../../tests/support/in-double.js';
import { gaussian } from '../../tests/support/simulated.js';
import { theorem } from '../../tests/support/theorem.js';
import { type Ball, type Norm, project, within } from './ball.js';
import type { Raised } from './fgsm.js';
import { type PgdOptions, pgd } from './pgd.js';

const NORMS = ['l1', 'l2', 'linf'] as const;
const NORM: Record<Norm, (v: readonly number[]) => number> = {
  l1: (v) => v.reduce((sum, x) => sum + Math.abs(x), 0),
  l2: (v) => Math.hypot(...v),
  linf: (v) => Math.max(...v.map(Math.abs)),
};
const minus = (a: readonly number[], b: readonly number[]) => a.map((v, i) => v - b[i]);
const random = (seed: number, n: number, size = 1) => Array.from(gaussian(seed, n), (v) => size * v);

/** The nearest point of a ball around 0. */
type Projection = (z: readonly number[], ball: Ball & { norm: Norm }) => number[];
const real: Projection = (z, ball) => valueInDouble((z) => project(z, ball), [{ data: z, shape: [1, z.length] }]);
const POINTS = [
  [0.5, -2, 0.1, 1],
  [3, -3, 3],
  [0.1, 0.05],
  [-4, 0.2, 0.2, 0.2, 0.1],
  [0, 0],
];
const scaled = (z: readonly number[], to: number) => z.map((v) => v * Math.min(1, to / (Math.hypot(...z) || 1)));
const shrunk = (z: readonly number[], theta: number) => z.map((v) => Math.sign(v) * Math.max(Math.abs(v) - theta, 0));
/** θ by bisection, not by sorting. */
function threshold(z: readonly number[], epsilon: number): number {
  let [low, high] = [0, NORM.linf(z)];
  if (NORM.l1(z) <= epsilon) return 0;
  for (let i = 0; i < 80; i++) {
    const middle = (low + high) / 2;
    if (NORM.l1(shrunk(z, middle)) > epsilon) low = middle;
    else high = middle;
  }
  return low;
}
const RIGHT: Record<Norm, (z: readonly number[], epsilon: number) => number[]> = {
  linf: (z, e) => z.map((v) => Math.min(Math.max(v, -e), e)),
  l2: scaled,
  l1: (z, e) => shrunk(z, threshold(z, e)),
};
const wrong =
  (by: Partial<typeof RIGHT>, size = 1): Projection =>
  (z, { norm, epsilon }) =>
    (by[norm] ?? RIGHT[norm])(z, size * epsilon);
const MUTANTS: Record<string, Projection> = {
  'has half of the radius': wrong({}, 0.5),
  'has twice the radius': wrong({}, 2),
  'scales into the cube': wrong({ linf: (z, e) => z.map((v) => v * Math.min(1, e / (NORM.linf(z) || 1))) }),
  'clips to the ball': wrong({ l2: RIGHT.linf }),
  'always goes to the sphere': wrong({ l2: (z, e) => z.map((v) => (v * e) / (Math.hypot(...z) || 1)) }),
  'scales to the L1 norm': wrong({ l1: (z, e) => z.map((v) => v * Math.min(1, e / (NORM.l1(z) || 1))) }),
  'shrinks as if all elements stayed': wrong({ l1: (z, e) => shrunk(z, Math.max(0, (NORM.l1(z) - e) / z.length)) }),
  'shrinks as if one element stayed': wrong({ l1: (z, e) => shrunk(z, Math.max(0, NORM.linf(z) - e)) }),
  'forgets the signs': wrong({ l1: (z, e) => shrunk(z, threshold(z, e)).map(Math.abs) }),
};

theorem<Projection>('thm:pgd-projection', 'a', {
  real,
  check: (nearest) => {
    for (const z of POINTS)
      for (const norm of NORMS)
        for (const epsilon of [0.5, 2]) {
          const found = nearest(z, { norm, epsilon });
          expectClose(found, RIGHT[norm](z, epsilon), 9);
          if (NORM[norm](z) > epsilon) expect(NORM[norm](found)).toBeCloseTo(epsilon, 9);
        }
  },
  mutants: MUTANTS,
});

theorem<Projection>('thm:pgd-projection', 'b', {
  real,
  check: (nearest) => {
    let closest = Infinity;
    for (const [k, z] of POINTS.entries())
      for (const norm of NORMS)
        for (const epsilon of [0.5, 2]) {
          const found = nearest(z, { norm, epsilon });
          for (let draw = 0; draw < 60; draw++) {
            const inside = RIGHT[norm](random(100 * k + draw, z.length, 2), epsilon);
            expect(dot(minus(z, found), minus(inside, found))).toBeLessThanOrEqual(1e-9);
          }
          // A point of the ball, and none further than the point itself from any that is projected too.
          expect(NORM[norm](found)).toBeLessThanOrEqual(epsilon + 1e-9);
          for (const other of [random(k + 7, z.length), z.map((v) => 1.5 * v + 0.1), z.map((v) => v + 1e-3)]) {
            const [moved, apart] = [NORM.l2(minus(found, nearest(other, { norm, epsilon }))), NORM.l2(minus(z, other))];
            expect(moved).toBeLessThanOrEqual(apart + 1e-9);
            closest = Math.min(closest, 1 - moved / apart);
          }
        }
    expect(closest).toBeLessThan(1e-3); // attained: inside the ball nothing moves
  },
  mutants: { ...MUTANTS, 'has half of the radius': wrong({}, 0.25) },
});

/** Where a point is brought to, in the ball around x and in the box. */
type Within = (ball: Ball & { norm: Norm }, x: readonly number[], z: readonly number[]) => number[];
const both: Within = (ball, x, z) =>
  valueInDouble(
    (x, z) => within(ball, x, z),
    [
      { data: x, shape: [1, x.length] },
      { data: z, shape: [1, z.length] },
    ],
  );

theorem<Within>('thm:pgd-projection', 'c', {
  real: both,
  check: (bring) => {
    const box = [0, 1] as const;
    for (const [k, x] of [
      [0.1, 0.5, 0.95],
      [0, 1],
      [0.25, 0.75, 0.5, 1],
    ].entries())
      for (const norm of NORMS)
        for (const epsilon of [0.25, 0.625])
          for (let draw = 0; draw < 20; draw++) {
            const z = x.map((v, i) => v + random(31 * k + draw, x.length)[i]);
            const found = bring({ norm, epsilon, box }, x, z);
            expect(Math.min(...found)).toBeGreaterThanOrEqual(0);
            expect(Math.max(...found)).toBeLessThanOrEqual(1);
            expect(NORM[norm](minus(found, x))).toBeLessThanOrEqual(epsilon + 1e-9);
            if (norm === 'linf')
              expectClose(
                found,
                z.map((v, i) => Math.min(Math.max(v, x[i] - epsilon, 0), x[i] + epsilon, 1)),
                9,
              );
          }
    const far = [-1, 1];
    expectClose(bring({ norm: 'l2', epsilon: 1, box }, [0, 0], far), [0, Math.SQRT1_2], 9); // [0, 1], in both, is nearer
    expectClose(bring({ norm: 'l1', epsilon: 1, box }, [0, 0], far), [0, 0.5], 9);
  },
  mutants: {
    'forgets the box': ({ box: _, ...ball }, x, z) => both(ball, x, z),
    'forgets the ball': ({ norm, box }, x, z) => both({ norm, epsilon: 100, box }, x, z),
    'forgets where the ball is': (ball, x, z) =>
      both(
        ball,
        x.map(() => 0),
        z,
      ),
    'has the ball of another norm': (ball, x, z) => both({ ...ball, norm: ball.norm === 'l2' ? 'linf' : 'l2' }, x, z),
    'clips first': ({ box, ...ball }, x, z) =>
      both(
        ball,
        x,
        z.map((v) => Math.min(Math.max(v, box![0]), box![1])),
      ),
  },
});

/** An attack on one sample at 0. */
type Attack = (loss: Raised, options: PgdOptions & { norm: Norm }, start: readonly number[]) => number[];
const climb: Attack = (loss, options, start) =>
  valueInDouble(
    (x, start) => pgd(loss, x, { ...options, start }),
    [
      { data: start.map(() => 0), shape: [1, start.length] },
      { data: start, shape: [1, start.length] },
    ],
  );
const WRONG_STEPS: Record<string, Attack> = {
  'goes downhill': (loss, options, start) => climb((x) => loss(x).neg(), options, start),
  'has steps of half the length': (loss, options, start) => climb(loss, { ...options, stepSize: options.stepSize! / 2 }, start),
  'takes one step': (loss, options, start) => climb(loss, { ...options, steps: 1 }, start),
  'does not move': (_loss, { epsilon }, start) => start.map((v) => v * epsilon),
};

theorem<Attack>('thm:pgd-projection', 'd', {
  real: climb,
  check: (attack) => {
    // −G √(h² + ‖z − t‖²): concave, its gradient never longer than G, greatest at t, inside the ball.
    const [G, epsilon] = [2, 1];
    for (const [t, h] of [
      [[0.5, -0.25], 0.25],
      [[0.25, 0.125, -0.5], 1 / 64],
    ] as const) {
      const loss: Raised = (x) =>
        x
          .sub(tf.tensor2d([...t], [1, t.length]))
          .square()
          .sum(1)
          .add(h * h)
          .sqrt()
          .mul(-G);
      const short = (z: readonly number[]) => G * (Math.sqrt(h * h + NORM.l2(minus(z, t)) ** 2) - h);
      const start = t.map((_, i) => (i === 0 ? -0.75 : 0.25));
      const R = NORM.l2(minus(start, t));
      for (const K of [1, 4, 9]) {
        const alpha = R / Math.sqrt(K);
        const ends = Array.from({ length: K }, (_, k) =>
          k === 0 ? [...start] : attack(loss, { norm: 'l2', epsilon, steps: k, stepSize: alpha }, start),
        );
        const least = Math.min(...ends.map(short));
        expect(least).toBeLessThanOrEqual((G * R) / Math.sqrt(K) + 1e-9);
        if (K === 1 && h < 0.1) expect(least).toBeGreaterThan(0.97 * G * R); // nearly attained
      }
      // Of any step, the rate of the theorem: after 30 short ones all that is left is the last term, which is half a step's.
      const [K, alpha] = [31, 1 / 8];
      const last = attack(loss, { norm: 'l2', epsilon, steps: K - 1, stepSize: alpha }, start);
      const before = attack(loss, { norm: 'l2', epsilon, steps: K - 2, stepSize: alpha }, start);
      expect(Math.min(short(last), short(before))).toBeLessThanOrEqual(G * (R ** 2 / (2 * K * alpha) + alpha / 2));
      expect(NORM.l2(minus(last, before))).toBeGreaterThan(0.99 * alpha); // steps stay as long as they are
    }
  },
  mutants: WRONG_STEPS,
});

theorem<Attack>('thm:pgd-projection', 'e', {
  real: climb,
  check: (attack) => {
    const slopes = [1, -2, 0.5, -0.1];
    const loss: Raised = (x) =>
      x
        .mul(tf.tensor2d(slopes, [1, 4]))
        .tanh()
        .sum(1);
    const corner = slopes.map(Math.sign);
    for (const [epsilon, K] of [
      [0.5, 4],
      [1, 8],
    ]) {
      const stepSize = (2 * epsilon) / K;
      const starts = [corner.map((v) => -v), corner, [0, 0, 0, 0], [0.5, 0.25, -1, 1]];
      for (const start of starts) {
        const end = attack(loss, { norm: 'linf', epsilon, steps: K, stepSize }, start);
        expectClose(
          end,
          corner.map((v) => epsilon * v),
          9,
        );
      }
      const early = attack(loss, { norm: 'linf', epsilon, steps: K - 1, stepSize }, starts[0]);
      for (const [i, v] of early.entries()) expect(v * corner[i]).toBeLessThan(epsilon - 0.9 * stepSize);
      const boxed = attack(loss, { norm: 'linf', epsilon, steps: K, stepSize, box: [-0.25, 0.375] }, [0, 0, 0, 0]);
      expectClose(boxed, [0.375, -0.25, 0.375, -0.25], 9);
    }
  },
  mutants: {
    ...WRONG_STEPS,
    'has steps of twice the length': (loss, options, start) => climb(loss, { ...options, stepSize: 2 * options.stepSize! }, start),
    'follows the gradient at length 1': (loss, options, start) => climb(loss, { ...options, norm: 'l2' }, start),
    'takes one step more': (loss, options, start) => climb(loss, { ...options, steps: options.steps + 1 }, start),
  },
});
