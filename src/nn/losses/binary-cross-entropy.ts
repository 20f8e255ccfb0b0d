import type * as tf from '@tensorflow/tfjs';
import { layer } from '../../tensor/index.js';
import { softplus } from '../activations/softplus.js';
import { nanUnless } from './labels.js';
import { sameShape } from './residual.js';

/**
 * Cross-entropy of yes-or-no targets under a logistic model, from logits.
 *
 *     L = −mean (y log p + (1 − y) log(1 − p)) = mean (softplus(x) − x y)        p = σ(x)
 *
 *     ∂x = (p − y) / n · ∂L        ∂y = −x / n · ∂L
 *
 * The second form has no log of a probability that rounds to 0: it is exact for logits of any size.
 *
 * @param logits  x, any shape
 * @param target  y in [0, 1], the same shape; booleans and integers are taken as the numbers they are
 * @returns       a scalar
 * @throws        when the shapes differ, there is nothing to average, or a target is outside [0, 1]; where that shows only when a
 *                compiled function is called, the loss is NaN
 */
export const binaryCrossEntropy = layer({
  name: 'binaryCrossEntropy',
  forward(logits: tf.Tensor, target: tf.Tensor) {
    sameShape('binaryCrossEntropy', { logits, target });
    const y = target.cast('float32');
    const wrong = nanUnless(
      'binaryCrossEntropy',
      y,
      (y) => y >= 0 && y <= 1,
      'targets are probabilities, from 0 to 1',
      (y) => y.clipByValue(0, 1).equal(y),
    );
    return { value: meanLoss(logits, y).add(wrong), saved: { logits, y } };
  },
  backward(dL, { logits, y }) {
    const pull = dL.mul(1 / logits.size);
    return [logits.sigmoid().sub(y).mul(pull), logits.mul(pull).neg()];
  },
  plain: (logits, target) => meanLoss(logits, target.cast('float32')),
});

const meanLoss = (logits: tf.Tensor, y: tf.Tensor): tf.Tensor => softplus.plain(logits).sub(logits.mul(y)).mean();
