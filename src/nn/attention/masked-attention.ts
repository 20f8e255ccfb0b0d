import * as tf from '@tensorflow/tfjs';
import { shapeError } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import { layer } from '../../tensor/index.js';
import { mix, mixBackward } from './attention.js';
import { checkAttention } from './check-attention.js';
import { causalMask, checkMask, visibleSoftmax } from './masks.js';

/** Who sees whom. */
export interface MaskOptions {
  /** bool, broadcast to [..., T, S]: `causalMask`, `paddingMask` as tensors, their `logicalAnd`, or any other. */
  readonly visible: tf.Tensor;
}

/**
 * Scaled dot-product attention to the keys that a mask leaves visible.
 *
 *     P = softmax(q kᵀ / √D) over the visible keys, 0 elsewhere        y = P v        backward as `attention`
 *
 * @param q  [..., T, D] queries
 * @param k  [..., S, D] keys
 * @param v  [..., S, D'] values
 * @returns  [..., T, D']
 * @throws   when shapes do not fit, or a mask whose values are known hides every key from a query; with a mask that is an input of a
 *           compiled function, such a query gets 0
 *
 * Vaswani et al. 2017, section 3.2.3. thm:attention-backward.
 */
export const maskedAttention = layer({
  name: 'maskedAttention',
  forward(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, options: MaskOptions) {
    checkOptions('maskedAttention', options, ['visible']);
    const { visible } = options;
    checkAttention('maskedAttention', q, k, v);
    checkMask('maskedAttention', visible, [...q.shape.slice(0, -1), k.shape.at(-2)!]);
    return mix(q, k, v, (scores) => visibleSoftmax(scores, visible));
  },
  backward: (dy, saved) => mixBackward(dy, saved),
  plain: (q, k, v, options) => attentionWeights(q, k, options).matMul(v),
});

/**
 * Attention of each step to itself and its past: `maskedAttention` with the `causalMask` of q.
 *
 * @param q  [..., T, D] queries
 * @param k  [..., T, D] keys
 * @param v  [..., T, D'] values
 * @returns  [..., T, D']
 * @throws   when there are not as many queries as keys
 *
 * thm:permutation-equivariance.
 */
export function causalAttention(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor): tf.Tensor {
  if (q.shape.at(-2) !== k.shape.at(-2)) throw shapeError('causalAttention takes as many queries as keys', { q, k });
  const { data, shape } = causalMask(q.shape.at(-2)!);
  return maskedAttention(q, k, v, { visible: tf.tensor(data, shape, 'bool') });
}

/**
 * The weights P [..., T, S] with which attention mixes values, each row a distribution over the keys: for pictures.
 *
 *     const maps: tf.Tensor[] = [];
 *     const attend = (q, k, v) => (maps.push(attentionWeights(q, k)), attention(q, k, v));
 *     transformer(params, x, { ...config, attend });        maps[l]   // [B, H, T, T] of layer l
 *
 * @param q  [..., T, D] queries
 * @param k  [..., S, D] keys
 *
 * Theorems: thm:softmax-jacobian, thm:attention-scale.
 */
export function attentionWeights(q: tf.Tensor, k: tf.Tensor, options: Partial<MaskOptions> = {}): tf.Tensor {
  checkOptions('attentionWeights', options, ['visible']);
  const { visible } = options;
  const scores = q.matMul(k, false, true).div(Math.sqrt(q.shape.at(-1)!));
  return visible ? visibleSoftmax(scores, visible) : scores.softmax();
}
