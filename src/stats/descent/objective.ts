import { dot, type Matrix, matVec, svd } from '../../linalg/index.js';

import { checkBinary, checkSample } from '../regression/design.js';
import { logLikelihoodAt } from '../regression/logistic-regression.js';
import { sigmoid } from '../regression/weighted-design.js';

/** A smooth mean of losses over rows, for the descent methods: f(w) = (1/n) Σᵢ fᵢ(w). */
export interface Objective {
  /** n. */
  readonly rows: number;
  /** p. */
  readonly size: number;
  /** f(w). */
  value(w: Float64Array): number;
  /** ∇f(w) [p]; with `rows`, the mean of ∇fᵢ over those rows only, an unbiased estimate when they are drawn uniformly. */
  gradient(w: Float64Array, rows?: ArrayLike<number>): Float64Array;
  /** Bounds μ ≤ eigenvalues of ∇²f ≤ L. */
  readonly curvature: { readonly mu: number; readonly L: number };
}

/**
 * Least squares, with a ridge penalty if wanted.
 *
 *     f(w) = 1/(2n) (‖y − Xw‖² + λ‖w‖²)        ∇f = (1/n) (Xᵀ(Xw − y) + λw)        μ, L: extreme eigenvalues of (XᵀX + λI)/n
 *
 * The minimiser is `linearRegression`'s for λ = 0 and `ridge`'s with `intercept: false` otherwise. thm:gradient-descent, thm:sgd.
 *
 * @param x  [n, p]
 * @param y  [n]
 */
export function leastSquares(x: Matrix, y: ArrayLike<number>, { lambda = 0 } = {}): Objective {
  checkSample('leastSquares', x, y);
  const n = x.rows;
  const s = svd(x).s;
  const smallest = n < x.cols ? 0 : s.at(-1)!;
  return {
    rows: n,
    size: x.cols,
    curvature: { mu: (smallest ** 2 + lambda) / n, L: (s[0] ** 2 + lambda) / n },
    value: (w) => (matVec(x, w).reduce((sum, fit, i) => sum + (fit - y[i]) ** 2, 0) + lambda * dot(w, w)) / (2 * n),
    gradient: meanGradient(x, lambda, (eta, i) => eta - y[i]),
  };
}

/**
 * The negative mean log-likelihood of logistic regression, with a ridge penalty if wanted.
 *
 *     f(w) = (1/n) (Σᵢ log(1 + exp(−(2yᵢ − 1)xᵢᵀw)) + (λ/2)‖w‖²)        μ = λ/n,   L = (¼ s₁² + λ)/n
 *
 * @param y  [n] of 0 and 1
 *
 * thm:logistic.
 */
export function logisticLoss(x: Matrix, y: ArrayLike<number>, { lambda = 0 } = {}): Objective {
  checkSample('logisticLoss', x, y);
  checkBinary('logisticLoss', y);
  const n = x.rows;
  const signs = Float64Array.from(y, (label) => 2 * label - 1);
  return {
    rows: n,
    size: x.cols,
    curvature: { mu: lambda / n, L: (0.25 * svd(x).s[0] ** 2 + lambda) / n },
    value: (w) => (0.5 * lambda * dot(w, w) - logLikelihoodAt(x, signs, w)) / n,
    gradient: meanGradient(x, lambda, (eta, i) => sigmoid(eta) - y[i]),
  };
}

/** The gradient of a loss of the linear predictor η = xᵢᵀw, given its derivative in η. */
const meanGradient =
  (x: Matrix, lambda: number, slope: (eta: number, i: number) => number) =>
  (w: Float64Array, rows?: ArrayLike<number>): Float64Array => {
    const { rows: n, cols: p, data } = x;
    const count = rows?.length ?? n;
    const gradient = w.map((weight) => (lambda / n) * weight);
    for (let k = 0; k < count; k++) {
      const i = rows ? rows[k] : k;
      let eta = 0;
      for (let j = 0; j < p; j++) eta += data[i * p + j] * w[j];
      const weight = slope(eta, i) / count;
      for (let j = 0; j < p; j++) gradient[j] += weight * data[i * p + j];
    }
    return gradient;
  };
