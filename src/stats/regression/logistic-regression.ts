import { checkNumber } from '../../base/internal.js';
import { backSubstitute, diagonal, dot, inverseGram, type Matrix, matMul, matVec, mean, qr, transposeVec } from '../../linalg/index.js';
import { cholesky, columnName, firstDependent, forwardSubstitute, gram } from '../../linalg/internal.js';
import { checkBinary, checkColumns, checkSample, dependentColumn } from './design.js';
import { provesOverlap } from './exact-overlap.js';
import { separatingDirection } from './separation.js';
import { type Point, type Problem, sigmoid, weighted } from './weighted-design.js';

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
 * one, the fit ends with an error that names its main column. An overlap of one bit in one column is told from a tie; beside others one
 * of 1e-15 can be too small to find. The penalty spares a column named `intercept`.
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
  const signs = new Float64Array(y).map((label) => 2 * label - 1);
  let overlap = lambda > 0; // whether it is known that no direction separates the labels, so that there is a maximum
  let doubtful: Float64Array | undefined; // a direction that separates them but for rounding
  const ensureOverlap = () => {
    if (overlap || doubtful) return;
    const direction = separatingDirection(x, signs);
    if (!direction) overlap = true;
    else if (isClear(x, signs, direction)) throw separated(x, direction, names);
    else doubtful = direction;
  };
  /** Asked where it ends: there the weights of a maximum are at hand, if it is one. */
  const ensureProof = ({ eta }: Point) => {
    ensureOverlap();
    if (
      doubtful &&
      !provesOverlap(
        x,
        signs,
        eta.map((value, i) => sigmoid(-signs[i] * value)),
      )
    )
      throw separated(x, doubtful, names);
  };

  const climb = (problem: Problem, basis?: Matrix): LogisticRegression => {
    let here = pointAt(problem, new Float64Array(x.cols), new Float64Array(x.rows));
    for (let iteration = 1; iteration <= maxIterations; iteration++) {
      const { step, move, decrement, reach, information } = newton(problem, here);
      if (reach === Infinity && !overlap) {
        const dependent = firstDependent(x);
        if (dependent >= 0) throw dependentColumn('logisticRegression', x, dependent);
        // Along columns so near to each other a step is rounding; along their orthonormal basis it is not.
        if (!basis && iteration === 1) {
          const { q, r } = qr(x);
          return climb({ ...problem, x: q }, r);
        }
      }
      overlap ||= reach < SURE && !doubtful;
      const done = decrement <= 1e-20 * x.rows;
      if (iteration === STEPS_IN_DOUBT) ensureOverlap();
      if (done) ensureProof(here);
      if (done) return summary(problem, y, here, information, names, iteration - 1, basis);
      // Newton overshoots only far from the maximum; there half a step, or a half of that, climbs.
      let size = 1;
      let there = advance(problem, here, step, move, size);
      while (there.value < here.value - 1e-12 * Math.abs(here.value) && size > 1e-10) {
        size /= 2;
        there = advance(problem, here, step, move, size);
      }
      here = there;
    }
    ensureProof(here);
    throw new Error(
      `logisticRegression: no maximum after ${maxIterations} Newton steps; put the columns on one scale or add a penalty lambda`,
    );
  };
  return climb({ x, signs, penalty });
}

/** Below 1 by more than rounding takes. */
const SURE = 0.9;
/** Newton steps after which it is asked at some cost whether the labels are separated; most samples answer it at the first. */
const STEPS_IN_DOUBT = 5;

/**
 * σ(Xβ̂) at new rows [m, p] → [m].
 *
 * @throws when x does not have the columns of the fit, by name where it has names
 */
export function predictProbability(fit: LogisticRegression, x: Matrix): Float64Array {
  checkColumns('predictProbability', fit, x);
  return probabilities(x, fit.coefficients);
}

function pointAt({ signs, penalty }: Problem, beta: Float64Array, eta: Float64Array): Point {
  const value = logLikelihoodOf(eta, signs) - 0.5 * penalty.reduce((sum, weight, j) => sum + weight * beta[j] ** 2, 0);
  return { beta, eta, value };
}

function advance(problem: Problem, { beta, eta }: Point, step: Float64Array, move: Float64Array, size: number): Point {
  const next = new Float64Array(eta.length);
  for (let i = 0; i < next.length; i++) next[i] = eta[i] + size * move[i];
  return pointAt(
    problem,
    beta.map((b, j) => b + size * step[j]),
    next,
  );
}

/**
 * Newton's step δ, Xδ, its squared length in the metric of the Hessian, which is twice the rise it promises, and its reach r.
 *
 *     r = maxᵢ (1 − wᵢ) ςᵢxᵢᵀδ,  wᵢ = |yᵢ − pᵢ|        the weights wᵢ (1 − (1 − wᵢ) ςᵢxᵢᵀδ) make Σ ςᵢxᵢ zero
 *
 * Below 1 they are positive, so no direction d has ςᵢxᵢᵀd ≥ 0 for all i: the labels are not separated. Infinity where XᵀWX was too near a
 * singular matrix to be trusted with that; the step is then made without forming it.
 */
function newton(problem: Problem, here: Point) {
  const { x, signs, penalty } = problem;
  const { beta, eta } = here;
  const [weights, pull] = [new Float64Array(x.rows), new Float64Array(x.rows)];
  for (let i = 0; i < x.rows; i++) {
    const wrong = sigmoid(-signs[i] * eta[i]); // |yᵢ − pᵢ|, without the cancellation of 1 − p
    weights[i] = wrong * (1 - wrong);
    pull[i] = signs[i] * wrong;
  }
  const information = gram(x, weights);
  penalty.forEach((weight, j) => {
    information.data[j * (x.cols + 1)] += weight;
  });
  const triangle = cholesky(information);
  if (!triangle) {
    const { r, rhs } = weighted(problem, here);
    const step = backSubstitute(r, rhs);
    return { step, move: matVec(x, step), decrement: dot(rhs, rhs), reach: Infinity, information };
  }
  const slope = transposeVec(x, pull);
  const half = forwardSubstitute(
    triangle,
    slope.map((value, j) => value - penalty[j] * beta[j]),
  );
  const step = backSubstitute(triangle, half);
  const move = matVec(x, step);
  let reach = 0;
  for (let i = 0; i < move.length; i++) reach = Math.max(reach, (signs[i] - pull[i]) * move[i]);
  return { step, move, decrement: dot(half, half), reach, information };
}

/** The error for separated labels; it names the column that moves most along the direction. */
function separated(x: Matrix, direction: Float64Array, names: readonly string[]): Error {
  const reach = Array.from(direction, (d, j) => Math.abs(d) * spread(x, j));
  const main = names[reach.indexOf(reach.reduce((a, b) => Math.max(a, b)))];
  return new Error(
    `logisticRegression: a combination led by '${main}' separates the labels, so the likelihood has no maximum and coefficients would ` +
      'grow for ever; add a penalty (lambda > 0), use more rows, or drop the column if it knows the label',
  );
}

/** Whether a direction separates the labels by more than rounding: no margin ςᵢxᵢᵀd can be below 0. */
function isClear({ cols: p, data }: Matrix, signs: Float64Array, direction: Float64Array): boolean {
  return signs.every((sign, i) => {
    let [margin, size] = [0, 0];
    for (let j = 0; j < p; j++) {
      const part = data[i * p + j] * direction[j];
      margin += sign * part;
      size += Math.abs(part);
    }
    return margin > (p + 2) * Number.EPSILON * size || size === 0;
  });
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
  problem: Problem,
  y: ArrayLike<number>,
  here: Point,
  information: Matrix,
  names: readonly string[],
  iterations: number,
  basis?: Matrix,
): LogisticRegression {
  const { beta, eta } = here;
  // Where XᵀWX has lost digits they are taken from √W X. In the basis Q of X = QR it is R_W R whose inverse is wanted.
  const root = cholesky(information, { limit: 100 }) ?? weighted(problem, here).r;
  const covariance = inverseGram(basis ? matMul(root, basis) : root);
  const coefficients = basis ? backSubstitute(basis, beta) : beta;
  const standardErrors = diagonal(covariance).map(Math.sqrt);
  const rate = mean(y);
  const logLikelihood = logLikelihoodOf(eta, problem.signs);
  const nullLogLikelihood = y.length * (rate * Math.log(rate) + (1 - rate) * Math.log1p(-rate));
  return {
    names,
    coefficients,
    standardErrors,
    zStatistics: coefficients.map((b, j) => b / standardErrors[j]),
    covariance,
    probabilities: eta.map(sigmoid),
    logLikelihood,
    nullLogLikelihood,
    pseudoRSquared: 1 - logLikelihood / nullLogLikelihood,
    iterations,
  };
}

const probabilities = (x: Matrix, beta: Float64Array): Float64Array => matVec(x, beta).map(sigmoid);

/** Σ log σ(sᵢxᵢᵀβ). */
export const logLikelihoodAt = (x: Matrix, signs: Float64Array, beta: Float64Array): number => logLikelihoodOf(matVec(x, beta), signs);

/** Written so that no exponential overflows. */
function logLikelihoodOf(eta: Float64Array, signs: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < eta.length; i++) {
    const margin = eta[i] * signs[i];
    sum += Math.min(margin, 0) - Math.log1p(Math.exp(-Math.abs(margin)));
  }
  return sum;
}
