import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { dot, plus } from '../../tests/support/dense.js';
import { inDouble } from '../../tests/support/gradients.js';
import { valueInDouble } from '../../tests/support/in-double.js';
import { gaussian } from '../../tests/support/simulated.js';
import { theorem } from '../../tests/support/theorem.js';
import { type Ball, type Norm, project } from './ball.js';
import { fgsm, type Raised } from './fgsm.js';

const NORMS = ['l1', 'l2', 'linf'] as const;
const largest = (v: readonly number[]) => Math.max(...v.map(Math.abs));
const total = (v: readonly number[]) => v.reduce((sum, x) => sum + Math.abs(x), 0);
const length = (v: readonly number[]) => Math.hypot(...v);
const NORM: Record<Norm, (v: readonly number[]) => number> = { l1: total, l2: length, linf: largest };
const DUAL: Record<Norm, (v: readonly number[]) => number> = { l1: largest, l2: length, linf: total };

/** An attack of one sample x [n] by the loss of a row [1, n]: where it ends. */
type Attack = (loss: Raised, x: readonly number[], ball: Ball & { norm: Norm }) => number[];
const real: Attack = (loss, x, ball) => valueInDouble((x) => fgsm(loss, x, ball), [{ data: x, shape: [1, x.length] }]);
const row = (v: readonly number[]) => tf.tensor2d([...v], [1, v.length]);
const linearLoss =
  (g: readonly number[]): Raised =>
  (x) =>
    x.mul(row(g)).sum(1);

/** Attacks that move by a multiple of another direction. */
const moving =
  (size: (ball: Ball) => number, direction: (norm: Norm, g: number[]) => number[]): Attack =>
  (loss, x, ball) => {
    const g = Array.from(inDouble(loss, [{ data: [...x], shape: [1, x.length] }]).grads[0], Number);
    const [low, high] = ball.box ?? [-Infinity, Infinity];
    const step = direction(ball.norm, g);
    return x.map((v, i) => Math.min(Math.max(v + size(ball) * step[i], low), high));
  };
const epsilonOf = ({ epsilon }: Ball) => epsilon;
const spread = (g: number[]) => g.map((v) => v / (length(g) || 1));
const signs = (g: number[]) => g.map(Math.sign);
const one = (g: number[]) => g.map((v, i) => (i === g.map(Math.abs).indexOf(largest(g)) ? Math.sign(v) : 0));
const RIGHT = { l1: one, l2: spread, linf: signs };
const turned = (by: Partial<Record<Norm, (g: number[]) => number[]>>): Attack =>
  moving(epsilonOf, (norm, g) => (by[norm] ?? RIGHT[norm])(g));
const MUTANTS: Record<string, Attack> = {
  'goes downhill': moving(
    (ball) => -ball.epsilon,
    (norm, g) => RIGHT[norm](g),
  ),
  'goes half as far': moving(
    (ball) => ball.epsilon / 2,
    (norm, g) => RIGHT[norm](g),
  ),
  'goes ε² far': moving(
    (ball) => ball.epsilon ** 2,
    (norm, g) => RIGHT[norm](g),
  ),
  'has the gradient for its sign': turned({ linf: spread }),
  'has the signs at length 1 for the gradient': turned({ l2: (g) => spread(signs(g)) }),
  'takes the first element for the largest': turned({ l1: (g) => g.map((v, i) => (i === 0 ? Math.sign(v) : 0)) }),
  'takes the greatest element for that of greatest size': turned({
    l1: (g) => g.map((v, i) => (i === g.indexOf(Math.max(...g)) ? Math.sign(v) : 0)),
  }),
  'forgets the sign of the largest element': turned({ l1: (g) => one(g).map(Math.abs) }),
};

const GRADIENTS = [
  [0.3, -1.2, 0.5, 2],
  [-3, 1, 0.2],
  [0.1, -0.7, 0.7001, -0.02, 0.4],
];
/** Points of the ball: corners, and random ones on its surface. */
function pointsOf(norm: Norm, n: number, epsilon: number): number[][] {
  const draws = Array.from({ length: 300 }, (_, k) => Array.from(gaussian(1000 * n + k, n)));
  const on = draws.map((v) => (norm === 'linf' ? signs(v) : norm === 'l1' && v[0] > 0 ? one(v) : v.map((u) => u / NORM[norm](v))));
  return on.map((v) => v.map((u) => epsilon * u));
}

theorem<Attack>('thm:fgsm-dual', 'ab', {
  real,
  check: (attack) => {
    for (const g of GRADIENTS)
      for (const norm of NORMS)
        for (const epsilon of [0.25, 2]) {
          const x = g.map((_, i) => Math.sin(i));
          const end = attack(linearLoss(g), x, { norm, epsilon });
          const delta = end.map((v, i) => v - x[i]);
          expect(NORM[norm](delta)).toBeLessThanOrEqual(epsilon + 1e-12);
          expect(dot(g, delta)).toBeCloseTo(epsilon * DUAL[norm](g), 10);
          // No other point reaches it: these gradients have no zeros, are not 0 and have one largest element.
          for (const other of pointsOf(norm, g.length, epsilon)) {
            const value = dot(g, other);
            expect(value).toBeLessThanOrEqual(epsilon * DUAL[norm](g) + 1e-12);
            if (
              length(
                plus(
                  other,
                  delta.map((v) => -v),
                ),
              ) >
              1e-9 * epsilon
            )
              expect(value).toBeLessThan(dot(g, delta));
          }
        }
    // Where there is a zero, or two largest elements, another point has as much.
    const flat = [1, 0];
    const end = attack(linearLoss(flat), [0, 0], { norm: 'linf', epsilon: 1 });
    expect(dot(flat, end)).toBe(dot(flat, [1, -1]));
    const tie = [2, -2];
    const top = attack(linearLoss(tie), [0, 0], { norm: 'l1', epsilon: 1 });
    expect(dot(tie, top)).toBe(dot(tie, [0.5, -0.5]));
    for (const norm of NORMS) expect(attack(linearLoss([0, 0]), [1, 2], { norm, epsilon: 1 })).toEqual([1, 2]);
  },
  mutants: MUTANTS,
});

theorem<Attack>('thm:fgsm-dual', 'c', {
  real,
  check: (attack) => {
    for (const [gamma, beta, epsilon] of [
      [1, 0.5, 0.5],
      [0.25, 1, 0.125],
      [1 / 128, 2, 0.5],
    ]) {
      // γ z₁ + β (z₂² − z₁²) / 2, whose gradient is β-Lipschitz in L2; in L∞, where its smoothness is the sum of both curvatures, 2β.
      const loss: Raised = (x) => {
        const [a, b] = [x.slice([0, 0], [1, 1]), x.slice([0, 1], [1, 1])];
        return a
          .mul(gamma)
          .add(
            b
              .square()
              .sub(a.square())
              .mul(beta / 2),
          )
          .sum(1);
      };
      const value = ([a, b]: readonly number[]) => gamma * a + (beta / 2) * (b * b - a * a);
      for (const [norm, smoothness] of [
        ['l2', beta],
        ['linf', 2 * beta],
        ['l1', beta],
      ] as const) {
        const gained = value(attack(loss, [0, 0], { norm, epsilon }));
        const first = epsilon * DUAL[norm]([gamma, 0]);
        expect(gained).toBeGreaterThanOrEqual(first - 0.5 * smoothness * epsilon ** 2 - 1e-12);
        for (const point of pointsOf(norm, 2, epsilon)) {
          expect(value(point)).toBeLessThanOrEqual(first + 0.5 * smoothness * epsilon ** 2 + 1e-12);
          expect(value(point) - gained).toBeLessThanOrEqual(smoothness * epsilon ** 2);
        }
        if (norm === 'l2') expect(gained).toBeCloseTo(first - 0.5 * beta * epsilon ** 2, 12); // attained
        // Nearly attained: what is across gains ½ β ε², and the step loses as much, but for γ ε.
        if (norm === 'l2' && gamma < 0.1) expect(value([0, epsilon]) - gained).toBeGreaterThan(0.98 * smoothness * epsilon ** 2);
      }
    }
  },
  mutants: {
    'goes downhill': MUTANTS['goes downhill'],
    'goes half as far': MUTANTS['goes half as far'],
    'goes twice as far': moving(
      (ball) => 2 * ball.epsilon,
      (norm, g) => RIGHT[norm](g),
    ),
    'goes across': turned({ l2: (g) => [-spread(g)[1], spread(g)[0]] }),
    'stays where it is': moving(
      () => 0,
      (norm, g) => RIGHT[norm](g),
    ),
  },
});

theorem<Attack>('thm:fgsm-dual', 'd', {
  real,
  check: (attack) => {
    const box = [0, 1] as const;
    for (const g of GRADIENTS)
      for (const epsilon of [0.25, 0.625]) {
        const x = g.map((_, i) => [0.1, 0.5, 0.95, 1, 0][i]);
        for (const norm of NORMS) {
          const end = attack(linearLoss(g), x, { norm, epsilon, box });
          expect(Math.min(...end)).toBeGreaterThanOrEqual(0);
          expect(Math.max(...end)).toBeLessThanOrEqual(1);
          expect(NORM[norm](end.map((v, i) => v - x[i]))).toBeLessThanOrEqual(epsilon + 1e-12);
        }
        const middle = g.map(() => 0.5);
        const reach = Math.min(epsilon, 0.5);
        for (const norm of NORMS) {
          const end = attack(linearLoss(g), middle, { norm, epsilon: reach, box });
          expect(dot(g, end) - dot(g, middle)).toBeCloseTo(reach * DUAL[norm](g), 10); // the box does not bind
        }
        const most = g.reduce((sum, v, i) => sum + v * (v > 0 ? Math.min(x[i] + epsilon, 1) : Math.max(x[i] - epsilon, 0)), 0);
        expect(dot(g, attack(linearLoss(g), x, { norm: 'linf', epsilon, box }))).toBeCloseTo(most, 10);
      }
    const g = [-1, 1];
    expect(dot(g, attack(linearLoss(g), [0, 0], { norm: 'l2', epsilon: 1, box }))).toBeCloseTo(Math.SQRT1_2, 10); // [0, 1] has 1
    expect(dot(g, attack(linearLoss(g), [0, 0], { norm: 'l1', epsilon: 1, box }))).toBe(0);
  },
  mutants: {
    ...MUTANTS,
    'forgets the box': (loss, x, { box: _, ...ball }) => real(loss, x, ball),
    'has a smaller box': (loss, x, ball) => real(loss, x, { ...ball, box: [0.2, 0.8] }),
    'keeps only to the lower side': (loss, x, ball) => real(loss, x, { ...ball, box: [0, 3] }),
  },
});

const LABELLED = [
  { x: [0.5, -1, 2], w: [1, -0.4, 0.3], c: 0.2, y: 1 },
  { x: [-0.3, 0.8, 0.1], w: [0.2, 2, -0.7], c: -0.5, y: -1 },
];
const score = (w: readonly number[], c: number, x: readonly number[]) => dot(w, x) + c;
const margins =
  (w: readonly number[], c: number, y: number): Raised =>
  (x) =>
    linearLoss(w)(x).add(c).mul(y);
const LOSSES: [(m: number) => number, (m: tf.Tensor) => tf.Tensor][] = [
  [(m) => Math.log1p(Math.exp(-m)), (m) => m.neg().softplus()],
  [(m) => Math.exp(-m), (m) => m.neg().exp()],
];

theorem<Attack>('thm:linear-robustness', 'ab', {
  real,
  check: (attack) => {
    for (const { x, w, c, y } of LABELLED)
      for (const norm of NORMS)
        for (const [loss, ofTensor] of LOSSES)
          for (const epsilon of [0.125, 0.5]) {
            const end = attack((x) => ofTensor(margins(w, c, y)(x)), x, { norm, epsilon });
            const worst = y * score(w, c, x) - epsilon * DUAL[norm](w);
            expect(loss(y * score(w, c, end))).toBeCloseTo(loss(worst), 9);
            for (const other of pointsOf(norm, 3, epsilon))
              expect(loss(y * score(w, c, plus(x, other)))).toBeLessThanOrEqual(loss(worst) + 1e-12);
            // The distance to the boundary: a hair less leaves the side, a hair more changes it.
            const least = Math.abs(score(w, c, x)) / DUAL[norm](w);
            const side = Math.sign(score(w, c, x));
            const at = (radius: number) =>
              side *
              score(
                w,
                c,
                attack((x) => ofTensor(margins(w, c, side)(x)), x, { norm, epsilon: radius }),
              );
            expect(at(least * (1 - 1e-6))).toBeGreaterThan(0);
            expect(at(least * (1 + 1e-6))).toBeLessThan(0);
          }
  },
  mutants: MUTANTS,
});

theorem<Attack>('thm:linear-robustness', 'c', {
  real,
  check: (attack) => {
    const weights = [
      [1, -0.5, 0.2],
      [-0.3, 0.8, 0.1],
      [0.4, 0.4, -1],
    ];
    const [c, x] = [
      [0.1, -0.2, 0],
      [1.2, 0.3, -0.4],
    ];
    const logits = (x: readonly number[]) => weights.map((w, k) => score(w, c[k], x));
    const t = logits(x).indexOf(Math.max(...logits(x)));
    for (const norm of NORMS) {
      const apart = (k: number) => weights[t].map((v, i) => v - weights[k][i]);
      const distance = weights.map((_, k) => (k === t ? Infinity : (logits(x)[t] - logits(x)[k]) / DUAL[norm](apart(k))));
      const k = distance.indexOf(Math.min(...distance));
      const rival = (radius: number, k: number) => {
        const end = attack((x) => linearLoss(apart(k))(x).neg(), x, { norm, epsilon: radius });
        return logits(end)[k] - logits(end)[t];
      };
      expect(rival(distance[k] * (1 + 1e-6), k)).toBeGreaterThan(0);
      for (const other of [0, 1, 2].filter((other) => other !== t)) expect(rival(distance[k] * (1 - 1e-6), other)).toBeLessThan(0);
      for (const delta of pointsOf(norm, 3, distance[k] * (1 - 1e-6)))
        expect(logits(plus(x, delta)).indexOf(Math.max(...logits(plus(x, delta))))).toBe(t);
    }
  },
  mutants: MUTANTS,
});

theorem<Attack>('thm:linear-robustness', 'd', {
  real,
  check: (attack) => {
    const [w, c] = [[0.6, -0.9], 0.1];
    const samples = [
      { x: [1, 0.2], y: 1 },
      { x: [0.1, 0.7], y: -1 },
      { x: [3, -1], y: 1 }, // beyond its margin
    ];
    const hinge = (m: number) => Math.max(0, 1 - m);
    for (const norm of NORMS)
      for (const epsilon of [0.25, 0.75]) {
        const worst = (some: typeof samples) =>
          some.reduce(
            (sum, { x, y }) =>
              sum +
              hinge(
                y *
                  score(
                    w,
                    c,
                    attack((x) => margins(w, c, y)(x).neg(), x, { norm, epsilon }),
                  ),
              ),
            0,
          );
        const bound = (some: typeof samples) =>
          some.reduce((sum, { x, y }) => sum + hinge(y * score(w, c, x)), 0) + some.length * epsilon * DUAL[norm](w);
        expect(samples.map(({ x, y }) => y * score(w, c, x) <= 1)).toEqual([true, true, false]);
        expect(worst(samples.slice(0, 2))).toBeCloseTo(bound(samples.slice(0, 2)), 10);
        expect(worst(samples)).toBeLessThan(bound(samples) - 0.05);
        for (const target of [2, -3.5]) {
          const [x] = [[0.4, -0.2]];
          const end = attack((x) => margins(w, c, 1)(x).sub(target).abs(), x, { norm, epsilon });
          expect(Math.abs(target - score(w, c, end))).toBeCloseTo(Math.abs(target - score(w, c, x)) + epsilon * DUAL[norm](w), 10);
        }
      }
  },
  mutants: {
    ...MUTANTS,
    'comes back into half of the ball': (loss, x, ball) => {
      const delta = real(loss, x, ball).map((v, i) => v - x[i]);
      const y = valueInDouble((d) => project(d, { norm: ball.norm, epsilon: ball.epsilon / 2 }), [{ data: delta, shape: [1, x.length] }]);
      return x.map((v, i) => v + y[i]);
    },
  },
});
