import { eigenSymmetric, type Matrix, matMul, transpose } from '../../linalg/index.js';

/**
 * A filter of signals on a graph: what changes a signal's component of each frequency by a gain.
 *
 *     g(M) = Φ diag(g(ν)) Φᵀ        M = Φ diag(ν) Φᵀ        Φᵀx is the graph Fourier transform of a signal x
 *
 * @param operator  M [N, N], a Laplacian of the graph
 * @param gain      g, of a frequency: `(nu) => Math.exp(-3 * nu)` spreads a signal as heat does in a time of 3
 * @returns         [N, N], to be multiplied with signals [N, F]
 * @throws          when M is not symmetric, or a gain is not finite
 *
 * Shuman et al. 2013. Permutations, reach and polynomials: thm:spectral-filter.
 */
export function spectralFilter(operator: Matrix, gain: (frequency: number) => number): Matrix {
  const { values, vectors } = eigenSymmetric(operator);
  const gains = values.map((frequency) => {
    const g = gain(frequency);
    if (!Number.isFinite(g)) throw new Error(`spectralFilter: the gain at frequency ${frequency} is ${g}; it must be finite there`);
    return g;
  });
  const scaled = { ...vectors, data: vectors.data.map((value, at) => value * gains[at % gains.length]) };
  return matMul(scaled, transpose(vectors));
}
