import { checkNumber } from '../../base/internal.js';
import { fromColumns, type Matrix, matVec, transpose } from '../../linalg/index.js';
import { checkValues } from '../../linalg/internal.js';
import { decompose, keptAt, reduce } from './ridge-basis.js';

/** What a ridge estimate is expected to miss the truth by. */
export interface RidgeRisk {
  /** The penalty that it is the risk of. */
  readonly lambda: number;
  /** ‖E β̂(λ) − β‖². */
  readonly squaredBias: number;
  /** E ‖β̂(λ) − E β̂(λ)‖², the trace of the covariance. */
  readonly variance: number;
  /** E ‖β̂(λ) − β‖², the sum of both: the risk of the coefficients. */
  readonly meanSquaredError: number;
  /** E ‖Xβ̂(λ) − Xβ‖² / n: the risk of the predictions, on top of σ². It has another best penalty than the coefficients. */
  readonly predictionRisk: number;
}

/**
 * Bias and variance of ridge regression when the truth is known: y = Xβ + ε, uncorrelated errors of variance σ², no intercept.
 *
 *     bias² = Σₖ (λ/(sₖ² + λ))² (vₖᵀβ)²        variance = σ² Σₖ sₖ²/(sₖ² + λ)²        X = Σₖ sₖuₖvₖᵀ
 *
 * With an intercept in the fit, give x centred.
 *
 * @param x       [n, p] of full column rank
 * @param beta    [p] the true coefficients
 * @param sigma   σ, the standard deviation of the errors
 * @param lambda  the penalty, as in `ridge`; ∞ included
 * @throws        when beta does not have a finite value for each column, sigma is negative, or the columns depend on each other
 *
 * Hoerl & Kennard 1970, eq. 4.4. thm:bias-variance.
 */
export function ridgeRisk(x: Matrix, { beta, sigma, lambda }: { beta: ArrayLike<number>; sigma: number; lambda: number }): RidgeRisk {
  if (beta.length !== x.cols) throw new Error(`ridgeRisk: x has ${x.cols} columns but beta has ${beta.length} values`);
  checkValues('ridgeRisk', 'beta', beta, 'name every true coefficient');
  checkNumber('ridgeRisk', 'sigma', sigma, { from: 0 });
  const { s, v } = decompose(reduce('ridgeRisk', x, fromColumns([new Float64Array(x.rows)]), { intercept: false }));
  if (s.length < x.cols || !(s[x.cols - 1] > 0))
    throw new Error(
      `ridgeRisk: x [${x.rows},${x.cols}] has rank ${s.filter((value) => value > 0).length}, so beta is not what y tells of; drop columns that others determine`,
    );
  const along = matVec(transpose(v), beta); // vₖᵀβ
  let [squaredBias, variance, prediction] = [0, 0, 0];
  keptAt(s, lambda).forEach((kept, k) => {
    const bias = ((1 - kept) * along[k]) ** 2;
    const spread = ((sigma * kept) / s[k]) ** 2;
    squaredBias += bias;
    variance += spread;
    prediction += s[k] ** 2 * (bias + spread);
  });
  return { lambda, squaredBias, variance, meanSquaredError: squaredBias + variance, predictionRisk: prediction / x.rows };
}
