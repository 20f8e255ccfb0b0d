import { checkNumber, checkOptions } from '../../base/internal.js';
import { dot, fromColumns, type Matrix, matVec } from '../../linalg/index.js';
import { type NormalLaw, normalDivergence } from '../distributions/normal-divergence.js';
import { type NormalPrior, priorDeviations } from '../regression/bayesian-linear-regression.js';
import { checkSample } from '../regression/design.js';

/** The evidence lower bound and its two parts, in nats. */
export interface EvidenceLowerBound {
  /** E log p(y | β) − KL(q ‖ prior), never above log p(y). */
  readonly bound: number;
  /** E log p(y | β) over β ~ q: how well its draws explain the data. */
  readonly expectedLogLikelihood: number;
  /** KL(q ‖ prior). */
  readonly divergence: number;
}

/**
 * The evidence lower bound of a normal law of the coefficients of a linear regression, exactly.
 *
 *     ELBO(q) = E log p(y | β) − KL(q ‖ N(0, diag τ²))        E ‖y − Xβ‖² = ‖y − Xm‖² + Σᵢ xᵢᵀVxᵢ,  q = N(m, V)
 *
 *     evidenceLowerBound(x, y, { mean: fit.coefficients, covariance: fit.covariance }, options).bound        fit.logEvidence
 *
 * @param x        [n, p]
 * @param y        [n]
 * @param q        any normal law of the p coefficients
 * @param options  σ and τ, as of `bayesianLinearRegression`
 * @throws         as `bayesianLinearRegression` and `normalDivergence`
 *
 * Jordan et al. 1999, section 5. thm:elbo.
 */
export function evidenceLowerBound(x: Matrix, y: ArrayLike<number>, q: NormalLaw, options: NormalPrior): EvidenceLowerBound {
  checkSample('evidenceLowerBound', x, y);
  checkOptions('evidenceLowerBound', options, ['noise', 'prior']);
  const { noise, prior } = options;
  checkNumber('evidenceLowerBound', 'noise', noise, { above: 0 });
  const tau = priorDeviations('evidenceLowerBound', x, prior);
  const unit = fromColumns(Array.from(tau, (t, j) => Float64Array.from(tau, (_, i) => (i === j ? t * t : 0))));
  const divergence = normalDivergence(q, { mean: new Float64Array(x.cols), covariance: unit });
  const fitted = matVec(x, q.mean);
  let squares = 0;
  for (let i = 0; i < x.rows; i++) {
    const row = x.data.subarray(i * x.cols, (i + 1) * x.cols);
    squares += (y[i] - fitted[i]) ** 2 + dot(row, matVec(q.covariance, row));
  }
  const expectedLogLikelihood = -squares / (2 * noise ** 2) - x.rows * (Math.log(noise) + 0.5 * Math.log(2 * Math.PI));
  return { bound: expectedLogLikelihood - divergence, expectedLogLikelihood, divergence };
}
