import * as tf from '@tensorflow/tfjs';
import { shapeError } from '../../base/index.js';
import { layer } from '../../tensor/index.js';

/**
 * Values of actions from the value of a state and what each action adds to it.
 *
 *     q = v + a − mean a        ∂v = Σ ∂q        ∂a = ∂q − mean ∂q        over the actions
 *
 * @param h  [..., 1 + A]: v, then a for each of A actions
 * @returns  [..., A]
 * @throws   when there are fewer than two actions
 *
 * Wang et al. 2016, eq. 9: v and a are known from q only because the advantages are made to average to zero.
 */
export const dueling = layer({
  name: 'dueling',
  forward(h: tf.Tensor) {
    if (!(h.shape.at(-1)! >= 3)) throw shapeError('dueling takes h [..., 1 + A] with A of 2 or more', { h });
    return { value: combined(h), saved: {} };
  },
  backward: (dq) => [tf.concat([dq.sum(-1, true), dq.sub(dq.mean(-1, true))], -1)],
  plain: (h) => combined(h),
});

function combined(h: tf.Tensor): tf.Tensor {
  const [v, a] = tf.split(h, [1, h.shape.at(-1)! - 1], -1);
  return v.add(a.sub(a.mean(-1, true)));
}
