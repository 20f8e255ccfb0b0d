import { expect } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { factorReturns, gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { column, diagonal, fromColumns, type Matrix, matMul, matVec, transpose, transposeVec } from '../../linalg/matrix.js';
import { dot } from '../../linalg/vector.js';
import { type LinearRegression, linearRegression } from './linear-regression.js';

type Fit = typeof linearRegression;

const SAMPLES = [factorReturns(400), factorReturns(30, 3)];
const P = 4;

/** The library's fit with some of its results replaced: a wrong formula in one place. */
const mutate =
  (change: (fit: LinearRegression, x: Matrix, y: ArrayLike<number>) => Partial<LinearRegression>): Fit =>
  (x, y) => {
    const fit = linearRegression(x, y);
    return { ...fit, ...change(fit, x, y) };
  };

const times = (v: Float64Array, by: number) => v.map((value) => value * by);
const scaled = (a: Matrix, by: number): Matrix => ({ ...a, data: times(a.data, by) });
const unit = (n: number, i: number) => Float64Array.from({ length: n }, (_, k) => (k === i ? 1 : 0));
const identity = (n: number) => fromColumns(Array.from({ length: n }, (_, i) => unit(n, i)));
/** The matrix of a linear map y ↦ g(y) of R^n. */
const mapOf = (n: number, g: (y: Float64Array) => ArrayLike<number>) =>
  fromColumns(Array.from({ length: n }, (_, i) => Float64Array.from(g(unit(n, i)))));

const oneByOne = (x: Matrix, y: ArrayLike<number>) =>
  Float64Array.from({ length: x.cols }, (_, j) => dot(column(x, j), Float64Array.from(y)) / dot(column(x, j), column(x, j)));

theorem<Fit>('thm:normal-equations', 'ab', {
  real: linearRegression,
  check: (fit) => {
    for (const { x, y, noise } of SAMPLES) {
      const { coefficients, residuals, fitted } = fit(x, y);
      const left = (b: Float64Array) => matVec(x, b).map((value, i) => y[i] - value);
      const squares = (b: Float64Array) => dot(left(b), left(b));
      expectClose(transposeVec(x, left(coefficients)), new Float64Array(P), 11); // XᵀXβ̂ = Xᵀy
      expectClose(residuals, left(coefficients), 13);
      expectClose(fitted, matVec(x, coefficients), 13);
      for (const d of [0, 1, 2, 3, 4, 5].map((seed) => gaussian(seed, P))) {
        const moved = coefficients.map((value, j) => value + d[j]);
        const rise = dot(matVec(x, d), matVec(x, d));
        expect((squares(moved) - squares(coefficients)) / noise ** 2).toBeCloseTo(rise / noise ** 2, 5); // ‖y − X(β̂ + d)‖² = ‖y − Xβ̂‖² + ‖Xd‖²
      }
    }
  },
  mutants: {
    'regresses on each column alone': mutate((_, x, y) => ({ coefficients: oneByOne(x, y) })),
    'leaves the intercept out': mutate((fit) => ({ coefficients: fit.coefficients.map((b, j) => (j === 0 ? 0 : b)) })),
    'shrinks the last coefficient by one in a thousand': mutate((fit) => ({
      coefficients: fit.coefficients.map((b, j) => (j === 3 ? 0.999 * b : b)),
    })),
    'flips the sign of the residuals': mutate((fit) => ({ residuals: times(fit.residuals, -1) })),
    'centres the fitted values': mutate((fit) => ({ fitted: fit.fitted.map((value) => value - fit.coefficients[0]) })),
  },
});

theorem<Fit>('thm:normal-equations', 'c', {
  real: linearRegression,
  check: (fit) => {
    for (const { x, y } of SAMPLES) {
      const { coefficients, inverseGram, fitted } = fit(x, y);
      const gram = matMul(transpose(x), x);
      expectClose(matMul(inverseGram, gram).data, identity(P).data, 8);
      expectClose(matVec(inverseGram, transposeVec(x, y)), coefficients, 9); // (XᵀX)⁻¹Xᵀy
      const mixed = fromColumns([0, 1, 2, 3].map((j) => column(x, j).map((value, i) => value + 0.5 * column(x, (j + 1) % P)[i])));
      expectClose(fit(mixed, y).fitted, fitted, 11); // another basis of the column space
      const twice = fromColumns([column(x, 0), column(x, 1), column(x, 1)]);
      expect(() => fit(twice, y)).toThrow('not unique');
    }
  },
  mutants: {
    'never looks at the rank': (x, y) => linearRegression(x.cols === 3 ? fromColumns([column(x, 0), column(x, 1)]) : x, y),
    'counts (XᵀX)⁻¹ double': mutate((fit) => ({ inverseGram: scaled(fit.inverseGram, 2) })),
    'keeps only the diagonal of (XᵀX)⁻¹': mutate((fit) => ({
      inverseGram: { ...fit.inverseGram, data: fit.inverseGram.data.map((v, at) => (at % (P + 1) === 0 ? v : 0)) },
    })),
    'takes the columns for orthogonal': mutate((_, x, y) => ({ fitted: matVec(x, oneByOne(x, y)) })),
  },
});

theorem<Fit>('thm:hat-matrix', 'ab', {
  real: linearRegression,
  check: (fit) => {
    for (const { x, y } of [factorReturns(60, 3), factorReturns(25, 4)]) {
      const n = x.rows;
      const hat = mapOf(n, (e) => fit(x, e).fitted);
      expectClose(matMul(hat, hat).data, hat.data, 11);
      expectClose(transpose(hat).data, hat.data, 11);
      expectClose(matMul(hat, x).data, x.data, 11);
      const { leverage, fitted, residuals } = fit(x, y);
      expect(dot(fitted, fitted) + dot(residuals, residuals)).toBeCloseTo(dot(y, y), 11);
      expectClose(leverage, diagonal(hat), 11);
      expect(leverage.reduce((a, b) => a + b)).toBeCloseTo(P, 11);
      expect(Math.min(...leverage)).toBeGreaterThan(1 / n - 1e-12); // 1/n, for there is an intercept
      expect(Math.max(...leverage)).toBeLessThanOrEqual(1);
      const line = fromColumns([column(x, 0), column(x, 1)]);
      const z = column(x, 1);
      const centre = z.reduce((a, b) => a + b) / n;
      const spread = z.reduce((sum, value) => sum + (value - centre) ** 2, 0);
      expectClose(
        fit(line, y).leverage,
        z.map((value) => 1 / n + (value - centre) ** 2 / spread),
        12,
      );
    }
    const still = fromColumns([new Float64Array(7).fill(1), Float64Array.of(-3, -2, -1, 0, 1, 2, 3)]);
    expect(fit(still, gaussian(2, 7)).leverage[3]).toBeCloseTo(1 / 7, 13); // attained by a day at the mean
  },
  mutants: {
    'shrinks towards zero, which is no projection': mutate((fit) => ({
      fitted: times(fit.fitted, 0.9),
      leverage: times(fit.leverage, 0.9),
    })),
    'takes the columns for orthogonal': mutate((_, x, y) => ({ fitted: matVec(x, oneByOne(x, y)) })),
    'gives every row the mean leverage': mutate((fit, x) => ({ leverage: fit.leverage.map(() => x.cols / x.rows) })),
    'leaves the share of the intercept out': mutate((fit, x) => ({ leverage: fit.leverage.map((h) => h - 1 / x.rows) })),
    'takes the length of a row for its square': mutate((fit) => ({ leverage: fit.leverage.map(Math.sqrt) })),
  },
});

theorem<Fit>('thm:hat-matrix', 'c', {
  real: linearRegression,
  check: (fit) => {
    for (const [n, alone] of [
      [20, 7],
      [12, 0],
    ]) {
      const x = fromColumns([new Float64Array(n).fill(1), gaussian(n, n), unit(n, alone)]); // an indicator of one row
      const { leverage } = fit(x, gaussian(1, n));
      const left = mapOf(n, (e) => fit(x, e).residuals); // I − H
      for (let i = 0; i < n; i++) {
        const ever = Math.max(...column(transpose(left), i).map(Math.abs)); // the greatest |eᵢ| of any unit vector
        expect(leverage[i] > 1 - 1e-10, `row ${i}`).toBe(ever < 1e-10);
        expect(left.data[i * n + i]).toBeCloseTo(1 - leverage[i], 12);
      }
      expect(leverage[alone]).toBeCloseTo(1, 12);
    }
  },
  mutants: {
    'keeps every leverage below 0.99': mutate((fit) => ({ leverage: fit.leverage.map((h) => Math.min(h, 0.99)) })),
    'gives every row the mean leverage': mutate((fit, x) => ({ leverage: fit.leverage.map(() => x.cols / x.rows) })),
    'takes residuals for their square roots': mutate((fit) => ({
      residuals: fit.residuals.map((e) => Math.sign(e) * Math.sqrt(Math.abs(e))),
    })),
  },
});

/** All of y = Xβ ± √n σ eᵢ: errors of mean 0, uncorrelated, of variance σ², so that averages over them are expectations. */
const samplesOf = (x: Matrix, beta: Float64Array, sigma: number) =>
  [1, -1].flatMap((sign) =>
    Array.from({ length: x.rows }, (_, i) => matVec(x, beta).map((value, k) => value + (k === i ? sign * Math.sqrt(x.rows) * sigma : 0))),
  );

theorem<Fit>('thm:gauss-markov', 'a', {
  real: linearRegression,
  check: (fit) => {
    for (const { x, beta } of [factorReturns(40, 5), factorReturns(9, 6)]) {
      const sigma = 0.3;
      const fits = samplesOf(x, beta, sigma).map((y) => fit(x, y));
      const average = (of: (f: LinearRegression) => number) => fits.reduce((sum, f) => sum + of(f), 0) / fits.length;
      const variance = fits[0].inverseGram;
      for (let j = 0; j < P; j++) {
        expect(average((f) => f.coefficients[j])).toBeCloseTo(beta[j], 9);
        const scale = sigma ** 2 * variance.data[j * (P + 1)];
        expect(average((f) => (f.coefficients[j] - beta[j]) ** 2) / scale).toBeCloseTo(1, 9); // σ²(XᵀX)⁻¹
        const { coefficients, covariance, standardErrors, tStatistics, residualStandardError } = fits[j];
        expect(standardErrors[j] ** 2 / (residualStandardError ** 2 * variance.data[j * (P + 1)])).toBeCloseTo(1, 9);
        expect(tStatistics[j] * standardErrors[j]).toBeCloseTo(coefficients[j], 9);
        for (let k = 0; k < P; k++) {
          const [at, got] = [j * P + k, average((f) => (f.coefficients[j] - beta[j]) * (f.coefficients[k] - beta[k]))];
          expect(got / scale).toBeCloseTo((sigma ** 2 * variance.data[at]) / scale, 8);
          expect(covariance.data[at] / residualStandardError ** 2 / variance.data[0]).toBeCloseTo(variance.data[at] / variance.data[0], 8);
        }
      }
    }
  },
  mutants: {
    'doubles the standard errors': mutate((fit) => ({ standardErrors: times(fit.standardErrors, 2) })),
    'divides the coefficients by the squared errors': mutate((fit) => ({
      tStatistics: fit.tStatistics.map((t, j) => t / fit.standardErrors[j]),
    })),
    'claims nine tenths of the variance': mutate((fit) => ({ covariance: scaled(fit.covariance, 0.9) })),
    'buys a smaller variance with bias': mutate((fit) => ({ coefficients: times(fit.coefficients, 0.8) })),
    'leaves out the correlation of the columns': mutate((fit, x) => ({
      covariance: fromColumns(
        Array.from({ length: P }, (_, j) => times(unit(P, j), fit.residualStandardError ** 2 / dot(column(x, j), column(x, j)))),
      ),
    })),
  },
});

const withVariance = (divisor: (n: number, p: number) => number) =>
  mutate(({ residuals }, { rows, cols }) => ({ residualStandardError: Math.sqrt(dot(residuals, residuals) / divisor(rows, cols)) }));

theorem<Fit>('thm:gauss-markov', 'b', {
  real: linearRegression,
  check: (fit) => {
    for (const { x, beta } of [factorReturns(40, 5), factorReturns(7, 6)])
      for (const sigma of [0.3, 2]) {
        const fits = samplesOf(x, beta, sigma).map((y) => fit(x, y).residualStandardError ** 2);
        expect(fits.reduce((a, b) => a + b) / fits.length / sigma ** 2).toBeCloseTo(1, 10);
      }
  },
  mutants: {
    'divides by n': withVariance((n) => n),
    'divides by n − 1': withVariance((n) => n - 1),
    'divides by n − p − 1': withVariance((n, p) => n - p - 1),
    'forgets the root': mutate((fit) => ({ residualStandardError: fit.residualStandardError ** 2 })),
  },
});

function weightedLeastSquares(x: Matrix, y: ArrayLike<number>, weights: Float64Array): Float64Array {
  const root = weights.map(Math.sqrt);
  const rows = { ...x, data: x.data.map((value, at) => value * root[Math.floor(at / x.cols)]) };
  return linearRegression(
    rows,
    root.map((w, i) => w * y[i]),
  ).coefficients;
}
const weightsOf = (seed: number, n: number) => gaussian(seed, n).map((z) => Math.exp(0.5 * z));

theorem<Fit>('thm:gauss-markov', 'c', {
  real: linearRegression,
  check: (fit) => {
    for (const { x } of [factorReturns(40, 5), factorReturns(12, 7)]) {
      const n = x.rows;
      const ols = mapOf(n, (e) => fit(x, e).coefficients);
      const variance = matMul(ols, transpose(ols)); // of β̂, per unit of σ²
      const size = variance.data[0];
      for (const seed of [1, 2, 3]) {
        const other = mapOf(n, (e) => weightedLeastSquares(x, e, weightsOf(seed, n))); // linear and unbiased as well: CX = I
        expectClose(matMul(other, x).data, identity(P).data, 9);
        const delta = { ...other, data: other.data.map((value, at) => value - ols.data[at]) };
        const rise = matMul(delta, transpose(delta));
        const worse = matMul(other, transpose(other));
        expectClose(
          worse.data.map((value, at) => (value - variance.data[at]) / size),
          times(rise.data, 1 / size),
          7,
        ); // var β̃ = var β̂ + σ²ΔΔᵀ
        for (const a of [4, 5, 6].map((s) => gaussian(s, P)))
          expect(dot(a, matVec(worse, a))).toBeGreaterThan(dot(a, matVec(variance, a)) * (1 + 1e-9));
      }
    }
  },
  mutants: {
    'weights the rows unequally': mutate((_, x, y) => ({ coefficients: weightedLeastSquares(x, y, weightsOf(9, x.rows)) })),
    'buys a smaller variance with bias': mutate((fit) => ({ coefficients: times(fit.coefficients, 0.8) })),
    'leaves the last row out': mutate((_, x, y) => ({
      coefficients: weightedLeastSquares(
        x,
        y,
        Float64Array.from({ length: x.rows }, (_, i) => (i === x.rows - 1 ? 1e-12 : 1)),
      ),
    })),
  },
});

/** Σ log φ of y − Xb with variance v. */
const logDensity = (x: Matrix, y: ArrayLike<number>, b: Float64Array, v: number) =>
  matVec(x, b).reduce((sum, fit, i) => sum - 0.5 * Math.log(2 * Math.PI * v) - (y[i] - fit) ** 2 / (2 * v), 0);
const withLikelihood = (variance: (fit: LinearRegression, y: ArrayLike<number>) => number) =>
  mutate((fit, x, y) => ({ logLikelihood: logDensity(x, y, fit.coefficients, variance(fit, y)) }));
const claiming = (value: (squares: number, n: number) => number) =>
  mutate(({ residuals }) => ({ logLikelihood: value(dot(residuals, residuals), residuals.length) }));

theorem<Fit>('thm:ols-likelihood', {
  real: linearRegression,
  check: (fit) => {
    for (const { x, y, noise } of SAMPLES) {
      expect(noise, 'σ > 0').toBeGreaterThan(0);
      const { coefficients, residuals, logLikelihood } = fit(x, y);
      const variance = dot(residuals, residuals) / y.length;
      expect(logLikelihood).toBeCloseTo(logDensity(x, y, coefficients, variance), 8);
      for (const d of [1, 2, 3, 4].map((seed) => gaussian(seed, P)))
        for (const t of [0.98, 0.999, 1.001, 1.02]) {
          expect(logDensity(x, y, coefficients, variance * t)).toBeLessThan(logLikelihood);
          const moved = coefficients.map((b, j) => b + 0.01 * noise * d[j]);
          expect(logDensity(x, y, moved, variance * t)).toBeLessThan(logLikelihood);
        }
    }
  },
  mutants: {
    'takes the unbiased variance eᵀe/(n − p)': withLikelihood((fit) => fit.residualStandardError ** 2),
    'takes the variance of y': withLikelihood((_, y) => Array.from(y).reduce((sum, v) => sum + v * v, 0) / y.length),
    'forgets the half': claiming((squares, n) => -n * (Math.log((2 * Math.PI * squares) / n) + 1)),
    'forgets 2π': claiming((squares, n) => (-n / 2) * (Math.log(squares / n) + 1)),
    'forgets the exponent': claiming((squares, n) => (-n / 2) * Math.log((2 * Math.PI * squares) / n)),
    'minimises weighted squares': mutate((_, x, y) => {
      const coefficients = weightedLeastSquares(x, y, weightsOf(1, x.rows));
      const residuals = matVec(x, coefficients).map((value, i) => y[i] - value);
      return { coefficients, residuals, logLikelihood: logDensity(x, y, coefficients, dot(residuals, residuals) / y.length) };
    }),
  },
});
