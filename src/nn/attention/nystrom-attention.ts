import * as tf from '@tensorflow/tfjs';
import { shapeError } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import { attention } from './attention.js';
import { checkAttention } from './check-attention.js';
import { attentionWeights } from './masked-attention.js';

/** How many landmarks stand for all steps, and how well their matrix is inverted. */
export interface NystromOptions {
  /** M, a divisor of both lengths. */
  readonly landmarks: number;
  /** Of the pseudo-inverse; 6, the authors' number, when left out. More where landmarks are few and alike. */
  readonly iterations?: number;
}

/**
 * Attention whose cost is linear in the length: the matrix of weights through M landmarks, means of neighbouring queries and keys.
 *
 *     y = softmax(q k̃ᵀ / √D) · softmax(q̃ k̃ᵀ / √D)⁺ · softmax(q̃ kᵀ / √D) v
 *
 * @param q  [..., T, D] queries
 * @param k  [..., S, D] keys
 * @param v  [..., S, D'] values
 * @returns  [..., T, D']
 * @throws   when shapes do not fit, or the landmarks do not divide T and S
 *
 * Xiong et al. 2021, eq. 13, without the convolution that the authors may add. With T = S = M landmarks it is `attention`. Backward: that
 * of its products, softmaxes and `attention`.
 */
export function nystromAttention(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, options: NystromOptions): tf.Tensor {
  checkOptions('nystromAttention', options, ['landmarks', 'iterations']);
  const { landmarks: M, iterations = 6 } = options;
  checkAttention('nystromAttention', q, k, v);
  if ([q, k].some(({ shape }) => shape.at(-2)! % M !== 0))
    throw shapeError(`nystromAttention takes q [..., T, D] and k [..., S, D], T and S multiples of ${M} landmarks`, { q, k });
  const [fewQ, fewK] = [segmentMeans(q, M), segmentMeans(k, M)];
  const inverse = pseudoInverse(attentionWeights(fewQ, fewK), iterations);
  return attentionWeights(q, fewK).matMul(inverse.matMul(attention(fewQ, k, v)));
}

/** Means of T / M neighbours: [..., T, D] → [..., M, D]. */
function segmentMeans(x: tf.Tensor, M: number): tf.Tensor {
  const [T, D] = x.shape.slice(-2);
  return x.reshape([...x.shape.slice(0, -2), M, T / M, D]).mean(-2);
}

/**
 * The Moore–Penrose inverse by products alone.
 *
 *     Z ← ¼ Z (13 I − A Z (15 I − A Z (7 I − A Z)))        Z₀ = Aᵀ / ‖A‖₁ ‖A‖∞
 *
 * @param A  [..., M, M] of numbers ≥ 0
 *
 * Razavi et al. 2014, of order 3; Xiong et al. 2021, eq. 11. Norms are of each matrix; the authors' code takes the largest of the batch.
 */
function pseudoInverse(A: tf.Tensor, iterations: number): tf.Tensor {
  const I = tf.eye(A.shape.at(-1)!);
  const norms = A.sum(-2, true).max(-1, true).mul(A.sum(-1, true).max(-2, true)); // [..., 1, 1]
  let Z = transposed(A).div(norms);
  for (let i = 0; i < iterations; i++) {
    const AZ = A.matMul(Z);
    const inner = I.mul(15).sub(AZ.matMul(I.mul(7).sub(AZ)));
    Z = Z.mul(0.25).matMul(I.mul(13).sub(AZ.matMul(inner)));
  }
  return Z;
}

function transposed(A: tf.Tensor): tf.Tensor {
  const axes = A.shape.map((_, axis) => axis);
  return A.transpose([...axes.slice(0, -2), A.rank - 1, A.rank - 2]);
}
