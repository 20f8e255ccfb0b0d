import * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, shapeError, split } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import { layer } from '../../tensor/index.js';
import { uniformWithin } from '../initialisers.js';

/** Weights of additive attention with H readers: wk [D, A] of the keys, wq [Q, A] of the query, and v [A, H], a column for each reader. */
export interface AdditiveAttentionParams<T = tf.Tensor> {
  readonly wk: T;
  readonly wq: T;
  readonly v: T;
}

/** How wide keys, query and the network between them are, and how many look at once. */
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
export function initAdditiveAttention(key: Key, config: AdditiveAttentionConfig): AdditiveAttentionParams<HostArray<Float32Array>> {
  checkOptions('initAdditiveAttention', config, ['keys', 'query', 'width', 'readers']);
  const { keys, query, width, readers } = config;
  const [forK, forQ, forV] = split(key, 3);
  const map = (k: Key, inputs: number, outputs: number) => uniformWithin(1 / Math.sqrt(inputs), k, [inputs, outputs]);
  return { wk: map(forK, keys, width), wq: map(forQ, query, width), v: map(forV, width, readers) };
}

/** Who asks. */
export interface QueryOptions {
  /** q [B, Q]. */
  readonly query: tf.Tensor;
}

/**
 * Attention of one query over a sequence, by a small network instead of a product, with H readers of it.
 *
 *     sₜ = tanh(kₜ wk + q wq)    P = softmaxₜ(sₜ v)    y = Pᵀ k
 *
 *     ∂P = k ∂yᵀ    ∂e = P ⊙ (∂P − Σₜ ∂P ⊙ P)    ∂v = Σ sₜᵀ ∂eₜ    ∂zₜ = ∂eₜ vᵀ ⊙ (1 − sₜ²)    ∂kₜ = Pₜ ∂y + ∂zₜ wkᵀ
 *
 * @param params  wk [D, A], wq [Q, A] and v [A, H]
 * @param keys    k [B, T, D], which are also what is mixed
 * @returns       [B, H, D]
 * @throws        when the weights do not fit keys, query or each other
 *
 * Bahdanau et al. 2015, appendix A.1.2, with a column of v for each reader where the paper has one. Σₜ ∂P ⊙ P is ∂y · y.
 */
export const additiveAttention = layer({
  name: 'additiveAttention',
  forward(params: AdditiveAttentionParams, keys: tf.Tensor, options: QueryOptions) {
    checkOptions('additiveAttention', options, ['query']);
    const { query } = options;
    const { wk, wq, v } = params;
    const fits = keys.rank === 3 && query.rank === 2 && keys.shape[0] === query.shape[0];
    if (
      !fits ||
      keys.shape[2] !== wk.shape[0] ||
      query.shape[1] !== wq.shape[0] ||
      wk.shape[1] !== wq.shape[1] ||
      wk.shape[1] !== v.shape[0]
    )
      throw shapeError('additiveAttention takes keys [B, T, D], query [B, Q], wk [D, A], wq [Q, A] and v [A, H]', {
        keys,
        query,
        wk,
        wq,
        v,
      });
    const { s, P } = compare(params, keys, query);
    const y = P.matMul(keys); // [B, H, D]
    return { value: y, saved: { keys, query, wk, wq, v, s, P, y } };
  },
  backward(dy, { keys, query, wk, wq, v, s, P, y }) {
    const [B, T, D] = keys.shape;
    const [A, H] = v.shape;
    const dP = dy.matMul(keys, false, true); // [B, H, T]
    const dScores = P.mul(dP.sub(dy.mul(y).sum(-1, true)));
    const rows = dScores.transpose([0, 2, 1]).reshape([B * T!, H!]);
    const dZ = rows.matMul(v, false, true).mul(tf.sub(1, s.square())); // [B·T, A]
    const dQuery = dZ.reshape([B, T!, A]).sum(1); // [B, A]
    const dKeys = P.matMul(dy, true).add(dZ.matMul(wk, false, true).reshape(keys.shape));
    const flat = keys.reshape([B * T!, D!]);
    return [
      { wk: flat.matMul(dZ, true), wq: query.matMul(dQuery, true), v: s.matMul(rows, true) },
      dKeys,
      { query: dQuery.matMul(wq, false, true) },
    ];
  },
  plain: (params, keys, { query }) => compare(params, keys, query).P.matMul(keys),
});

/** s [B·T, A] and P [B, H, T]. */
function compare({ wk, wq, v }: AdditiveAttentionParams, keys: tf.Tensor, query: tf.Tensor) {
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

/**
 * Where the readers of `additiveAttention` look: the weights of the steps, each row a distribution.
 *
 * @param params  wk [D, A], wq [Q, A] and v [A, H]
 * @param keys    [B, T, D]
 * @returns       P [B, H, T]
 */
export const additiveAttentionWeights = (params: AdditiveAttentionParams, keys: tf.Tensor, { query }: QueryOptions): tf.Tensor =>
  compare(params, keys, query).P;
