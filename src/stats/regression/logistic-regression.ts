import { checkNumber } from '../../base/internal.js';
import { backSubstitute, diagonal, dot, inverseGram, type Matrix, matVec, mean, qr } from '../../linalg/index.js';
import { columnName, triangle, zeroMatrix } from '../../linalg/internal.js';
import { checkBinary, checkColumns, checkSample, dependentColumn } from './design.js';
import { separatingDirection } from './separation.js';

/** A model of the chance of a 1, P(y = 1 | x) = σ(xᵀβ), fitted to labels. */
export interface LogisticRegression {
  /** Of the columns [p]. */
  readonly names: readonly string[];
  /** β̂ [p], log-odds per unit of the column. */
  readonly coefficients: Float64Array;
  /** From the inverse of the observed information XᵀWX (+ λI) [p]. */
  readonly standardErrors: Float64Array;
  /** β̂ ⊘ standard errors [p]. */
  readonly zStatistics: Float64Array;
  /** (XᵀWX + λI)⁻¹ [p, p]. */
  readonly covariance: Matrix;
  /** σ(Xβ̂) [n]. */
  readonly probabilities: Float64Array;
  /** ℓ(β̂), without the penalty. */
  readonly logLikelihood: number;
  /** Log-likelihood of a constant probability, ȳ. */
  readonly nullLogLikelihood: number;
  /** McFadden's 1 − ℓ/ℓ₀; 0.01 is already much for the direction of daily returns. */
  readonly pseudoRSquared: number;
  /** Newton steps taken. */
  readonly iterations: number;
}

/**
 * Logistic regression by Newton's method (iteratively reweighted least squares).
 *
 *     ℓ(β) = Σᵢ yᵢ xᵢᵀβ − log(1 + exp xᵢᵀβ) − (λ/2)‖β‖²        XᵀWX δ = Xᵀ(y − p),   W = diag p(1 − p)
 *
 * ℓ is concave. Without a penalty a maximum exists exactly when no direction d ≠ 0 has (2yᵢ − 1) xᵢᵀd ≥ 0 for all i; where there is
 * one, the fit ends with an error that names its main column. The penalty spares a column named `intercept`.
 *
 * @param x  [n, p] design
 * @param y  [n] of 0 and 1, both present
 * @throws   on a bad sample, another label, a dependent column, or separated data when λ = 0
 *
 * Albert & Anderson 1984. thm:logistic.
 */
export function logisticRegression(x: Matrix, y: ArrayLike<number>, { lambda = 0, maxIterations = 100 } = {}): LogisticRegression {
  checkSample('logisticRegression', x, y);
  checkBinary('logisticRegression', y);
  const rate = mean(y);
  if (rate === 0 || rate === 1)
    throw new Error(`logisticRegression: every label is ${rate}; both must occur, so take a longer sample or another threshold`);
  checkNumber('logisticRegression', 'lambda', lambda, { from: 0 });
  const names = Array.from({ length: x.cols }, (_, j) => columnName(x, j));
  const penalty = Float64Array.from(names, (name) => (name === 'intercept' ? 0 : lambda));
  const signs = Float64Array.from(y, (label) => 2 * label - 1);
  if (lambda === 0) {
    const dependent = x.rows < x.cols ? x.rows : qr(x).dependent;
    if (dependent >= 0) throw dependentColumn('logisticRegression', x, dependent);
    const direction = separatingDirection(x, signs);
    if (direction) throw separated(x, direction, names);
  }

  let beta: Float64Array = new Float64Array(x.cols);
  let value = objective(x, signs, penalty, beta);
  for (let iteration = 1; iteration <= maxIterations; iteration++) {
    const { step, decrement } = newton(x, signs, penalty, beta);
    if (decrement <= 1e-20 * x.rows) return summary(x, y, beta, penalty, names, iteration - 1);
    let size = 1;
    let next = advance(beta, step, size);
    // Newton overshoots only far from the maximum; there half a step, or a half of that, climbs.
    while (objective(x, signs, penalty, next) < value - 1e-12 * Math.abs(value) && size > 1e-10) {
      size /= 2;
      next = advance(beta, step, size);
    }
    beta = next;
    value = objective(x, signs, penalty, beta);
  }
  throw new Error(
    `logisticRegression: no maximum after ${maxIterations} Newton steps; put the columns on one scale or add a penalty lambda`,
  );
}

/**
 * σ(Xβ̂) at new rows [m, p] → [m].
 *
 * @throws when x does not have the columns of the fit, by name where it has names
 */
export function predictProbability(fit: LogisticRegression, x: Matrix): Float64Array {
  checkColumns('predictProbability', fit, x);
  return probabilities(x, fit.coefficients);
}

/** Newton's step, and its squared length in the metric of the Hessian: twice the rise it promises. */
function newton(x: Matrix, signs: Float64Array, penalty: Float64Array, beta: Float64Array) {
  const { r, rhs } = weighted(x, signs, penalty, beta);
  return { step: backSubstitute(r, rhs), decrement: dot(rhs, rhs) };
}

/** QR of √W X (with √λ rows below it): RᵀR = XᵀWX + λI, solved without forming it. */
function weighted(x: Matrix, signs: Float64Array, penalty: Float64Array, beta: Float64Array) {
  const eta = matVec(x, beta);
  const augmented = zeroMatrix(x.rows + x.cols, x.cols);
  const target = zeroMatrix(x.rows + x.cols, 1);
  for (let i = 0; i < x.rows; i++) {
    const wrong = sigmoid(-signs[i] * eta[i]); // |yᵢ − pᵢ|, without the cancellation of 1 − p
    const root = Math.sqrt(Math.max(wrong * (1 - wrong), 1e-300));
    for (let j = 0; j < x.cols; j++) augmented.data[i * x.cols + j] = root * x.data[i * x.cols + j];
    target.data[i] = (signs[i] * wrong) / root;
  }
  for (let j = 0; j < x.cols; j++) {
    const root = Math.sqrt(penalty[j]);
    augmented.data[(x.rows + j) * x.cols + j] = root;
    target.data[x.rows + j] = -root * beta[j];
  }
  const { r, qty } = triangle(augmented, target);
  return { r, rhs: qty.data };
}

/** The error for separated labels; it names the column that moves most along the direction. */
function separated(x: Matrix, direction: Float64Array, names: readonly string[]): Error {
  const reach = Array.from(direction, (d, j) => Math.abs(d) * spread(x, j));
  const main = names[reach.indexOf(Math.max(...reach))];
  return new Error(
    `logisticRegression: a combination led by '${main}' separates the labels, so the likelihood has no maximum and coefficients would ` +
      'grow for ever; add a penalty (lambda > 0), use more rows, or drop the column if it knows the label',
  );
}

function spread(x: Matrix, j: number): number {
  let [low, high] = [Infinity, -Infinity];
  for (let at = j; at < x.data.length; at += x.cols) {
    low = Math.min(low, x.data[at]);
    high = Math.max(high, x.data[at]);
  }
  return high - low;
}

function summary(
  x: Matrix,
  y: ArrayLike<number>,
  coefficients: Float64Array,
  penalty: Float64Array,
  names: readonly string[],
  iterations: number,
): LogisticRegression {
  const signs = Float64Array.from(y, (label) => 2 * label - 1);
  const covariance = inverseGram(weighted(x, signs, penalty, coefficients).r);
  const standardErrors = diagonal(covariance).map(Math.sqrt);
  const rate = mean(y);
  const logLikelihood = logLikelihoodAt(x, signs, coefficients);
  const nullLogLikelihood = y.length * (rate * Math.log(rate) + (1 - rate) * Math.log1p(-rate));
  return {
    names,
    coefficients,
    standardErrors,
    zStatistics: coefficients.map((b, j) => b / standardErrors[j]),
    covariance,
    probabilities: probabilities(x, coefficients),
    logLikelihood,
    nullLogLikelihood,
    pseudoRSquared: 1 - logLikelihood / nullLogLikelihood,
    iterations,
  };
}

/** 1 / (1 + e^−z). */
export const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

const probabilities = (x: Matrix, beta: Float64Array): Float64Array => matVec(x, beta).map(sigmoid);

const advance = (beta: Float64Array, step: Float64Array, size: number): Float64Array => beta.map((b, j) => b + size * step[j]);

/** Σ log σ(sᵢxᵢᵀβ), written so that no exponential overflows. */
export function logLikelihoodAt(x: Matrix, signs: Float64Array, beta: Float64Array): number {
  return matVec(x, beta).reduce((sum, eta, i) => {
    const margin = eta * signs[i];
    return sum + Math.min(margin, 0) - Math.log1p(Math.exp(-Math.abs(margin)));
  }, 0);
}

const objective = (x: Matrix, signs: Float64Array, penalty: Float64Array, beta: Float64Array): number =>
  logLikelihoodAt(x, signs, beta) - 0.5 * penalty.reduce((sum, weight, j) => sum + weight * beta[j] ** 2, 0);
