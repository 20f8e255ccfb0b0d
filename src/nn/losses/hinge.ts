import type * as tf from '@tensorflow/tfjs';
import { layer } from '../../tensor/index.js';
import { nanUnless } from './labels.js';
import { sameShape } from './residual.js';

/**
 * Hinge loss: zero for what is right by a margin of 1.
 *
 *     L = mean max(0, 1 − y s)        ∂s = −y [y s < 1] / n · ∂L        ∂y = −s [y s < 1] / n · ∂L
 *
 * @param scores  s, any shape
 * @param labels  y of −1 and 1, the same shape, float32
 * @returns       a scalar
 * @throws        when the shapes differ, there is nothing to average, or a label is neither −1 nor 1; where that shows only when a
 *                compiled function is called, the loss is NaN
 *
 * Cortes & Vapnik 1995. At the corner y s = 1, where there is no derivative, it is 0.
 */
export const hinge = layer({
  name: 'hinge',
  forward(scores: tf.Tensor, labels: tf.Tensor) {
    sameShape('hinge', { scores, labels });
    const wrong = nanUnless(
      'hinge',
      labels,
      (y) => y === 1 || y === -1,
      'labels are -1 and 1',
      (y) => y.abs().equal(1),
    );
    const missing = scores.mul(labels).mul(-1).add(1).relu();
    return { value: missing.mean().add(wrong), saved: { scores, labels, missing } };
  },
  backward(dL, { scores, labels, missing }) {
    const push = missing
      .greater(0)
      .cast('float32')
      .mul(dL.mul(-1 / missing.size));
    return [labels.mul(push), scores.mul(push)];
  },
  plain: (scores, labels) => scores.mul(labels).mul(-1).add(1).relu().mean(),
});
