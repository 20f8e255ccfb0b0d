import * as tf from '@tensorflow/tfjs';
import { shapeError } from '../../base/index.js';
import { mixBy } from './attention.js';
import { checkAttention } from './check-attention.js';
import { causalMask, checkMask, visibleSoftmax } from './masks.js';

/**
 * Scaled dot-product attention to the keys that a mask leaves visible.
 *
 *     P = softmax(q kᵀ / √D) over the visible keys, 0 elsewhere        y = P v        backward as `attention`
 *
 * @param q        [..., T, D] queries
 * @param k        [..., S, D] keys
 * @param v        [..., S, D'] values
 * @param visible  bool, broadcast to [..., T, S]: `causalMask`, `paddingMask` as tensors, their `logicalAnd`, or any other
 * @returns        [..., T, D']
 * @throws         when shapes do not fit, or a mask whose values are known hides every key from a query; with a mask that is an
 *                 input of a compiled function, such a query gets 0
 *
 * Vaswani et al. 2017, section 3.2.3.
 */
export function maskedAttention(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, visible: tf.Tensor): tf.Tensor {
  checkAttention('maskedAttention', q, k, v);
  checkMask('maskedAttention', visible, [...q.shape.slice(0, -1), k.shape.at(-2)!]);
  return mixBy('maskedAttention', (scores) => visibleSoftmax(scores, visible))(q, k, v);
}

/** `maskedAttention` in operators that tfjs can differentiate any number of times. */
export const maskedAttentionPlain = (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, visible: tf.Tensor): tf.Tensor =>
  attentionWeights(q, k, visible).matMul(v);

/** Attention of each step to itself and its past: `maskedAttention` with the `causalMask` of q [..., T, D]. */
export function causalAttention(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor): tf.Tensor {
  if (q.shape.at(-2) !== k.shape.at(-2)) throw shapeError('causalAttention takes as many queries as keys', { q, k });
  const { data, shape } = causalMask(q.shape.at(-2)!);
  return maskedAttention(q, k, v, tf.tensor(data, shape, 'bool'));
}

/**
 * The weights P [..., T, S] with which attention mixes values, each row a distribution over the keys: for pictures.
 *
 *     const maps: tf.Tensor[] = [];
 *     const attend = (q, k, v) => (maps.push(attentionWeights(q, k)), attention(q, k, v));
 *     transformer(params, x, config, { attend });        maps[l]   // [B, H, T, T] of layer l
 */
export function attentionWeights(q: tf.Tensor, k: tf.Tensor, visible?: tf.Tensor): tf.Tensor {
  const scores = q.matMul(k, false, true).div(Math.sqrt(q.shape.at(-1)!));
  return visible ? visibleSoftmax(scores, visible) : scores.softmax();
}
