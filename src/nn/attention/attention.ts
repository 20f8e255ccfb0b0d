import * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, shapeError, split, zeros } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import { layer } from '../../tensor/index.js';
import { uniformWithin } from '../initialisers.js';
import { initLinear, type LinearParams, linear } from '../linear.js';
import { checkAttention } from './check-attention.js';

/** Any attention: of queries [..., T, D], keys [..., S, D] and values [..., S, D'], to [..., T, D']. */
export type Attend = (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor) => tf.Tensor;

/**
 * Scaled dot-product attention.
 *
 *     P = softmax(q kᵀ / √D)    y = P v
 *
 *     ∂v = Pᵀ ∂y    ∂P = ∂y vᵀ    ∂S = P ⊙ (∂P − Σ ∂P ⊙ P)    ∂q = ∂S k / √D    ∂k = ∂Sᵀ q / √D
 *
 * @param q  [..., T, D] queries
 * @param k  [..., S, D] keys
 * @param v  [..., S, D'] values
 * @returns  [..., T, D']
 * @throws   when the axes do not fit each other
 *
 * Vaswani et al. 2017, eq. 1. Σ runs over the keys; it equals Σ ∂y ⊙ y over D', as a rule fewer. Theorems: thm:attention-backward,
 * thm:attention-kernel, thm:attention-cost.
 */
export const attention = layer({
  name: 'attention',
  forward(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor) {
    checkAttention('attention', q, k, v);
    return mix(q, k, v, (scores) => scores.softmax());
  },
  backward: (dy, saved) => mixBackward(dy, saved),
  plain: (q, k, v) =>
    q
      .matMul(k, false, true)
      .div(Math.sqrt(q.shape.at(-1)!))
      .softmax()
      .matMul(v),
});

interface Mixed {
  readonly scaled: tf.Tensor;
  readonly k: tf.Tensor;
  readonly v: tf.Tensor;
  readonly P: tf.Tensor;
  readonly y: tf.Tensor;
}

/** Attention by a softmax of the scores [..., T, S], over all keys or over some: where P is 0, so is ∂S. */
export function mix(
  q: tf.Tensor,
  k: tf.Tensor,
  v: tf.Tensor,
  softmax: (scores: tf.Tensor) => tf.Tensor,
): { value: tf.Tensor; saved: Mixed } {
  const scaled = q.mul(1 / Math.sqrt(q.shape.at(-1)!));
  const P = softmax(scaled.matMul(k, false, true)); // [..., T, S]
  const y = P.matMul(v);
  return { value: y, saved: { scaled, k, v, P, y } };
}

/** ∂q, ∂k and ∂v. */
export function mixBackward(dy: tf.Tensor, { scaled, k, v, P, y }: Mixed): [tf.Tensor, tf.Tensor, tf.Tensor] {
  const dP = dy.matMul(v, false, true);
  const dS = P.mul(dP.sub(dy.mul(y).sum(-1, true)));
  return [dS.matMul(k).mul(1 / Math.sqrt(k.shape.at(-1)!)), dS.matMul(scaled, true), P.matMul(dy, true)];
}

/**
 * Weights of multi-head attention: one map [D, 3D] to queries, keys and values, shifts [D] of queries and values, and the map [D, D]
 * of the heads' outputs. A shift of the keys would add the same number to all of a query's scores and cancel in the softmax.
 */
export interface MultiHeadParams<T = tf.Tensor> {
  /** [D, 3D]. */
  readonly qkv: T;
  /** [D]. */
  readonly shiftQ: T;
  /** [D]. */
  readonly shiftV: T;
  /** [D, D]. */
  readonly out: LinearParams<T>;
}

/** Maps uniform on ±1/√D, shifts 0. */
export function initMultiHead(key: Key, { width }: { readonly width: number }): MultiHeadParams<HostArray<Float32Array>> {
  const [forQkv, forOut] = split(key);
  const qkv = uniformWithin(1 / Math.sqrt(width), forQkv, [width, 3 * width]);
  return { qkv, shiftQ: zeros([width]), shiftV: zeros([width]), out: initLinear(forOut, { inputs: width, outputs: width }) };
}

/** How the width is split, and how each part attends. */
export interface MultiHeadOptions {
  /** H, a divisor of D. */
  readonly heads: number;
  /** How a head mixes values: `attention` when left out, `causalAttention`, a masked one or one of linear cost. */
  readonly attend?: Attend;
}

/**
 * Self-attention in H subspaces of width D/H, side by side.
 *
 * @param params  maps and shifts, see `MultiHeadParams`
 * @param x       [B, T, D]
 * @returns       [B, T, D]
 * @throws        when x is not [B, T, D], or H does not divide D
 *
 * Vaswani et al. 2017, section 3.2.2. The columns of `qkv` are q, k, v, each split into heads. Theorems:
 * thm:multi-head-sum, thm:permutation-equivariance, thm:attention-cost.
 */
export function multiHeadAttention({ qkv, shiftQ, shiftV, out }: MultiHeadParams, x: tf.Tensor, options: MultiHeadOptions): tf.Tensor {
  checkOptions('multiHeadAttention', options, ['heads', 'attend']);
  const { heads, attend = attention } = options;
  const [B, T, D] = x.shape;
  if (x.rank !== 3 || D % heads !== 0) throw shapeError(`multiHeadAttention takes x [B, T, D] with D a multiple of ${heads} heads`, { x });
  const shift = tf.concat([shiftQ, tf.zerosLike(shiftQ), shiftV] as tf.Tensor1D[]);
  const parts = linear({ w: qkv, b: shift }, x)
    .reshape([B, T, 3, heads, D / heads])
    .transpose([2, 0, 3, 1, 4]); // [3, B, H, T, D/H]
  const [q, k, v] = parts.unstack(0);
  return linear(out, attend(q, k, v).transpose([0, 2, 1, 3]).reshape([B, T, D]));
}
