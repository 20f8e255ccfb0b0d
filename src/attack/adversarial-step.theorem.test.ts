import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { expectClose } from '../../tests/support/close.js';
import { dot } from '../../tests/support/dense.js';
import { valueInDouble } from '../../tests/support/in-double.js';
import { theorem } from '../../tests/support/theorem.js';
import { sgd } from '../optim/sgd.js';
import { trainingStep } from '../optim/training-step.js';
import { adversarialStep } from './adversarial-step.js';
import { fgsm, type Raised } from './fgsm.js';

/** Samples [B][n] with labels ±1. */
interface Samples {
  readonly x: readonly (readonly number[])[];
  readonly y: readonly number[];
}
type LossOf = (w: tf.Tensor, x: tf.Tensor, y: tf.Tensor) => tf.Tensor;
type Inner = (loss: Raised, x: tf.Tensor, start: tf.Tensor) => tf.Tensor;
type StepOf = typeof adversarialStep;

/** The gradient that a step of adversarial training follows, and the loss that it reports. */
type Gradient = (
  w: readonly number[],
  samples: Samples,
  loss: LossOf,
  attack: Inner,
) => { readonly gradient: number[]; readonly loss: number };

function by(step: StepOf): Gradient {
  return (w, { x, y }, loss, attack) => {
    const n = w.length;
    const optimizer = sgd({ w: { data: new Float32Array(n), shape: [n, 1] } }, { learningRate: 1 });
    const learn = step(optimizer, ({ w }: { w: tf.Tensor }, x, y) => loss(w, x, y), attack);
    const found = valueInDouble(
      (parameters, x, y) => {
        const { state, loss } = learn({ parameters, velocity: tf.zeros([0]) } as never, { x, y, start: tf.zerosLike(x) });
        return tf.concat([parameters.sub((state as { parameters: tf.Tensor }).parameters), loss.reshape([1])]);
      },
      [
        { data: w, shape: [n] },
        { data: x.flat(), shape: [x.length, n] },
        { data: y, shape: [y.length, 1] },
      ],
    );
    return { gradient: found.slice(0, n), loss: found[n] };
  };
}
const real = by(adversarialStep);

const changed = (change: (worst: tf.Tensor, x: tf.Tensor) => tf.Tensor): Gradient =>
  by(((optimizer, lossOf, attack) => adversarialStep(optimizer, lossOf, (loss, x, start) => change(attack(loss, x, start), x))) as StepOf);
const MUTANTS: Record<string, Gradient> = {
  'takes the gradient at the sample itself': changed((_, x) => x),
  'goes half of the way': changed((worst, x) => worst.add(x).div(2)),
  'goes the other way': changed((worst, x) => x.mul(2).sub(worst)),
  'sums where it should average': by(((optimizer, lossOf, attack) =>
    (state, { x, y, start }) => {
      const worst = attack((x) => lossOf(optimizer.params(state), x, y), x, start);
      return trainingStep(optimizer, (params) => lossOf(params, worst, y).sum())(state);
    }) as StepOf),
  'has one and a half times the loss': by(
    ((optimizer, lossOf, attack) =>
      (state, { x, y, start }) =>
        trainingStep(optimizer, (params) => {
          const worst = attack((x) => lossOf(params, x, y), x, start);
          return lossOf(params, worst, y).mean().mul(1.5);
        })(state)) as StepOf,
  ),
};

const softplus: LossOf = (w, x, y) =>
  y
    .mul(x.matMul(w as tf.Tensor2D))
    .neg()
    .softplus();
const EPSILON = 0.25;
const SAMPLES: Samples = {
  x: [
    [0.5, -1, 0.3],
    [1.5, 0.2, -0.6],
    [-0.4, 0.7, 0.1],
  ],
  y: [1, -1, 1],
};
const attackIn =
  (norm: 'linf' | 'l2'): Inner =>
  (loss, x) =>
    fgsm(loss, x, { norm, epsilon: EPSILON });
const dual = (norm: 'linf' | 'l2', w: readonly number[]) => (norm === 'l2' ? Math.hypot(...w) : w.reduce((sum, v) => sum + Math.abs(v), 0));
/** φ(w), by thm:linear-robustness. */
const worst = (norm: 'linf' | 'l2', w: readonly number[], { x, y } = SAMPLES) =>
  x.reduce((sum, row, i) => sum + Math.log1p(Math.exp(EPSILON * dual(norm, w) - y[i] * dot(row, w))), 0) / x.length;
const along = (w: readonly number[], v: readonly number[], r: number) => w.map((value, i) => value + r * v[i]);

theorem<Gradient>('thm:danskin', 'ab', {
  real,
  check: (at) => {
    for (const norm of ['linf', 'l2'] as const)
      for (const w of [
        [0.8, -0.5, 1.2],
        [-0.3, 2, 0.4],
      ]) {
        const { gradient, loss } = at(w, SAMPLES, softplus, attackIn(norm));
        expect(loss).toBeCloseTo(worst(norm, w), 9);
        const h = 1e-5;
        const slopes = w.map((_, i) => {
          const unit = w.map((_, j) => Number(i === j));
          return (worst(norm, along(w, unit, h)) - worst(norm, along(w, unit, -h))) / (2 * h);
        });
        expectClose(gradient, slopes, 7);
      }
    // w₁ = 0: in L∞ any δ₁ is as bad, and φ has a kink. Its slope along v is the greatest over the worst cases.
    const w = [0, -0.5, 1.2];
    const corner =
      (side: number): Inner =>
      (loss, x) =>
        attackIn('linf')(loss, x, x).add(tf.tensor2d([[side * EPSILON, 0, 0]]));
    const gradients = [-1, -0.5, 0, 0.5, 1].map((side) => {
      // The same δ₁ for all samples, in the direction of each one's own label: all are maximisers.
      const flipped: Inner = (loss, x) => attackIn('linf')(loss, x, x).add(tf.tensor2d(SAMPLES.y.map((y) => [-y * side * EPSILON, 0, 0])));
      const { gradient, loss } = at(w, SAMPLES, softplus, flipped);
      expect(loss).toBeCloseTo(worst('linf', w), 9);
      return gradient;
    });
    expect(at(w, SAMPLES, softplus, corner(1)).loss).toBeCloseTo(worst('linf', w), 9);
    for (const v of [
      [1, 0, 0],
      [-1, 0, 0],
      [0.6, 0.3, -0.2],
    ]) {
      const h = 1e-7;
      const slope = (worst('linf', along(w, v, h)) - worst('linf', w)) / h;
      expect(slope).toBeCloseTo(Math.max(...gradients.map((g) => dot(g, v))), 5);
    }
  },
  mutants: MUTANTS,
});

/** θ₁ or θ₂ − 2 θ₁: x is [1, 0] or [−2, 1], and the attacker chooses. */
const chosen: LossOf = (w, x) => x.matMul(w as tf.Tensor2D).sum(1);
const greater = ([a, b]: readonly number[]) => Math.max(a, b - 2 * a);

theorem<Gradient>('thm:danskin', 'c', {
  real,
  check: (at) => {
    const first: Inner = (_, x) => x.mul(0).add(tf.tensor2d([[1, 0]]));
    const second: Inner = (_, x) => x.mul(0).add(tf.tensor2d([[-2, 1]]));
    const sample = { x: [[0.5, 0.5]], y: [1] };
    const { gradient, loss } = at([0, 0], sample, chosen, first);
    expectClose(gradient, [1, 0], 12);
    expect(loss).toBe(0); // = φ(0)
    for (const r of [0.01, 0.5, 2]) expect(greater(gradient.map((g) => -r * g))).toBeCloseTo(2 * r, 12); // uphill
    // Both are subgradients, everywhere.
    for (const inner of [first, second])
      for (const to of [
        [1, 0.5],
        [-2, 1],
        [0.3, -3],
        [-1, -1],
      ])
        expect(greater(to)).toBeGreaterThanOrEqual(dot(at([0, 0], sample, chosen, inner).gradient, to) - 1e-12);
    const w = [0.8, -0.5, 1.2];
    const slope = at(w, SAMPLES, softplus, attackIn('linf')).gradient;
    for (const to of [
      [0, 0, 0],
      [2, -1, 0.5],
      [0.7, -0.5, 1.2],
      [0.8001, -0.5, 1.2],
    ]) {
      const below = worst('linf', w) + dot(slope, along(to, w, -1));
      expect(worst('linf', to)).toBeGreaterThanOrEqual(below - 1e-12);
      if (dual('l2', along(to, w, -1)) < 1e-3) expect(worst('linf', to) - below).toBeLessThan(1e-7); // nearly attained
    }
  },
  mutants: MUTANTS,
});

theorem<Gradient>('thm:danskin', 'd', {
  real,
  check: (at) => {
    for (const w of [
      [0.8, -0.5, 1.2],
      [-0.3, 2, 0.4],
    ]) {
      const most = worst('linf', w);
      let previous = -Infinity;
      for (const share of [0, 0.25, 0.5, 1]) {
        const weak: Inner = (loss, x) => fgsm(loss, x, { epsilon: share * EPSILON });
        const { loss } = at(w, SAMPLES, softplus, weak);
        expect(loss).toBeLessThanOrEqual(most + 1e-12);
        expect(loss).toBeGreaterThan(previous);
        previous = loss;
      }
      expect(previous).toBeCloseTo(most, 9); // attained by the best attack
    }
    // δ θ with |δ| = 1: against each δ some θ has less than 0, against the worse of both none has.
    const product: LossOf = (w, x) => x.matMul(w as tf.Tensor2D).sum(1);
    const against = (delta: number, theta: number) => at([theta], { x: [[1]], y: [1] }, product, (_, x) => x.mul(0).add(delta)).loss;
    const grid = [-0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75];
    const firstMover = Math.min(...grid.map((theta) => Math.max(against(1, theta), against(-1, theta))));
    const secondMover = Math.max(...[1, -1].map((delta) => Math.min(...grid.map((theta) => against(delta, theta)))));
    expect([firstMover, secondMover]).toEqual([0, -0.75]);
  },
  mutants: MUTANTS,
});
