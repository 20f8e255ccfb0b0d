import type { Matrix } from '../../linalg/index.js';
import { degreesOf } from './adjacency.js';

/**
 * The Laplacian of an undirected graph, whose quadratic form says how much a signal differs along the edges.
 *
 *     Δ = D − A        fᵀΔf = ½ Σ Aᵢⱼ (fᵢ − fⱼ)²        D the degrees dᵢ = Σⱼ Aᵢⱼ
 *
 * @param adjacency  A [N, N], weights of the edges, 0 where there is none; a weight to itself cancels
 * @returns          [N, N]
 * @throws           when A is not symmetric, or a weight is negative or not finite
 *
 * Chung 1997, section 1.2. Spectrum: thm:laplacian-spectrum.
 */
export function graphLaplacian(adjacency: Matrix): Matrix {
  const N = adjacency.rows;
  const degrees = degreesOf('graphLaplacian', adjacency);
  const entry = (weight: number, at: number) => (at % (N + 1) === 0 ? degrees[at % N] : 0) - weight;
  return { rows: N, cols: N, data: adjacency.data.map(entry) };
}

/**
 * The Laplacian in units of the degrees, whose spectrum lies in [0, 2].
 *
 *     Δ̄ = D^(−½) (D − A) D^(−½)        a row of a node without edges is 0
 *
 * @param adjacency  A [N, N], weights of the edges, 0 where there is none; of A + I it is I − Â, `normaliseAdjacency`'s Â
 * @returns          [N, N]
 * @throws           when A is not symmetric, or a weight is negative or not finite
 *
 * Chung 1997, section 1.2. Spectrum: thm:laplacian-spectrum.
 */
export function normalisedLaplacian(adjacency: Matrix): Matrix {
  const { rows: N, data } = graphLaplacian(adjacency);
  const roots = degreesOf('normalisedLaplacian', adjacency).map((degree) => (degree > 0 ? 1 / Math.sqrt(degree) : 0));
  return { rows: N, cols: N, data: data.map((entry, at) => entry * roots[Math.floor(at / N)] * roots[at % N]) };
}
