import * as tf from '@tensorflow/tfjs';
import { grad } from '../tensor/index.js';
import { type Ball, checkBall, checkTensor, steepest, within } from './ball.js';

/** What an attack raises: a loss of x, one number or one for each sample [B]; not logits, whose sum says nothing. Parameters and labels it closes over. */
export type Raised = (x: tf.Tensor) => tf.Tensor;

/**
 * Fast gradient sign method: one step to the edge of the ball along the loss's gradient.
 *
 *     x* = clip(x + ε sign ∇ₓL(x), box)        L2: ε ∇ₓL / ‖∇ₓL‖        L1: ε sign(∂L/∂xᵢ) at the i where |∂L/∂xᵢ| is largest
 *
 *     fgsm((x) => crossEntropy(mlp(params, x), labels), x, { epsilon: 0.1, box: [0, 1] })
 *
 * @param x  [B, ...]
 * @returns  as x
 * @throws   when the ball or the box is not one, or x no tensor
 *
 * Goodfellow, Shlens & Szegedy 2015, section 4. For a linear model without a box it is the worst case. Works eagerly and inside
 * `compile`. Theorems: thm:fgsm-dual, thm:linear-robustness.
 */
export function fgsm(loss: Raised, x: tf.Tensor, ball: Ball): tf.Tensor {
  checkBall('fgsm', ball);
  checkTensor('fgsm', 'x', x);
  return tf.tidy(() => within(ball, x, x.add(steepest(slope(loss, x), ball.norm).mul(ball.epsilon))));
}

/** ∇ₓ of the sum over samples, which depend on their own row of x only. */
export const slope = (loss: Raised, x: tf.Tensor): tf.Tensor => grad((x: tf.Tensor) => loss(x).sum())(x);
