import * as tf from '@tensorflow/tfjs';
import { shapeError } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import { linear } from '../linear.js';
import { attention, type MultiHeadOptions, type MultiHeadParams } from './attention.js';

/** What is attended to, and how. */
export interface CrossAttentionOptions extends MultiHeadOptions {
  /** [B, S, D], the other sequence. */
  readonly context: tf.Tensor;
}

/**
 * Multi-head attention of one sequence to another: queries from x, keys and values from the context.
 *
 * @param params  as of `multiHeadAttention`: the first D columns of `qkv` map x, the others the context
 * @param x       [B, T, D]
 * @returns       [B, T, D]
 * @throws        when H does not divide D, or batch or width differ
 *
 * Vaswani et al. 2017, section 3.2.3.
 */
export function crossAttention({ qkv, shiftQ, shiftV, out }: MultiHeadParams, x: tf.Tensor, options: CrossAttentionOptions): tf.Tensor {
  checkOptions('crossAttention', options, ['heads', 'attend', 'context']);
  const { context, heads, attend = attention } = options;
  const [B, T, D] = x.shape;
  const S = context.shape[1]!;
  if (x.rank !== 3 || context.rank !== 3 || context.shape[0] !== B || context.shape[2] !== D || D % heads !== 0)
    throw shapeError(`crossAttention takes x [B, T, D] and context [B, S, D] with D a multiple of ${heads} heads`, { x, context });
  const [wq, wkv] = tf.split(qkv, [D, 2 * D], 1);
  const shiftKv = tf.concat([tf.zerosLike(shiftV), shiftV] as tf.Tensor1D[]);
  const q = linear({ w: wq, b: shiftQ }, x)
    .reshape([B, T, heads, D / heads])
    .transpose([0, 2, 1, 3]); // [B, H, T, D/H]
  const [k, v] = linear({ w: wkv, b: shiftKv }, context)
    .reshape([B, S, 2, heads, D / heads])
    .transpose([2, 0, 3, 1, 4]) // [2, B, H, S, D/H]
    .unstack(0);
  return linear(out, attend(q, k, v).transpose([0, 2, 1, 3]).reshape([B, T, D]));
}
