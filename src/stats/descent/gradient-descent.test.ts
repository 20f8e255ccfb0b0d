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

  it('takes the best fixed step, 2/(μ + L), where it is told none', () => {
    for (const objective of [leastSquares(X, Y), leastSquares(X, Y, { lambda: 50 })]) {
      const { mu, L } = objective.curvature;
      const path = (step?: number) => gradientDescent(objective, { iterations: 20, step }).path.data;
      expectClose(path(), path(2 / (mu + L)), 14);
    }
  });

  it('adds a ridge penalty to both ends of the curvature: κ is (L + λ/n)/(μ + λ/n)', () => {
    const n = X.rows;
    const s = svd(X).s;
    const [lambda, none] = [70, leastSquares(X, Y).curvature];
    expect(none.mu).toBeCloseTo(s[2] ** 2 / n, 12);
    expect(none.L).toBeCloseTo(s[0] ** 2 / n, 12);
    const ridged = leastSquares(X, Y, { lambda }).curvature;
    expect(ridged.L / ridged.mu).toBeCloseTo((none.L + lambda / n) / (none.mu + lambda / n), 12);
    expect(ridged.mu - none.mu).toBeCloseTo(lambda / n, 12);
    const logistic = logisticLoss(X, UP, { lambda }).curvature;
    expect(logistic.mu).toBeCloseTo(lambda / n, 12);
    expect(logistic.L).toBeCloseTo(none.L / 4 + lambda / n, 12);
    const wide = fromColumns([1, 2, 3, 4].map((j) => Float64Array.of(j, 1 / j, j ** 2)));
    expect(leastSquares(wide, [1, 2, 3], { lambda: 6 }).curvature.mu).toBeCloseTo(2, 12); // XᵀX is singular: λ/n alone
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

type Descend = typeof gradientDescent;

/** Other samples, so that no coincidence of one hides a wrong formula. */
const SHORT = fromColumns([1, 2, 3].map((j) => column(factorReturns(80, 16).x, j).map((value) => 100 * value)));
const OBJECTIVES = [
  { x: X, lambda: 0 },
  { x: SHORT, lambda: 0 },
  { x: SHORT, lambda: 60 }, // A = (XᵀX + λI)/n
].map(({ x, lambda }) => {
  const y = Y.subarray(0, x.rows);
  const best = lambda > 0 ? ridge(x, y, { lambda, intercept: false }).coefficients : linearRegression(x, y).coefficients;
  return { objective: leastSquares(x, y, { lambda }), best, v: svd(x).v };
});
/** c(η). */
const factor = ({ curvature: { mu, L } }: Objective, step: number) => Math.max(Math.abs(1 - step * mu), Math.abs(1 - step * L));

function run(descend: Descend, objective: Objective, best: Float64Array, start: Float64Array, step: number, iterations = 30) {
  const { path, values } = descend(objective, { iterations, step, start });
  const distances = Array.from({ length: iterations + 1 }, (_, k) => Math.hypot(...best.map((b, j) => path.data[k * 3 + j] - b)));
  return { distances, rises: values.map((value) => value - objective.value(best)) };
}

theorem<Descend>('thm:gradient-descent', 'a', {
  real: gradientDescent,
  check: (descend) => {
    for (const { objective, best, v } of OBJECTIVES)
      for (const share of [0.3, 1, 1.7]) {
        const step = share / objective.curvature.L;
        const c = factor(objective, step);
        const { distances, rises } = run(descend, objective, best, Float64Array.of(5, -4, 3), step);
        for (let k = 0; k <= 30; k++) {
          expect(distances[k]).toBeLessThanOrEqual(c ** k * distances[0] * (1 + 1e-9));
          expect(rises[k]).toBeLessThanOrEqual(c ** (2 * k) * rises[0] * (1 + 1e-9) + 1e-9);
        }
        const slowest = Math.abs(1 - step * objective.curvature.mu) >= Math.abs(1 - step * objective.curvature.L) ? 2 : 0;
        const worst = run(
          descend,
          objective,
          best,
          best.map((b, j) => b + v.data[j * 3 + slowest]),
          step,
        );
        for (let k = 0; k <= 12; k++) {
          expect(worst.distances[k] / c ** k).toBeCloseTo(1, 6); // the bound is attained,
          expect(worst.rises[k] / worst.rises[0] / c ** (2 * k)).toBeCloseTo(1, 5); // and that of the values with c²
        }
      }
  },
  mutants: {
    'takes half the step': (objective, options) => gradientDescent(objective, { ...options, step: 0.5 * options.step! }),
    'takes a step a tenth too long': (objective, options) => gradientDescent(objective, { ...options, step: 1.1 * options.step! }),
    climbs: (objective, options) => gradientDescent({ ...objective, gradient: (w) => objective.gradient(w).map((g) => -g) }, options),
    'halves the values': (objective, options) => {
      const descent = gradientDescent(objective, options);
      return { ...descent, values: descent.values.map((value) => value / 2) };
    },
    'tells each value a step late': (objective, options) => {
      const descent = gradientDescent(objective, options);
      return { ...descent, values: descent.values.map((_, k) => descent.values[Math.max(0, k - 1)]) };
    },
  },
});

theorem<Descend>('thm:gradient-descent', 'b', {
  real: gradientDescent,
  check: (descend) => {
    for (const { objective, best, v } of OBJECTIVES) {
      const { L } = objective.curvature;
      const start = best.map((b, j) => b + v.data[j * 3] + v.data[j * 3 + 2]);
      const below = run(descend, objective, best, start, 1.99 / L, 900).distances;
      expect(below[900]).toBeLessThan(2e-3 * below[0]); // 0.99^900 = 1.2 · 10⁻⁴
      const above = run(descend, objective, best, start, 2.01 / L, 900).distances;
      expect(above[900]).toBeGreaterThan(4e3 * above[0]); // 1.01^900 = 7,700, and nothing overflows
    }
  },
  mutants: {
    'takes a step one per cent too long': (objective, options) => gradientDescent(objective, { ...options, step: 1.01 * options.step! }),
    'takes a step one per cent too short': (objective, options) => gradientDescent(objective, { ...options, step: 0.99 * options.step! }),
    'never takes a step beyond 1/L': (objective, options) =>
      gradientDescent(objective, { ...options, step: Math.min(options.step!, 1 / objective.curvature.L) }),
  },
});

theorem<typeof optimalStep>('thm:gradient-descent', 'c', {
  real: optimalStep,
  check: (stepOf) => {
    const curvatures = [...OBJECTIVES.map(({ objective }) => objective.curvature), { mu: 1, L: 1 }, { mu: 0.5, L: 100 }];
    for (const curvature of curvatures) {
      const objective = { ...OBJECTIVES[0].objective, curvature };
      const step = stepOf(objective);
      const kappa = curvature.L / curvature.mu;
      expect(factor(objective, step)).toBeCloseTo((kappa - 1) / (kappa + 1), 10);
      for (const by of [0.5, 0.9, 0.99, 1.01, 1.1, 2]) expect(factor(objective, by * step)).toBeGreaterThan(factor(objective, step));
    }
  },
  mutants: {
    'steps 1/L': ({ curvature }) => 1 / curvature.L,
    'steps 2/L, the edge of divergence': ({ curvature }) => 2 / curvature.L,
    'steps 1/(μ + L)': ({ curvature }) => 1 / (curvature.mu + curvature.L),
    'steps 3/(μ + L)': ({ curvature }) => 3 / (curvature.mu + curvature.L),
    'steps 2/(2μ + L)': ({ curvature }) => 2 / (2 * curvature.mu + curvature.L),
  },
});
