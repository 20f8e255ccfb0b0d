import { type Matrix, matVec, svd, transpose } from '../../linalg/index.js';

/** What a ridge estimate is expected to miss the truth by. */
export interface RidgeRisk {
  readonly lambda: number;
  /** ‖E β̂(λ) − β‖². */
  readonly squaredBias: number;
  /** E ‖β̂(λ) − E β̂(λ)‖², the trace of the covariance. */
  readonly variance: number;
  /** E ‖β̂(λ) − β‖², the sum of both. */
  readonly meanSquaredError: number;
}

/**
 * Bias and variance of ridge regression when the truth is known: y = Xβ + ε, uncorrelated errors of variance σ², no intercept.
 *
 *     bias² = Σₖ (λ/(sₖ² + λ))² (vₖᵀβ)²        variance = σ² Σₖ sₖ²/(sₖ² + λ)²        X = Σₖ sₖuₖvₖᵀ
 *
 * @param x       [n, p] of full column rank
 * @param beta    [p] the true coefficients
 * @param sigma   σ, the standard deviation of the errors
 * @param lambda  the penalty, as in `ridge`
 * @throws        when beta does not have a value for each column, or the columns depend on each other
 *
 * Hoerl & Kennard 1970, eq. 4.4. thm:bias-variance.
 */
export function ridgeRisk(x: Matrix, { beta, sigma, lambda }: { beta: ArrayLike<number>; sigma: number; lambda: number }): RidgeRisk {
  if (beta.length !== x.cols) throw new Error(`ridgeRisk: x has ${x.cols} columns but beta has ${beta.length} values`);
  const { s, v } = svd(x);
  if (s.length < x.cols || !(s[x.cols - 1] > 0))
    throw new Error(
      `ridgeRisk: x [${x.rows},${x.cols}] has rank ${s.filter((value) => value > 0).length}, so beta is not what y tells of; drop columns that others determine`,
    );
  const along = matVec(transpose(v), beta); // vₖᵀβ
  let [squaredBias, variance] = [0, 0];
  s.forEach((value, k) => {
    const width = value ** 2 + lambda;
    squaredBias += ((lambda / width) * along[k]) ** 2;
    variance += (sigma * value) ** 2 / width ** 2;
  });
  return { lambda, squaredBias, variance, meanSquaredError: squaredBias + variance };
}
