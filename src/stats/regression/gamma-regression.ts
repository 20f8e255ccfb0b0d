import { checkWhole } from '../../base/internal.js';
import { backSubstitute, diagonal, inverseGram, type Matrix, matVec, mean, qr, transposeVec } from '../../linalg/index.js';
import { cholesky, columnName, forwardSubstitute, gram } from '../../linalg/internal.js';
import { excessOverLog } from '../scores/probability-scores.js';
import { checkColumns, checkOverdetermined, checkSample, dependentColumn } from './design.js';

/** A model of a positive mean, E(y | x) = exp(xᵀβ), fitted to positive values whose deviation is in proportion to it. */
export interface GammaRegression {
  /** Of the columns [p]. */
  readonly names: readonly string[];
  /** β̂ [p]: the mean changes by the factor exp β̂ⱼ where xⱼ rises by 1. */
  readonly coefficients: Float64Array;
  /** √φ̂ (XᵀX)⁻¹ⱼⱼ [p], right where values are uncorrelated in time; otherwise see `neweyWest`, which takes this fit. */
  readonly standardErrors: Float64Array;
  /** β̂ ⊘ standard errors [p]. */
  readonly tStatistics: Float64Array;
  /** φ̂ (XᵀX)⁻¹ [p, p]. */
  readonly covariance: Matrix;
  /** (XᵀX)⁻¹ [p, p]. */
  readonly inverseGram: Matrix;
  /** μ̂ = exp Xβ̂ [n]. */
  readonly fitted: Float64Array;
  /** (y − μ̂)/μ̂ [n]. */
  readonly residuals: Float64Array;
  /** φ̂ = Σ ((y − μ̂)/μ̂)² / (n − p), Pearson's: var y = φμ². */
  readonly dispersion: number;
  /** 2 Σ (y/μ̂ − log y/μ̂ − 1): twice the QLIKE loss, summed. */
  readonly deviance: number;
  /** The same of the constant ȳ. */
  readonly nullDeviance: number;
  /** Steps, ten of Fisher's at most and then Newton's. */
  readonly iterations: number;
  /** The design the fit was made on. */
  readonly x: Matrix;
}

/**
 * Steps of Fisher's before Newton's. Where many columns meet heavy tails, XᵀX is far from XᵀWX: with 40 columns that have a common part and
 * 300 squares of normal values, 20,000 of Fisher's steps did not end, and two of Newton's did.
 */
const FISHER = 10;

/**
 * Gamma regression with a log link, for variances: the mean is positive whatever x is, and the loss is the one that variances are judged by.
 *
 *     β̂ = argmin Σᵢ yᵢ/μᵢ + log μᵢ,   μ = exp Xβ        step: XᵀX δ = Xᵀ (y/μ − 1), after ten of them XᵀWX δ with W = diag y/μ
 *
 * With a log link Fisher's weights are all 1, so that X is decomposed once. The loss is convex in β, and Newton's steps, with halves of
 * those that overshoot, find its least value from anywhere. The estimate needs the mean to be right, not the law: with
 * errors of `neweyWest` it is a quasi-likelihood.
 *
 * @param x  [n, p] design; its intercept, if wanted, is one of its columns
 * @param y  [n] positive
 * @throws   as `linearRegression`; when a value is not positive, or no minimum is found in `maxIterations` steps (100)
 *
 * McCullagh & Nelder 1989, ch. 8; the loss is QLIKE (Patton 2011, eq. 24).
 */
export function gammaRegression(x: Matrix, y: ArrayLike<number>, { maxIterations = 100 } = {}): GammaRegression {
  checkSample('gammaRegression', x, y);
  checkOverdetermined('gammaRegression', x);
  checkWhole('gammaRegression', 'maxIterations', maxIterations);
  for (let i = 0; i < y.length; i++)
    if (!(y[i] > 0))
      throw new Error(`gammaRegression: y is ${y[i]} at row ${i} and must be positive; is it a variance of stale prices? Drop the row`);
  const { q, r, dependent } = qr(x);
  if (dependent >= 0) throw dependentColumn('gammaRegression', x, dependent);
  const { rows: n, cols: p } = x;
  const solve = (target: Float64Array) => backSubstitute(r, transposeVec(q, target)); // least squares of it on x

  // log y is below log μ in the mean; a shift takes that out, where x has an intercept.
  const logs = Float64Array.from(y, Math.log);
  const first = matVec(x, solve(logs));
  const shift = Math.log(mean(logs.map((l, i) => Math.exp(l - first[i]))));
  let here = at(x, y, solve(first.map((f) => f + shift)));
  let iterations = 0;
  for (; ; iterations++) {
    const step = (iterations >= FISHER && newton(q, r, here.residuals)) || solve(here.residuals);
    const promised = here.residuals.reduce((sum, e, i) => sum + e * dotRow(x, i, step), 0); // δᵀXᵀXδ, of Newton's δᵀXᵀWXδ
    if (promised <= 1e-22 * n) break;
    if (iterations === maxIterations)
      throw new Error(
        `gammaRegression: no minimum after ${maxIterations} steps; is one value far beyond all others? Put the columns on one scale`,
      );
    const { beta, deviance } = here;
    const advance = (size: number) => {
      const next = beta.map((b, j) => b + size * step[j]);
      return at(x, y, next);
    };
    let size = 1;
    here = advance(size);
    while (!(here.deviance <= deviance + 1e-12 * Math.abs(deviance)) && size > 1e-10) {
      size /= 2;
      here = advance(size);
    }
  }
  const { beta, fitted, residuals, deviance } = here;
  const gramInverse = inverseGram(r);
  const dispersion = residuals.reduce((sum, e) => sum + e * e, 0) / (n - p);
  const covariance = { ...gramInverse, data: gramInverse.data.map((value) => value * dispersion) };
  const standardErrors = diagonal(covariance).map(Math.sqrt);
  const logMean = Math.log(mean(y));
  return {
    names: Array.from({ length: p }, (_, j) => columnName(x, j)),
    coefficients: beta,
    standardErrors,
    tStatistics: beta.map((b, j) => b / standardErrors[j]),
    covariance,
    inverseGram: gramInverse,
    fitted,
    residuals,
    dispersion,
    deviance,
    nullDeviance: 2 * logs.reduce((sum, l) => sum + logMean - l, 0),
    iterations,
    x,
  };
}

/**
 * exp Xβ̂ at new rows [m, p] → [m].
 *
 * @throws when x does not have the columns of the fit, by name where it has names
 */
export function predictGamma(fit: GammaRegression, x: Matrix): Float64Array {
  checkColumns('predictGamma', fit, x);
  return matVec(x, fit.coefficients).map(Math.exp);
}

/**
 * Newton's step, of which XᵀWX δ = Xᵀ(y/μ − 1) for W = diag y/μ, along the columns of X = QR: QᵀWQ does not know how near those of X are.
 * Nothing where all weight lies on too few rows.
 */
function newton(q: Matrix, r: Matrix, residuals: Float64Array): Float64Array | undefined {
  const weights = residuals.map((e) => Math.max(0, e + 1));
  const root = cholesky(gram(q, weights));
  return root && backSubstitute(r, backSubstitute(root, forwardSubstitute(root, transposeVec(q, residuals))));
}

function at(x: Matrix, y: ArrayLike<number>, beta: Float64Array) {
  const eta = matVec(x, beta);
  const fitted = eta.map(Math.exp);
  const residuals = fitted.map((mu, i) => y[i] / mu - 1);
  const deviance = 2 * fitted.reduce((sum, mu, i) => sum + excessOverLog(y[i] / mu), 0);
  return { beta, fitted, residuals, deviance };
}

function dotRow({ cols, data }: Matrix, i: number, v: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < cols; j++) sum += data[i * cols + j] * v[j];
  return sum;
}
