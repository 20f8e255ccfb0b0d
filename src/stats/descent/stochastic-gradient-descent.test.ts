import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { factorReturns } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { key } from '../../base/random.js';
import { column, fromColumns } from '../../linalg/matrix.js';
import { dot } from '../../linalg/vector.js';
import { linearRegression } from '../regression/linear-regression.js';
import { leastSquares, type Objective } from './objective.js';
import { stochasticGradientDescent } from './stochastic-gradient-descent.js';

const SAMPLE = factorReturns(200, 8);
const X = fromColumns([1, 2, 3].map((j) => column(SAMPLE.x, j).map((value) => 100 * value))); // in percent
const Y = SAMPLE.y.map((value) => 100 * value);
const BEST = linearRegression(X, Y).coefficients;
const ROW_SQUARES = Y.map((_, i) => dot(X.data.subarray(3 * i, 3 * i + 3), X.data.subarray(3 * i, 3 * i + 3)));
const L_MAX = Math.max(...ROW_SQUARES); // the greatest curvature of one row's loss
const distance2 = (w: ArrayLike<number>) => BEST.reduce((sum, b, j) => sum + (w[j] - b) ** 2, 0);

describe('stochasticGradientDescent', () => {
  it('repeats with its key, goes on where a shorter run stopped, and differs under another key', () => {
    const run = (seed: number, iterations: number) =>
      stochasticGradientDescent(leastSquares(X, Y), { key: key(seed), batch: 4, step: 0.01, iterations });
    expect(run(1, 50).path.data).toEqual(run(1, 80).path.data.slice(0, 51 * 3));
    expect(run(1, 50).w).not.toEqual(run(2, 50).w);
  });

  it('reaches the minimiser when the step falls as 1/k', () => {
    const objective = leastSquares(X, Y);
    const { mu } = objective.curvature;
    const step = (k: number) => 2 / (mu * (k + (4 * L_MAX) / mu));
    const { w } = stochasticGradientDescent(objective, { key: key(3), batch: 8, step, iterations: 40_000 });
    expect(Math.sqrt(distance2(w))).toBeLessThan(0.03);
  });

  it('names a batch or a step that cannot be', () => {
    const run = (batch: number, step: number) => stochasticGradientDescent(leastSquares(X, Y), { key: key(1), batch, step, iterations: 1 });
    expect(() => run(0, 0.1)).toThrow('batch must be a whole number from 1 up, got 0');
    expect(() => run(1, -0.1)).toThrow('stochasticGradientDescent: step must be a finite number above 0, got -0.1');
  });
});

const withGradient = (estimate: (objective: Objective, w: Float64Array, rows: ArrayLike<number>) => Float64Array): Objective => {
  const objective = leastSquares(X, Y);
  return { ...objective, gradient: (w, rows) => (rows ? estimate(objective, w, rows) : objective.gradient(w)) };
};

theorem<Objective>('thm:sgd', {
  real: leastSquares(X, Y),
  check: (objective) => {
    const n = objective.rows;
    const at = Float64Array.of(0.5, -1, 2);
    const each = Array.from({ length: n }, (_, i) => objective.gradient(at, [i]));
    expectClose(
      at.map((_, j) => each.reduce((sum, g) => sum + g[j], 0) / n),
      objective.gradient(at),
      10,
    ); // E g = ∇f, batches of one
    const pairs = Array.from({ length: n }, (_, i) => objective.gradient(at, [i, (7 * i + 3) % n])); // each row once first, once second
    expectClose(
      at.map((_, j) => pairs.reduce((sum, g) => sum + g[j], 0) / n),
      objective.gradient(at),
      10,
    );

    const noise = Array.from({ length: n }, (_, i) => objective.gradient(BEST, [i])).reduce((sum, g) => sum + dot(g, g), 0) / n; // σ*²
    const { mu } = objective.curvature;
    const ball = (step: number, batch: number) => {
      const { path } = stochasticGradientDescent(objective, { key: key(5), batch, step, iterations: 30_000, start: BEST });
      let sum = 0;
      for (let k = 5_000; k < 30_000; k++) sum += distance2(path.data.subarray(3 * k, 3 * k + 3));
      return sum / 25_000;
    };
    const step = 1 / (2 * L_MAX);
    for (const batch of [1, 4]) expect(ball(step, batch)).toBeLessThan((2 * step * noise) / (mu * batch));
    expect(ball(step, 4) / ball(step, 1)).toBeCloseTo(1 / 4, 1); // the ball shrinks with the batch
    expect(ball(step / 4, 1) / ball(step, 1)).toBeCloseTo(1 / 4, 1); // and with the step
  },
  mutants: {
    'adds the rows up instead of averaging': withGradient((f, w, rows) => f.gradient(w, rows).map((g) => g * rows.length)),
    'divides by n instead of the batch': withGradient((f, w, rows) => f.gradient(w, rows).map((g) => (g * rows.length) / f.rows)),
    'lets long rows count less': withGradient((f, w, rows) => {
      const clip = Math.min(1, 2 / Math.sqrt(ROW_SQUARES[rows[0]]));
      return f.gradient(w, rows).map((g) => g * clip);
    }),
  },
});
