import * as tf from '@tensorflow/tfjs';
import { layer } from '../../tensor/index.js';
import { softplus } from '../activations/softplus.js';
import { nanUnless } from './labels.js';
import { sameShape } from './residual.js';

/**
 * Cross-entropy of yes-or-no targets under a logistic model, from logits.
 *
 *     L = −mean (y log p + (1 − y) log(1 − p)) = mean (log(1 + e^−|x|) + x ([x > 0] − y))        p = σ(x)
 *
 *     ∂x = (p − y) / n · ∂L        ∂y = −x / n · ∂L
 *
 * The second form has no log of a probability that rounds to 0 and no difference of large numbers: a sure and right answer costs e^−|x|,
 * not 0, and a logit of ±∞ that is right costs nothing.
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
    const z = logits.abs().neg().exp();
    const apart = logits.greater(0).cast('float32').sub(y); // of the target from the sure answer, 0 or 1
    const paid = tf.where(apart.equal(0), tf.zerosLike(logits), logits.mul(apart)); // 0 · ∞ is nothing here
    return { value: z.log1p().add(paid).mean().add(wrong), saved: { logits, z, apart } };
  },
  backward(dL, { logits, z, apart }) {
    const pull = dL.mul(1 / logits.size);
    const rest = z.div(z.add(1)); // p, or 1 − p, whichever is the smaller
    const dLogits = apart.add(tf.where(logits.greater(0), rest.neg(), rest)); // p − y without the digits that 1 would take
    return [dLogits.mul(pull), logits.mul(pull).neg()];
  },
  plain(logits, target) {
    const y = target.cast('float32');
    return softplus.plain(logits).sub(logits.mul(y)).mean();
  },
});
