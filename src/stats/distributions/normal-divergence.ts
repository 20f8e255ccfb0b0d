import type { Matrix } from '../../linalg/index.js';
import { dot, transpose } from '../../linalg/index.js';
import { cholesky, forwardSubstitute } from '../../linalg/internal.js';

/** N(m, V) of d coordinates, with a density in every direction. */
export interface NormalLaw {
  /** m [d]. */
  readonly mean: ArrayLike<number>;
  /** V [d, d], symmetric and positive definite. */
  readonly covariance: Matrix;
}

/**
 * Kullback–Leibler divergence between two multivariate normal laws.
 *
 *     KL(p ‖ q) = ½ (log det V_q − log det V_p + tr(V_q⁻¹V_p) + (m_p − m_q)ᵀV_q⁻¹(m_p − m_q) − d)
 *
 * @param p  of d coordinates
 * @param q  of d coordinates
 * @returns  in nats: what it costs on average to hold q for true where p is
 * @throws   when means and covariances do not fit each other, or a covariance is singular
 *
 * Kullback & Leibler 1951. Of independent coordinates, and for tensors: `gaussianKl`. thm:gaussian-kl.
 */
export function normalDivergence(p: NormalLaw, q: NormalLaw): number {
  const d = p.mean.length;
  for (const [name, { mean, covariance }] of [
    ['p', p],
    ['q', q],
  ] as const)
    if (d === 0 || mean.length !== d || covariance.rows !== d || covariance.cols !== d)
      throw new Error(
        `normalDivergence: laws of ${d} coordinates have means [${d}] and covariances [${d},${d}]: got ${name} with mean [${mean.length}] and covariance [${covariance.rows},${covariance.cols}]`,
      );
  const [rootP, rootQ] = [root('p', p), root('q', q)];
  let total = -d;
  const apart = forwardSubstitute(
    rootQ,
    Float64Array.from(p.mean, (m, i) => m - q.mean[i]),
  );
  total += dot(apart, apart);
  const columns = transpose(rootP); // column j of Rₚᵀ is row j of Rₚ
  for (let j = 0; j < d; j++) {
    const z = forwardSubstitute(
      rootQ,
      Float64Array.from({ length: d }, (_, i) => columns.data[i * d + j]),
    );
    total += dot(z, z) + 2 * Math.log(rootQ.data[j * d + j] / rootP.data[j * d + j]);
  }
  return total / 2;
}

/** R with RᵀR = V. */
function root(name: string, { covariance }: NormalLaw): Matrix {
  const r = cholesky(covariance, { limit: 1e8 });
  if (!r)
    throw new Error(
      `normalDivergence: the covariance of ${name} is singular or not positive definite; a law without density in every direction has no divergence`,
    );
  return r;
}
