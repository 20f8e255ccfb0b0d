import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { factorReturns } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { column, fromColumns } from '../../linalg/matrix.js';
import { svd } from '../../linalg/svd.js';
import { linearRegression } from '../regression/linear-regression.js';
import { logisticRegression } from '../regression/logistic-regression.js';
import { ridge } from '../regression/ridge.js';
import { gradientDescent, optimalStep } from './gradient-descent.js';
import { leastSquares, logisticLoss, type Objective } from './objective.js';

const SAMPLE = factorReturns(300, 6);
const X = fromColumns([1, 2, 3].map((j) => column(SAMPLE.x, j).map((value) => 100 * value))); // in percent
const Y = SAMPLE.y.map((value) => 100 * value);
const UP = Y.map((value) => (value > 0 ? 1 : 0));

describe('gradientDescent', () => {
  it('ends where the closed forms are', () => {
    const iterations = 400;
    expectClose(gradientDescent(leastSquares(X, Y), { iterations }).w, linearRegression(X, Y).coefficients, 10);
    const penalised = ridge(X, Y, { lambda: 50, intercept: false }).coefficients;
    expectClose(gradientDescent(leastSquares(X, Y, { lambda: 50 }), { iterations }).w, penalised, 10);
    const logistic = logisticRegression(X, UP, { lambda: 5 }).coefficients;
    expectClose(gradientDescent(logisticLoss(X, UP, { lambda: 5 }), { iterations: 4000 }).w, logistic, 10);
  });

  it('is told of labels that are not 0 and 1', () => {
    const signs = UP.map((label) => 2 * label - 1);
    expect(() => logisticLoss(X, signs)).toThrow(/^logisticLoss: labels must be 0 or 1, got -1 at row \d+; turn −1 and 1 into/);
  });

  it.each([
    ['leastSquares', leastSquares(X, Y, { lambda: 3 })],
    ['logisticLoss', logisticLoss(X, UP, { lambda: 3 })],
  ])('follows the slope of %s', (_, objective) => {
    const w = Float64Array.of(0.3, -0.2, 0.5);
    const h = 1e-5;
    const numeric = w.map((_, j) => {
      const moved = (by: number) => w.map((value, k) => value + (k === j ? by : 0));
      return (objective.value(moved(h)) - objective.value(moved(-h))) / (2 * h);
    });
    expectClose(objective.gradient(w), numeric, 8);
  });

  it('says which step diverged and how long a step may be', () => {
    const objective = leastSquares(X, Y);
    const limit = (2 / objective.curvature.L).toPrecision(3);
    expect(() => gradientDescent(objective, { iterations: 5000, step: 3 / objective.curvature.L })).toThrow(
      `the step must be below 2/L = ${limit}`,
    );
    expect(() => gradientDescent(objective, { iterations: 1, step: 0 })).toThrow(
      'gradientDescent: step must be a finite number above 0, got 0',
    );
    expect(() => gradientDescent(objective, { iterations: 1, start: [1] })).toThrow(
      'start has 1 values but the objective has 3 coefficients',
    );
    expect(() => gradientDescent(objective, { iterations: 1.5 })).toThrow('iterations must be a whole number from 0 up, got 1.5');
  });

  it('obeys an abort signal', () => {
    const signal = AbortSignal.abort(new Error('interrupted'));
    expect(() => gradientDescent(leastSquares(X, Y), { iterations: 5, signal })).toThrow('interrupted');
  });
});

theorem<(objective: Objective) => number>('thm:gradient-descent', {
  real: optimalStep,
  check: (stepOf) => {
    const objective = leastSquares(X, Y);
    const step = stepOf(objective);
    const best = linearRegression(X, Y).coefficients;
    const { v } = svd(X);
    const { mu, L } = objective.curvature;
    const rate = (L / mu - 1) / (L / mu + 1);
    const distances = (start: Float64Array, iterations: number) => {
      const { path } = gradientDescent(objective, { iterations, step, start });
      return Array.from({ length: iterations + 1 }, (_, k) => Math.hypot(...best.map((b, j) => path.data[k * 3 + j] - b)));
    };
    // From anywhere the distance shrinks by the rate at least; from w* plus the first or last eigenvector by exactly the rate.
    const anywhere = distances(Float64Array.of(5, -4, 3), 30);
    for (let k = 0; k < 30; k++) expect(anywhere[k + 1] / anywhere[k]).toBeLessThanOrEqual(rate + 1e-9);
    for (const k of [0, 2]) {
      const worst = distances(
        best.map((b, j) => b + v.data[j * 3 + k]),
        30,
      );
      expect(worst[30] / rate ** 30).toBeCloseTo(1, 6);
    }
  },
  mutants: {
    'steps 1/L': ({ curvature }) => 1 / curvature.L,
    'steps 2/L, the edge of divergence': ({ curvature }) => 2 / curvature.L,
    'steps 1/(μ + L)': ({ curvature }) => 1 / (curvature.mu + curvature.L),
  },
});
