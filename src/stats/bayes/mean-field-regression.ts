import { diagonal, type Matrix } from '../../linalg/index.js';
import { cholesky, zeroMatrix } from '../../linalg/internal.js';
import type { BayesianLinearRegression } from '../regression/bayesian-linear-regression.js';

/** The law of independent normal coefficients that is nearest to a posterior. */
export interface MeanFieldRegression {
  /** b [p], the posterior's own mean. */
  readonly mean: Float64Array;
  /** 1/√[S⁻¹]ⱼⱼ [p]: of coefficient j once all others are known, at most the posterior's own. */
  readonly standardDeviations: Float64Array;
  /** diag(1/[S⁻¹]ⱼⱼ) [p, p]. */
  readonly covariance: Matrix;
  /** KL(q ‖ posterior) in nats: by how much its evidence lower bound misses the evidence; 0 when coefficients are independent. */
  readonly divergence: number;
}

/**
 * The mean-field approximation of a Bayesian linear regression: what variational inference over independent normals converges to.
 *
 *     q = N(b, D),  Dⱼⱼ = 1/[S⁻¹]ⱼⱼ        KL(q ‖ N(b, S)) = ½ (Σⱼ log [S⁻¹]ⱼⱼ − log det S⁻¹)
 *
 * @param fit  of `bayesianLinearRegression`
 * @throws     when the precision is singular to working precision, which needs a τ some 1e8 times what the data leave
 *
 * MacKay 2003, exercise 33.5; Bishop 2006, eq. 10.12 to 10.15. thm:mean-field.
 */
export function meanFieldRegression({ coefficients, precision }: BayesianLinearRegression): MeanFieldRegression {
  const p = coefficients.length;
  const own = diagonal(precision);
  const r = cholesky(precision, { limit: 1e8 });
  if (!r)
    throw new Error(
      'meanFieldRegression: the posterior has a direction some 1e8 times wider than another; put columns on one scale, or lower the prior',
    );
  const covariance = zeroMatrix(p, p);
  let divergence = 0;
  for (let j = 0; j < p; j++) {
    covariance.data[j * p + j] = 1 / own[j];
    divergence += 0.5 * Math.log(own[j]) - Math.log(r.data[j * p + j]);
  }
  return { mean: coefficients.slice(), standardDeviations: own.map((value) => 1 / Math.sqrt(value)), covariance, divergence };
}
