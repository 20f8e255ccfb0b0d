import * as tf from '@tensorflow/tfjs';
import { fold, type HostArray, type Key, normal, shapeError, split } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import { layer, stopGradient } from '../../tensor/index.js';
import { orthogonal } from '../initialisers.js';
import { checkAttention } from './check-attention.js';
import { causalMask } from './masks.js';

/**
 * Random directions for `performerAttention`: blocks of D orthogonal rows, each as long as a normal vector is.
 *
 * @returns  [M, D]
 *
 * Choromanski et al. 2021, section 2.4: the rows of a block are an orthogonal matrix's, with the lengths of D normal vectors.
 * thm:linear-attention.
 */
export function orthogonalFeatures(
  key: Key,
  { features: M, width: D }: { readonly features: number; readonly width: number },
): HostArray<Float32Array> {
  const data = new Float32Array(M * D);
  for (let block = 0; block < M; block += D) {
    const [forRows, forLengths] = split(fold(key, block));
    const rows = orthogonal(forRows, [D, D]).data;
    const normals = normal(forLengths, [D, D]).data;
    for (let k = 0; k < Math.min(D * D, data.length - block * D); k++) {
      const row = k - (k % D);
      const squares = normals.subarray(row, row + D).map((z) => z * z);
      data[block * D + k] = rows[k] * Math.sqrt(squares.reduce((sum, square) => sum + square));
    }
  }
  return { data, shape: [M, D] };
}

/**
 * Positive random features, whose products are unbiased estimates of softmax's kernel; far from the origin they overflow, which
 * `performerAttention` does not.
 *
 *     φ(x) = exp(ω x / D^¼ − ‖x‖² / 2√D)        E φ(q)·φ(k) / M = exp(q·k / √D)
 *
 * @param x      [..., T, D] queries or keys
 * @param omega  ω [M, D] from `orthogonalFeatures`, or of independent normals
 * @returns      φ [..., T, M]
 * @throws       when the widths differ
 *
 * Choromanski et al. 2021, lemma 1. thm:linear-attention.
 */
export function positiveFeatures(x: tf.Tensor, omega: tf.Tensor): tf.Tensor {
  if (omega.rank !== 2 || omega.shape[1] !== x.shape.at(-1))
    throw shapeError('positiveFeatures takes omega [M, D] for x [..., T, D]', { omega, x });
  return exponent(x, omega).exp();
}

/** The random features. */
export interface PerformerOptions {
  /** ω [M, D] from `orthogonalFeatures`, held constant; drawn anew now and then in training, so that no weights fit the errors of one draw. */
  readonly omega: tf.Tensor;
}

/**
 * Attention whose cost is linear in the length: softmax's kernel as a mean over M positive random features (FAVOR+).
 *
 *     φ(x) = exp(ω x / D^¼ − ‖x‖² / 2√D)        E φ(q)·φ(k) / M = exp(q·k / √D)        y = φ(q) (φ(k)ᵀ v) / φ(q) (φ(k)ᵀ 1)
 *
 *     With U = φ(k)ᵀ [v, 1] and [n, d] = φ(q) U:   ∂[n, d] = [∂y, −Σ ∂y ⊙ y] / d    ∂φ(q) = ∂[n, d] Uᵀ    ∂U = φ(q)ᵀ ∂[n, d]
 *     ∂φ(k) = [v, 1] ∂Uᵀ    ∂[v, ·] = φ(k) ∂U    ∂x = (G ω) / D^¼ − x Σ G / √D  with G = φ ⊙ ∂φ
 *
 * @param q  [..., T, D] queries
 * @param k  [..., S, D] keys
 * @param v  [..., S, D'] values
 * @returns  [..., T, D']
 * @throws   when shapes do not fit
 *
 * Choromanski et al. 2021, section 2. It tends to `attention` as M grows, with errors of order 1/√M. The largest exponents
 * are subtracted first, which cancels in the ratio; the authors also add 10⁻⁶ to φ, which is left out. Theorems: thm:linear-attention,
 * thm:attention-cost.
 */
export const performerAttention = layer({
  name: 'performerAttention',
  forward(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, options: PerformerOptions) {
    checkOptions('performerAttention', options, ['omega']);
    const { omega } = options;
    checkFeatures('performerAttention', q, k, v, omega);
    const [phiQ, phiK] = features(q, k, omega);
    const U = phiK.matMul(withOnes(v), true); // [..., M, D' + 1]
    const [n, d] = ratio(phiQ.matMul(U));
    const y = n.div(d);
    return { value: y, saved: { q, k, v, omega, phiQ, phiK, U, d, y } };
  },
  backward(dy, { q, k, v, omega, phiQ, phiK, U, d, y }) {
    const dN = dy.div(d);
    const dRatio = tf.concat([dN, dN.mul(y).sum(-1, true).neg()], -1);
    const dU = phiQ.matMul(dRatio, true);
    const dq = alongFeatures(q, omega, phiQ.mul(dRatio.matMul(U, false, true)));
    const dk = alongFeatures(k, omega, phiK.mul(withOnes(v).matMul(dU, false, true)));
    return [dq, dk, ratio(phiK.matMul(dU))[0], { omega: null }];
  },
  plain(q, k, v, { omega }) {
    const [n, d] = ratio(positiveFeatures(q, omega).matMul(positiveFeatures(k, omega).matMul(withOnes(v), true)));
    return n.div(d);
  },
});

/** The random features, and how many steps are taken at once. */
export interface CausalPerformerOptions extends PerformerOptions {
  /** Steps whose weights are made explicitly, so that only every so many steps have a U; rounded down to a divisor of T. 64 when left out. */
  readonly chunk?: number;
}

/**
 * `performerAttention` of each step to itself and its past, by running sums.
 *
 *     y[t] = φ(q[t]) U[t] / φ(q[t]) u[t]        U[t] = Σ φ(k[s])ᵀ v[s],  u[t] = Σ φ(k[s])ᵀ, over s ≤ t
 *
 * @param q  [..., T, D] queries
 * @param k  [..., T, D] keys
 * @param v  [..., T, D'] values
 * @returns  [..., T, D']
 * @throws   when shapes do not fit
 *
 * Choromanski et al. 2021, appendix B.1. Its cost is linear in T. Backward: that of its operators.
 */
export function causalPerformerAttention(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, options: CausalPerformerOptions): tf.Tensor {
  checkOptions('causalPerformerAttention', options, ['omega', 'chunk']);
  const { omega, chunk = 64 } = options;
  if (q.shape.at(-2) !== k.shape.at(-2)) throw shapeError('causalPerformerAttention takes as many queries as keys', { q, k });
  checkFeatures('causalPerformerAttention', q, k, v, omega);
  const T = q.shape.at(-2)!;
  let C = Math.min(chunk, T);
  while (T % C !== 0) C--;
  const chunks = (x: tf.Tensor) => x.reshape([...x.shape.slice(0, -2), T / C, C, x.shape.at(-1)!]);
  const [Q, K, V] = [...features(q, k, omega), withOnes(v)].map(chunks);
  const before = K.matMul(V, true).cumsum(k.rank - 2, true); // [..., T / C, M, D' + 1], of all earlier chunks
  const weights = Q.matMul(K, false, true).mul(tf.tensor(causalMask(C).data, [C, C], 'float32')); // [..., T / C, C, C]
  const [n, d] = ratio(Q.matMul(before).add(weights.matMul(V)));
  return n.div(d).reshape([...q.shape.slice(0, -1), v.shape.at(-1)!]);
}

function checkFeatures(layer: string, q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, omega: tf.Tensor): void {
  checkAttention(layer, q, k, v);
  if (omega.rank !== 2 || omega.shape[1] !== q.shape.at(-1))
    throw shapeError(`${layer} takes omega [M, D] for q [..., T, D]`, { omega, q });
}

/**
 * φ(q) and φ(k) [..., T, M]: each feature of the keys divided by its largest, by which that of the queries is multiplied, and each query's
 * features divided by their largest. All of it cancels in the ratio, whose denominator is then 1 or more: with one largest for all keys the
 * features that a query asks for could all be 0.
 */
function features(q: tf.Tensor, k: tf.Tensor, omega: tf.Tensor): [tf.Tensor, tf.Tensor] {
  const ofKeys = exponent(k, omega);
  const largest = stopGradient(() => ofKeys.max(-2, true)); // [..., 1, M]
  const ofQueries = exponent(q, omega).add(largest);
  return [ofQueries.sub(stopGradient(() => ofQueries.max(-1, true))).exp(), ofKeys.sub(largest).exp()];
}

function exponent(x: tf.Tensor, omega: tf.Tensor): tf.Tensor {
  const D = omega.shape[1]!;
  return x.matMul(omega.div(D ** 0.25), false, true).sub(
    x
      .square()
      .sum(-1, true)
      .div(2 * Math.sqrt(D)),
  );
}

/** ∂x from G = φ ⊙ ∂φ, by the exponent's derivative. */
function alongFeatures(x: tf.Tensor, omega: tf.Tensor, G: tf.Tensor): tf.Tensor {
  const D = omega.shape[1]!;
  return G.matMul(omega.div(D ** 0.25)).sub(x.mul(G.sum(-1, true)).div(Math.sqrt(D)));
}

const withOnes = (v: tf.Tensor) =>
  v.pad(
    v.shape.map((_, axis) => [0, Number(axis === v.rank - 1)] as [number, number]),
    1,
  );

/** Numerator [..., D'] and denominator [..., 1]. */
const ratio = (nd: tf.Tensor) => tf.split(nd, [nd.shape.at(-1)! - 1, 1], -1);
