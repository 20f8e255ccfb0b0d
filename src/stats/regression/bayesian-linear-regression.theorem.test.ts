import { expect } from 'vitest';
import { expectClose } from '../../../tests/support/close.js';
import { gaussian } from '../../../tests/support/simulated.js';
import { theorem } from '../../../tests/support/theorem.js';
import { diagonal, fromColumns, type Matrix, matMul, matVec, svd, transpose } from '../../linalg/index.js';
import { type BayesianLinearRegression, bayesianLinearRegression, posteriorPredictive } from './bayesian-linear-regression.js';
import { ridge } from './ridge.js';

type Fit = typeof bayesianLinearRegression;
const OPTIONS = [
  { noise: 0.5, prior: 0.8 },
  { noise: 1.7, prior: 0.3 },
];
/** Samples with correlated columns: of more rows than columns, of fewer, and of rank 2 with three columns. */
const SAMPLES = [sample(12, 3, 1), sample(3, 5, 2), sample(8, 3, 3, true)];

function sample(n: number, p: number, seed: number, repeat = false): { x: Matrix; y: Float64Array } {
  const columns = Array.from({ length: p }, (_, j) => gaussian(10 * seed + j, n));
  for (let i = 0; i < n; i++) columns[p - 1][i] = repeat ? columns[0][i] - columns[1][i] : columns[0][i] + 0.4 * columns[p - 1][i];
  return { x: fromColumns(columns), y: gaussian(10 * seed + 9, n).map((e, i) => e + columns[0][i]) };
}

const cases = (use: (x: Matrix, y: Float64Array, options: (typeof OPTIONS)[number]) => void) => {
  for (const { x, y } of SAMPLES) for (const options of OPTIONS) use(x, y, options);
};
const mutate =
  (
    change: (fit: BayesianLinearRegression, options: { noise: number; prior: number }, x: Matrix) => Partial<BayesianLinearRegression>,
  ): Fit =>
  (x, y, options) => {
    const fit = bayesianLinearRegression(x, y, options);
    return { ...fit, ...change(fit, options as never, x) };
  };
const withOptions =
  (change: (options: { noise: number; prior: number }, x: Matrix) => { noise: number; prior: number }): Fit =>
  (x, y, options) =>
    bayesianLinearRegression(x, y, change(options as never, x));
const OTHER_LAWS: Record<string, Fit> = {
  'takes the noise for its variance': withOptions(({ noise, prior }) => ({ noise: Math.sqrt(noise), prior })),
  'takes the prior for its precision': withOptions(({ noise, prior }) => ({ noise, prior: 1 / prior })),
  'doubles the variance of the prior': withOptions(({ noise, prior }) => ({ noise, prior: Math.SQRT2 * prior })),
  'exchanges noise and prior': withOptions(({ noise, prior }) => ({ noise: prior, prior: noise })),
};

/** C = σ²I + τ²XXᵀ, by Gauss without pivots: L D Lᵀ solves and has the determinant; it shares nothing with a QR of X. */
function marginal(x: Matrix, { noise, prior }: { noise: number; prior: number }) {
  const c = matMul(x, transpose(x));
  const rows = Array.from({ length: x.rows }, (_, i) =>
    Array.from({ length: x.rows }, (_, k) => prior ** 2 * c.data[i * x.rows + k] + (i === k ? noise ** 2 : 0)),
  );
  return {
    logDeterminant: eliminate(rows, []).logDeterminant,
    solve: (b: ArrayLike<number>) => eliminate(rows, Array.from(b)).z,
  };
}

function eliminate(a: number[][], b: number[]): { z: number[]; logDeterminant: number } {
  const rows = a.map((row, i) => [...row, b[i] ?? 0]);
  const n = rows.length;
  let logDeterminant = 0;
  for (let k = 0; k < n; k++) {
    logDeterminant += Math.log(rows[k][k]);
    for (let i = k + 1; i < n; i++) {
      const share = rows[i][k] / rows[k][k];
      for (let j = k; j <= n; j++) rows[i][j] -= share * rows[k][j];
    }
  }
  const z = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--)
    z[i] = rows[i].slice(i + 1, n).reduce((left, value, j) => left - value * z[i + 1 + j], rows[i][n]) / rows[i][i];
  return { z, logDeterminant };
}

theorem<Fit>('thm:linear-evidence', 'a', {
  real: bayesianLinearRegression,
  // The joint law of β and y is normal: β given y has the mean τ²XᵀC⁻¹y and the covariance τ²I − τ⁴XᵀC⁻¹X.
  check: (fit) =>
    cases((x, y, options) => {
      const { coefficients, covariance, precision, standardDeviations } = fit(x, y, options);
      const tau2 = options.prior ** 2;
      const { solve } = marginal(x, options);
      expectClose(
        coefficients,
        matVec(transpose(x), solve(y)).map((value) => tau2 * value),
        10,
      );
      expectClose(coefficients, ridge(x, y, { lambda: options.noise ** 2 / tau2, intercept: false }).coefficients, 10);
      for (let j = 0; j < x.cols; j++) {
        const column = Float64Array.from({ length: x.rows }, (_, i) => x.data[i * x.cols + j]);
        const explained = matVec(transpose(x), solve(column));
        const own = Array.from(explained, (value, i) => (i === j ? tau2 : 0) - tau2 ** 2 * value);
        expectClose(covariance.data.slice(j * x.cols, (j + 1) * x.cols), own, 10);
        expect(standardDeviations[j]).toBeCloseTo(Math.sqrt(own[j]), 9);
      }
      const identity = matMul(covariance, precision).data;
      expectClose(
        identity,
        identity.map((_, at) => (at % (x.cols + 1) === 0 ? 1 : 0)),
        8,
      );
    }),
  mutants: {
    ...OTHER_LAWS,
    'leaves the noise out of the covariance': mutate((fit, { noise }) => ({
      covariance: { ...fit.covariance, data: fit.covariance.data.map((value) => value / noise ** 2) },
    })),
    'gives variances for deviations': mutate((fit) => ({ standardDeviations: diagonal(fit.covariance) })),
    'flips the sign': mutate((fit) => ({ coefficients: fit.coefficients.map((b) => -b) })),
  },
});

const logEvidence = (change: (fit: BayesianLinearRegression, options: { noise: number; prior: number }, x: Matrix) => number) =>
  mutate((fit, options, x) => ({ logEvidence: change(fit, options, x) }));
const squares = (b: Float64Array) => b.reduce((sum, value) => sum + value * value, 0);

theorem<Fit>('thm:linear-evidence', 'b', {
  real: bayesianLinearRegression,
  check: (fit) =>
    cases((x, y, options) => {
      const { logEvidence, logLikelihood, logOccamFactor, coefficients } = fit(x, y, options);
      const { solve, logDeterminant } = marginal(x, options);
      const n = x.rows;
      const exponent = solve(y).reduce((sum, value, i) => sum + value * y[i], 0);
      expect(logEvidence).toBeCloseTo(-0.5 * (n * Math.log(2 * Math.PI) + logDeterminant + exponent), 8);
      const residuals = matVec(x, coefficients).map((value, i) => y[i] - value);
      expect(logLikelihood).toBeCloseTo(
        -0.5 * n * Math.log(2 * Math.PI * options.noise ** 2) - squares(residuals) / (2 * options.noise ** 2),
        9,
      );
      expect(logEvidence - logLikelihood).toBeCloseTo(logOccamFactor, 10);
    }),
  mutants: {
    ...OTHER_LAWS,
    'forgets what the coefficients cost': logEvidence((fit, { prior }) => fit.logEvidence + squares(fit.coefficients) / (2 * prior ** 2)),
    'forgets the half of the quadratic term': logEvidence(
      (fit, { prior }) => fit.logEvidence - squares(fit.coefficients) / (2 * prior ** 2),
    ),
    'forgets the half of the determinant': logEvidence(
      (fit, { prior }) => 2 * fit.logOccamFactor + squares(fit.coefficients) / (2 * prior ** 2) + fit.logLikelihood,
    ),
    'forgets the prior in the determinant': logEvidence((fit, { prior }, x) => fit.logEvidence + x.cols * Math.log(prior)),
    'forgets 2π': logEvidence((fit, _, x) => fit.logEvidence + 0.5 * x.rows * Math.log(2 * Math.PI)),
    'is the likelihood of the best fit': logEvidence((fit) => fit.logLikelihood),
  },
});

theorem<Fit>('thm:linear-evidence', 'c', {
  real: bayesianLinearRegression,
  check: (fit) => {
    cases((x, y, options) => {
      const { logOccamFactor, logEvidence, logLikelihood, coefficients } = fit(x, y, options);
      const lambda = (options.noise / options.prior) ** 2;
      const volume = svd(x).s.reduce((sum, s) => sum + 0.5 * Math.log1p(s ** 2 / lambda), 0);
      expect(logOccamFactor).toBeCloseTo(-squares(coefficients) / (2 * options.prior ** 2) - volume, 9);
      expect(logEvidence).toBeLessThanOrEqual(logLikelihood);
    });
    for (const { x, y } of SAMPLES)
      for (const { noise } of OPTIONS) {
        const s = svd(x).s.filter((value) => value > 1e-9);
        const limit = -s.reduce((sum, value) => sum + Math.log(value / noise), 0);
        const best = ridge(x, y, { lambda: 0, intercept: false }).residuals;
        const atBest = -0.5 * x.rows * Math.log(2 * Math.PI * noise ** 2) - squares(best) / (2 * noise ** 2);
        for (const [prior, digits] of [
          [1e3, 3],
          [1e4, 5],
        ]) {
          const { logEvidence } = fit(x, y, { noise, prior });
          expect(logEvidence + s.length * Math.log(prior)).toBeCloseTo(atBest + limit, digits);
        }
      }
  },
  mutants: {
    ...OTHER_LAWS,
    'pays for every column, known or not': mutate((fit, { prior }, x) => ({
      logEvidence: fit.logEvidence - (x.cols - svd(x).s.filter((s) => s > 1e-9).length) * Math.log(prior),
    })),
    'has no Occam factor': mutate((fit) => ({ logEvidence: fit.logLikelihood, logOccamFactor: 0 })),
    'has twice the volume': mutate((fit, { prior }) => ({
      logOccamFactor: 2 * fit.logOccamFactor + squares(fit.coefficients) / (2 * prior ** 2),
    })),
  },
});

type Predict = (
  fit: BayesianLinearRegression,
  x: Matrix,
) => { mean: Float64Array; aleatoric: number; epistemic: Float64Array; standardDeviations: Float64Array };
const predicting =
  (change: (made: ReturnType<Predict>, fit: BayesianLinearRegression, x: Matrix) => Partial<ReturnType<Predict>>): Predict =>
  (fit, x) => {
    const made = posteriorPredictive(fit, x);
    return { ...made, ...change(made, fit, x) };
  };

theorem<Predict>('thm:linear-evidence', 'd', {
  real: posteriorPredictive,
  // (y₀, y) is jointly normal: the mean is c₀ᵀC⁻¹y and the variance σ² + τ²‖x₀‖² − c₀ᵀC⁻¹c₀, with c₀ = τ²Xx₀.
  check: (predict) =>
    cases((x, y, options) => {
      const { noise, prior } = options;
      const fit = bayesianLinearRegression(x, y, options);
      const { solve } = marginal(x, options);
      for (const seed of [51, 52]) {
        const row = gaussian(seed, x.cols);
        const at = predict(fit, { rows: 1, cols: x.cols, data: row });
        const c0 = matVec(x, row).map((value) => prior ** 2 * value);
        const explained = solve(c0);
        expect(at.mean[0]).toBeCloseTo(
          explained.reduce((sum, value, i) => sum + value * y[i], 0),
          9,
        );
        const epistemic = prior ** 2 * squares(row) - explained.reduce((sum, value, i) => sum + value * c0[i], 0);
        expect(at.epistemic[0]).toBeCloseTo(epistemic, 9);
        expect(at.aleatoric).toBeCloseTo(noise ** 2, 12);
        expect(at.standardDeviations[0]).toBeCloseTo(Math.sqrt(noise ** 2 + epistemic), 9);
        // The row itself, added to the data, takes (σ² + c)⁻¹ S x xᵀ S away.
        const more = { rows: x.rows + 1, cols: x.cols, data: Float64Array.of(...x.data, ...row) };
        const after = bayesianLinearRegression(more, [...y, 0.3], options);
        const sx = matVec(fit.covariance, row);
        const less = fit.covariance.data.map(
          (value, k) => value - (sx[Math.floor(k / x.cols)] * sx[k % x.cols]) / (noise ** 2 + at.epistemic[0]),
        );
        expectClose(after.covariance.data, less, 9);
      }
    }),
  mutants: {
    'forgets the noise': predicting((made) => ({ standardDeviations: made.epistemic.map(Math.sqrt) })),
    'forgets what coefficients leave open': predicting((made) => ({
      standardDeviations: made.epistemic.map(() => Math.sqrt(made.aleatoric)),
    })),
    'adds deviations, not variances': predicting((made) => ({
      standardDeviations: made.epistemic.map((e) => Math.sqrt(e) + Math.sqrt(made.aleatoric)),
    })),
    'takes the variances alone, without covariances': predicting((_, fit, x) => ({
      epistemic: Float64Array.of(diagonal(fit.covariance).reduce((sum, v, j) => sum + v * x.data[j] ** 2, 0)),
    })),
    'doubles the epistemic part': predicting((made) => ({ epistemic: made.epistemic.map((e) => 2 * e) })),
    'flips the mean': predicting((made) => ({ mean: made.mean.map((m) => -m) })),
  },
});
