import { inverseGram, type Matrix, matMul } from '../../linalg/index.js';
import { cholesky, zeroMatrix } from '../../linalg/internal.js';

/**
 * The covariance of maximum-likelihood estimates that stays right where the law is not the true one.
 *
 *     V = H⁻¹ (Σₜ sₜsₜᵀ) H⁻¹        H = −∇²ℓ,   sₜ = ∇ℓₜ
 *
 * @param negativeHessian  H [p, p]
 * @param scores           sₜ as rows [n, p]; left out, V = H⁻¹
 * @returns                [p, p]; NaN throughout where ℓ is not curved downwards, as on a bound
 *
 * White 1982, eq. 3.1; for volatility models Bollerslev & Wooldridge 1992.
 */
export function likelihoodCovariance(negativeHessian: Matrix, scores?: Matrix): Matrix {
  const p = negativeHessian.rows;
  const triangle = cholesky(negativeHessian, { limit: 1e8 });
  if (!triangle) return { rows: p, cols: p, data: new Float64Array(p * p).fill(Number.NaN) };
  const inverse = inverseGram(triangle);
  if (!scores) return inverse;
  const outer = zeroMatrix(p, p);
  for (let t = 0; t < scores.rows; t++)
    for (let i = 0; i < p; i++) for (let j = 0; j < p; j++) outer.data[i * p + j] += scores.data[t * p + i] * scores.data[t * p + j];
  return matMul(matMul(inverse, outer), inverse);
}
