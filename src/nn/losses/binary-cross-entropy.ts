import type * as tf from '@tensorflow/tfjs';
import { firstOrder } from '../../tensor/index.js';
import { softplusPlain } from '../activations/softplus.js';
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
 * @param target  y in [0, 1], the same shape
 * @throws        when the shapes differ, there is nothing to average, or a target is outside [0, 1]; where that shows only when a
 *                compiled function is called, the loss is NaN
 */
export function binaryCrossEntropy(logits: tf.Tensor, target: tf.Tensor): tf.Tensor {
  sameShape('binaryCrossEntropy', { logits, target });
  const y = target.cast('float32'); // labels may be booleans or integers
  const wrong = nanUnless(
    'binaryCrossEntropy',
    y,
    (y) => y >= 0 && y <= 1,
    'targets are probabilities, from 0 to 1',
    (y) => y.clipByValue(0, 1).equal(y),
  );
  return logLikelihood(logits, y).add(wrong);
}

const logLikelihood = firstOrder('binaryCrossEntropy', ([logits, target], save) => {
  save([logits, target]);
  return {
    value: binaryCrossEntropyPlain(logits, target),
    backward: (dL, [logits, target]) => {
      const pull = dL.mul(1 / logits.size);
      return [logits.sigmoid().sub(target).mul(pull), logits.mul(pull).neg()];
    },
  };
});

/** `binaryCrossEntropy` in operators that tfjs can differentiate any number of times. */
export const binaryCrossEntropyPlain = (logits: tf.Tensor, target: tf.Tensor): tf.Tensor =>
  softplusPlain(logits).sub(logits.mul(target)).mean();
