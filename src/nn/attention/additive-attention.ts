import * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, shapeError, split } from '../../base/index.js';
import { firstOrder } from '../../tensor/index.js';
import { uniformWithin } from '../initialisers.js';

/** Weights of additive attention with H readers: wk [D, A] of the keys, wq [Q, A] of the query, and v [A, H], a column for each reader. */
export interface AdditiveAttentionParams<T = tf.Tensor> {
  readonly wk: T;
  readonly wq: T;
  readonly v: T;
}

export interface AdditiveAttentionConfig {
  /** D. */
  readonly keys: number;
  /** Q. */
  readonly query: number;
  /** A, the width in which key and query are compared. */
  readonly width: number;
  /** H. */
  readonly readers: number;
}

/** Each weight uniform on ±1/√(inputs), PyTorch's default for linear maps. */
export function initAdditiveAttention(
  key: Key,
  { keys, query, width, readers }: AdditiveAttentionConfig,
): AdditiveAttentionParams<HostArray<Float32Array>> {
  const [forK, forQ, forV] = split(key, 3);
  const map = (k: Key, inputs: number, outputs: number) => uniformWithin(1 / Math.sqrt(inputs), k, [inputs, outputs]);
  return { wk: map(forK, keys, width), wq: map(forQ, query, width), v: map(forV, width, readers) };
}

/**
 * Attention of one query over a sequence, by a small network instead of a product, with H readers of it.
 *
 *     sₜ = tanh(kₜ wk + q wq)    P = softmaxₜ(sₜ v)    y = Pᵀ k
 *
 *     ∂P = k ∂yᵀ    ∂e = P ⊙ (∂P − Σₜ ∂P ⊙ P)    ∂v = Σ sₜᵀ ∂eₜ    ∂zₜ = ∂eₜ vᵀ ⊙ (1 − sₜ²)    ∂kₜ = Pₜ ∂y + ∂zₜ wkᵀ
 *
 * @param keys   k [B, T, D], which are also what is mixed
 * @param query  q [B, Q]
 * @returns      [B, H, D]
 * @throws       when the weights do not fit keys, query or each other
 *
 * Bahdanau et al. 2015, appendix A.1.2, with a column of v for each reader where the paper has one. Σₜ ∂P ⊙ P is ∂y · y.
 */
export function additiveAttention({ wk, wq, v }: AdditiveAttentionParams, keys: tf.Tensor, query: tf.Tensor): tf.Tensor {
  const fits = keys.rank === 3 && query.rank === 2 && keys.shape[0] === query.shape[0];
  if (!fits || keys.shape[2] !== wk.shape[0] || query.shape[1] !== wq.shape[0] || wk.shape[1] !== wq.shape[1] || wk.shape[1] !== v.shape[0])
    throw shapeError('additiveAttention takes keys [B, T, D], query [B, Q], wk [D, A], wq [Q, A] and v [A, H]', { keys, query, wk, wq, v });
  return read(keys, query, wk, wq, v);
}

const read = firstOrder('additiveAttention', ([keys, query, wk, wq, v], save) => {
  const { s, P } = compare(keys, query, wk, wq, v);
  const y = P.matMul(keys); // [B, H, D]
  save([keys, query, wk, wq, v, s, P, y]);
  return {
    value: y,
    backward: (dy, [keys, query, wk, wq, v, s, P, y]) => {
      const [B, T, D] = keys.shape;
      const [A, H] = v.shape;
      const dP = dy.matMul(keys, false, true); // [B, H, T]
      const dScores = P.mul(dP.sub(dy.mul(y).sum(-1, true)));
      const rows = dScores.transpose([0, 2, 1]).reshape([B * T!, H!]);
      const dZ = rows.matMul(v, false, true).mul(tf.sub(1, s.square())); // [B·T, A]
      const dQuery = dZ.reshape([B, T!, A]).sum(1); // [B, A]
      const dKeys = P.matMul(dy, true).add(dZ.matMul(wk, false, true).reshape(keys.shape));
      const flat = keys.reshape([B * T!, D!]);
      return [dKeys, dQuery.matMul(wq, false, true), flat.matMul(dZ, true), query.matMul(dQuery, true), s.matMul(rows, true)];
    },
  };
});

/** s [B·T, A] and P [B, H, T]. */
function compare(keys: tf.Tensor, query: tf.Tensor, wk: tf.Tensor, wq: tf.Tensor, v: tf.Tensor) {
  const [B, T, D] = keys.shape;
  const [A, H] = v.shape;
  const ofKeys = keys
    .reshape([B * T!, D!])
    .matMul(wk)
    .reshape([B, T!, A]);
  const s = ofKeys
    .add(query.matMul(wq).expandDims(1))
    .tanh()
    .reshape([B * T!, A]);
  const scores = s.matMul(v).reshape([B, T!, H!]).transpose([0, 2, 1]);
  return { s, P: scores.softmax() };
}

/** Where the readers look: P [B, H, T]. */
export const additiveAttentionWeights = ({ wk, wq, v }: AdditiveAttentionParams, keys: tf.Tensor, query: tf.Tensor): tf.Tensor =>
  compare(keys, query, wk, wq, v).P;

/** `additiveAttention` in operators that tfjs can differentiate any number of times. */
export const additiveAttentionPlain = (params: AdditiveAttentionParams, keys: tf.Tensor, query: tf.Tensor): tf.Tensor =>
  additiveAttentionWeights(params, keys, query).matMul(keys);
