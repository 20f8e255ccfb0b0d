import * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, shapeError, split } from '../../base/index.js';
import { firstOrder } from '../../tensor/index.js';
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
 * Vaswani et al. 2017, eq. 1. Σ runs over the keys; it equals Σ ∂y ⊙ y over D', which is shorter than S.
 */
export function attention(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor): tf.Tensor {
  checkAttention('attention', q, k, v);
  return mix(q, k, v);
}

/** Attention by a softmax of the scores [..., T, S], over all keys or over some: where P is 0, so is ∂S. */
export const mixBy = (layer: string, softmax: (scores: tf.Tensor) => tf.Tensor) =>
  firstOrder(layer, ([q, k, v], save) => {
    const scale = 1 / Math.sqrt(q.shape.at(-1)!);
    const scaled = q.mul(scale);
    const P = softmax(scaled.matMul(k, false, true)); // [..., T, S]
    const y = P.matMul(v);
    save([scaled, k, v, P, y]);
    return {
      value: y,
      backward: (dy, [scaled, k, v, P, y]) => {
        const dP = dy.matMul(v, false, true);
        const dS = P.mul(dP.sub(dy.mul(y).sum(-1, true)));
        return [dS.matMul(k).mul(scale), dS.matMul(scaled, true), P.matMul(dy, true)];
      },
    };
  });

const mix = mixBy('attention', (scores) => scores.softmax());

/** `attention` in operators that tfjs can differentiate any number of times. */
export const attentionPlain = (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor): tf.Tensor =>
  q
    .matMul(k, false, true)
    .div(Math.sqrt(q.shape.at(-1)!))
    .softmax()
    .matMul(v);

/**
 * Weights of multi-head attention: one map [D, 3D] to queries, keys and values, shifts [D] of queries and values, and the map [D, D]
 * of the heads' outputs. A shift of the keys would add the same number to all of a query's scores and cancel in the softmax.
 */
export interface MultiHeadParams<T = tf.Tensor> {
  readonly qkv: T;
  readonly shiftQ: T;
  readonly shiftV: T;
  readonly out: LinearParams<T>;
}

/** Maps uniform on ±1/√D, shifts 0. */
export function initMultiHead(key: Key, { width }: { readonly width: number }): MultiHeadParams<HostArray<Float32Array>> {
  const [forQkv, forOut] = split(key);
  const zeros = () => ({ data: new Float32Array(width), shape: [width] });
  const qkv = uniformWithin(1 / Math.sqrt(width), forQkv, [width, 3 * width]);
  return { qkv, shiftQ: zeros(), shiftV: zeros(), out: initLinear(forOut, { inputs: width, outputs: width }) };
}

/**
 * Self-attention in `heads` subspaces of width D/H, side by side.
 *
 * @param x       [B, T, D]
 * @param attend  how a head mixes values: `attention`, `causalAttention`, a masked one or one of linear cost
 * @returns       [B, T, D]
 * @throws        when H does not divide D
 *
 * Vaswani et al. 2017, section 3.2.2. The columns of `qkv` are q, k, v, each split into heads.
 */
export function multiHeadAttention(
  { qkv, shiftQ, shiftV, out }: MultiHeadParams,
  x: tf.Tensor,
  heads: number,
  attend: Attend = attention,
): tf.Tensor {
  const [B, T, D] = x.shape;
  if (x.rank !== 3 || D % heads !== 0) throw shapeError(`multiHeadAttention takes x [B, T, D] with D a multiple of ${heads} heads`, { x });
  const shift = tf.concat([shiftQ, tf.zerosLike(shiftQ), shiftV] as tf.Tensor1D[]);
  const parts = linear({ w: qkv, b: shift }, x)
    .reshape([B, T, 3, heads, D / heads])
    .transpose([2, 0, 3, 1, 4]); // [3, B, H, T, D/H]
  const [q, k, v] = parts.unstack(0);
  return linear(out, attend(q, k, v).transpose([0, 2, 1, 3]).reshape([B, T, D]));
}
