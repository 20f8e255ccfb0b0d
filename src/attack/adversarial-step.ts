import type * as tf from '@tensorflow/tfjs';
import { type Optimizer, type Tensors, trainingStep } from '../optim/index.js';
import type { Raised } from './fgsm.js';

/** Samples, what they show, and the attack's random start for this step. */
export interface AttackedBatch {
  /** [B, ...] */
  readonly x: tf.Tensor;
  /** [B], or as the loss takes it. */
  readonly y: tf.Tensor;
  readonly start: tf.Tensor;
}

/**
 * A step of adversarial training, attack included, as one pure function to compile.
 *
 *     min over θ of E max over δ in the ball of L(θ, x + δ, y)
 *
 *     const attack = (loss: Raised, x: tf.Tensor, start: tf.Tensor) => pgd(loss, x, { epsilon: 0.1, steps: 7, start });
 *     const step = compile(adversarialStep(optimizer, lossOf, attack), { donate: [0] });
 *     ({ state, loss } = await step(state, { x, y, start: randomStart(fold(noise, k), 'linf', x.shape) }));
 *
 * @param lossOf  L of parameters, samples and labels: one number, or one for each sample
 * @param attack  the inner maximum, found before the parameters move
 * @returns       the next state, and the mean loss on the attacked samples before the step
 *
 * Madry et al. 2018, eq. 2.1 with Danskin's theorem: the gradient at the worst case is that of the maximum.
 */
export const adversarialStep =
  <P, S>(
    optimizer: Optimizer<P, S>,
    lossOf: (params: Tensors<P>, x: tf.Tensor, y: tf.Tensor) => tf.Tensor,
    attack: (loss: Raised, x: tf.Tensor, start: tf.Tensor) => tf.Tensor,
  ) =>
  (state: S, { x, y, start }: AttackedBatch): { state: S; loss: tf.Scalar } => {
    const params = optimizer.params(state);
    const worst = attack((x) => lossOf(params, x, y), x, start);
    return trainingStep(optimizer, (params) => lossOf(params, worst, y).mean())(state);
  };
