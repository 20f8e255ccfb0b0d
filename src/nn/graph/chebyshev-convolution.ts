import * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, shapeError, zeros } from '../../base/index.js';
import { checkNumber, checkOptions, checkWhole } from '../../base/internal.js';
import { xavierUniform } from '../initialisers.js';

/** Weights of a polynomial of degree K − 1 in the Laplacian: w [K, F, D] and shift b [D]. */
export interface ChebyshevParams<T = tf.Tensor> {
  readonly w: T;
  readonly b: T;
}

/** How many features a node has and gets, and how far it sees. */
export interface ChebyshevConfig {
  /** F */
  readonly inputs: number;
  /** D */
  readonly outputs: number;
  /** K, from 1 up: a node sees K − 1 edges far. */
  readonly terms: number;
}

/** Weights uniform by Glorot's rule over all K F inputs, and shift 0. */
export function initChebyshev(key: Key, config: ChebyshevConfig): ChebyshevParams<HostArray<Float32Array>> {
  checkOptions('initChebyshev', config, ['inputs', 'outputs', 'terms']);
  const { inputs, outputs, terms } = config;
  checkWhole('initChebyshev', 'terms', terms);
  const { data } = xavierUniform(key, [terms * inputs, outputs]);
  return { w: { data, shape: [terms, inputs, outputs] }, b: zeros([outputs]) };
}

/** Who sees whom, as a Laplacian. */
export interface LaplacianOptions {
  /** Δ̄ [N, N], such as `normalisedLaplacian`'s. */
  readonly graph: tf.Tensor;
  /** An upper bound of Δ̄'s eigenvalues: 2 when left out, which every normalised Laplacian keeps. */
  readonly largest?: number;
}

/**
 * A spectral filter for each pair of an input and an output, as a polynomial of the Laplacian, without its eigenvectors.
 *
 *     y = Σₖ zₖ wₖ + b        z₀ = x    z₁ = M x    zₖ = 2 M zₖ₋₁ − zₖ₋₂        M = 2 Δ̄ / largest − I
 *
 * so zₖ = Tₖ(M) x with Chebyshev's polynomials. With K = 2, w₀ = −w₁ and largest = 2 it is x w₀ plus what D^(−½) A D^(−½) takes of it,
 * where every node has an edge.
 *
 * @param params  w [K, F, D] and b [D]
 * @param x       [N, F]
 * @returns       [N, D]
 * @throws        when the shapes do not fit, or `largest` is not positive
 *
 * Defferrard et al. 2016, eq. 4. Recurrence, reach and first order: thm:chebyshev-filter.
 */
export function chebyshevConvolution({ w, b }: ChebyshevParams, x: tf.Tensor, options: LaplacianOptions): tf.Tensor {
  checkOptions('chebyshevConvolution', options, ['graph', 'largest']);
  const { graph, largest = 2 } = options;
  checkNumber('chebyshevConvolution', 'largest', largest, { above: 0 }, 'it bounds the eigenvalues of the Laplacian');
  const [N, F] = x.shape;
  const [K, inputs, D] = w.shape;
  if (x.rank !== 2 || w.rank !== 3 || graph.shape[0] !== N || graph.shape[1] !== N || inputs !== F || b.shape[0] !== D)
    throw shapeError('chebyshevConvolution maps x [N, F] over a Laplacian [N, N] by w [K, F, D] and b [D]', { graph, x, w, b });
  const shifted = (z: tf.Tensor) =>
    graph
      .matMul(z)
      .mul(2 / largest)
      .sub(z);
  const terms = [x];
  for (let k = 1; k < K; k++)
    terms.push(
      k === 1
        ? shifted(x)
        : shifted(terms[k - 1])
            .mul(2)
            .sub(terms[k - 2]),
    );
  return tf
    .concat(terms, 1)
    .matMul(w.reshape([K * F!, D!]))
    .add(b);
}
