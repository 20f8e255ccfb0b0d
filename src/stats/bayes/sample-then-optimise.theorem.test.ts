import { expect } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { expectMean } from '../../../tests/support/monte-carlo.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { key } from '../../base/index.js';
import { column, fromColumns, type Matrix, matMul, matVec, svd, transpose } from '../../linalg/index.js';
import { gradientDescent } from '../descent/gradient-descent.js';
import { leastSquares } from '../descent/objective.js';
import { bayesianLinearRegression } from '../regression/bayesian-linear-regression.js';
import { ridge } from '../regression/ridge.js';
import { type EnsembleOptions, sampleThenOptimise } from './sample-then-optimise.js';

const OPTIONS = [
  { noise: 0.7, prior: 0.9 },
  { noise: 1.6, prior: 0.4 },
];
const columns = [gaussian(1, 10), gaussian(2, 10)];
const x = fromColumns([columns[0], columns[1].map((z, i) => 0.8 * columns[0][i] + 0.5 * z)]);
const y = gaussian(3, 10).map((e, i) => e + x.data[2 * i]);
/** Two columns and their sum: nothing is known along (1, 1, −1). */
const SUMMED = fromColumns([column(x, 0), column(x, 1), column(x, 0).map((v, i) => v + x.data[2 * i + 1])]);

type Draw = typeof sampleThenOptimise;
/** The minimiser of ‖y + a ξ − Xβ‖²/σ² + ‖β − b ζ‖²/τ², by ridge around the prior's draw. */
const members =
  (noiseOf: (options: EnsembleOptions) => number, priorOf: (prior: number) => number): Draw =>
  (x, y, options) => {
    const tau = options.prior as number;
    const [xi, zeta] = [gaussian(8, options.draws * x.rows), gaussian(9, options.draws * x.cols)];
    const rows = Array.from({ length: options.draws }, (_, s) => {
      const from = Float64Array.from({ length: x.cols }, (_, j) => priorOf(tau) * zeta[s * x.cols + j]);
      const shift = matVec(x, from);
      const target = Float64Array.from(y, (value, i) => value + noiseOf(options) * xi[s * x.rows + i] - shift[i]);
      const { coefficients } = ridge(x, target, { lambda: (options.noise / tau) ** 2, intercept: false });
      return coefficients.map((b, j) => b + from[j]);
    });
    return { rows: options.draws, cols: x.cols, data: Float64Array.from(rows.flatMap((row) => Array.from(row))) };
  };

theorem<Draw>('thm:sample-then-optimise', 'a', {
  real: sampleThenOptimise,
  check: (draw) => {
    for (const options of OPTIONS)
      for (const design of [x, SUMMED]) {
        const { coefficients, covariance } = bayesianLinearRegression(design, y, options);
        const made = draw(design, y, { ...options, draws: 1500, key: key(5) });
        for (let j = 0; j < design.cols; j++) {
          const own = column(made, j);
          expectMean(own, coefficients[j]);
          for (let k = 0; k <= j; k++) {
            const other = column(made, k);
            const products = own.map((b, s) => (b - coefficients[j]) * (other[s] - coefficients[k]));
            expectMean(products, covariance.data[j * design.cols + k]);
          }
        }
      }
  },
  mutants: {
    'leaves out the prior draws': members(
      ({ noise }) => noise,
      () => 0,
    ),
    'leaves out the noise of targets': members(
      () => 0,
      (tau) => tau,
    ),
    'adds noise of the wrong size': members(
      ({ noise }) => noise ** 2,
      (tau) => tau,
    ),
    'has prior draws of the wrong size': members(
      ({ noise }) => noise,
      (tau) => tau ** 2,
    ),
    'perturbs nothing': members(
      () => 0,
      () => 0,
    ),
    'has noise of twice the variance': members(
      ({ noise }) => Math.SQRT2 * noise,
      (tau) => Math.SQRT2 * tau,
    ),
  },
});

type Fit = (x: Matrix, y: ArrayLike<number>, options: { noise: number; prior: number }) => Float64Array;
/** Columns: what a unit of each noise moves the minimiser by. Their products are the law's covariance, without any sampling. */
function covarianceOf(move: (unit: Float64Array) => Float64Array, size: number): Matrix {
  const moved = Array.from({ length: size }, (_, i) => move(Float64Array.from({ length: size }, (_, k) => (k === i ? 1 : 0))));
  const none = move(new Float64Array(size));
  const slopes = fromColumns(moved.map((one) => one.map((value, j) => value - none[j])));
  return matMul(slopes, transpose(slopes));
}

theorem<Fit>('thm:sample-then-optimise', 'b', {
  real: (x, y, options) => bayesianLinearRegression(x, y, options).coefficients,
  check: (fit) => {
    for (const options of OPTIONS)
      for (const design of [x, SUMMED]) {
        const { noise, prior } = options;
        const p = design.cols;
        const { covariance: s } = bayesianLinearRegression(design, y, options);
        const square = matMul(s, s).data.map((value) => value / prior ** 2);
        const targets = covarianceOf(
          (xi) =>
            fit(
              design,
              y.map((value, i) => value + noise * xi[i]),
              options,
            ),
          y.length,
        );
        expectClose(
          targets.data,
          s.data.map((value, at) => value - square[at]),
          9,
        );
        const priors = covarianceOf((zeta) => {
          const from = zeta.map((z) => prior * z);
          const shift = matVec(design, from);
          return fit(
            design,
            y.map((value, i) => value - shift[i]),
            options,
          ).map((b, j) => b + from[j]);
        }, p);
        expectClose(priors.data, square, 9);
        if (p < 3) continue;
        const v = [1, 1, -1];
        const along = (m: Matrix) => v.reduce((sum, a, i) => sum + v.reduce((t, b, j) => t + a * m.data[i * p + j] * b, 0), 0);
        expect(along(targets)).toBeCloseTo(0, 10);
        expect(along(s)).toBeCloseTo(3 * prior ** 2, 9);
      }
  },
  mutants: {
    'has no prior': (x, y) => ridge(x, y, { lambda: 0, intercept: false }).coefficients,
    'has a prior of the wrong size': (x, y, { noise, prior }) => bayesianLinearRegression(x, y, { noise, prior: prior ** 2 }).coefficients,
    'has twice the noise': (x, y, { noise, prior }) => bayesianLinearRegression(x, y, { noise: 2 * noise, prior }).coefficients,
    'shrinks by a tenth': (x, y, options) => bayesianLinearRegression(x, y, options).coefficients.map((b) => 0.9 * b),
  },
});

type Descend = typeof gradientDescent;
theorem<Descend>('thm:sample-then-optimise', 'c', {
  real: gradientDescent,
  check: (descend) => {
    for (const { noise, prior } of OPTIONS)
      for (const design of [x, SUMMED]) {
        const lambda = (noise / prior) ** 2;
        const objective = leastSquares(design, y, { lambda });
        const { coefficients } = bayesianLinearRegression(design, y, { noise, prior });
        const [n, p, L] = [y.length, design.cols, objective.curvature.L];
        const distance = (w: ArrayLike<number>) => Math.hypot(...Array.from(w, (value, j) => value - coefficients[j]));
        for (const step of [1 / L, 1.9 / L]) {
          const kappa = Math.max(Math.abs(1 - (step * lambda) / n), Math.abs(1 - step * L));
          expect(kappa).toBeLessThan(1);
          for (const seed of [11, 12]) {
            const start = gaussian(seed, p).map((z) => 3 * z);
            const { path } = descend(objective, { iterations: 40, start, step });
            for (let t = 0; t <= 40; t++)
              expect(distance(path.data.subarray(t * p, (t + 1) * p))).toBeLessThanOrEqual(kappa ** t * distance(start) * (1 + 1e-9));
            const end = descend(objective, { iterations: Math.ceil(Math.log(1e-12) / Math.log(kappa)), start, step }).w;
            expectClose(end, coefficients, 9);
          }
        }
      }
    // Without a penalty the member keeps what it began with along (1, 1, −1), of which the data say nothing.
    const free = leastSquares(SUMMED, y);
    const shortest = ridge(SUMMED, y, { lambda: 0, intercept: false }).coefficients;
    const step = 1.5 / free.curvature.L;
    const least = svd(SUMMED).s[1] ** 2 / y.length;
    for (const seed of [13, 14]) {
      const start = gaussian(seed, 3).map((z) => 3 * z);
      const own = (start[0] + start[1] - start[2]) / 3;
      const rate = Math.max(Math.abs(1 - step * least), 0.5);
      const { w } = descend(free, { iterations: Math.ceil(Math.log(1e-12) / Math.log(rate)), start, step });
      expectClose(w, [shortest[0] + own, shortest[1] + own, shortest[2] - own], 8);
      expect(Math.abs(own)).toBeGreaterThan(0.05);
    }
  },
  mutants: {
    'starts at zero whatever it is told': (objective, options) =>
      gradientDescent(objective, { ...options, start: new Float64Array(objective.size) }),
    'goes half as far': (objective, options) => gradientDescent(objective, { ...options, step: (options.step ?? 1) / 2 }),
    'adds a little of the start again': (objective, options) => {
      const made = gradientDescent(objective, options);
      return { ...made, w: made.w.map((value, j) => value + 0.01 * (options.start?.[j] ?? 0)) };
    },
  },
});
