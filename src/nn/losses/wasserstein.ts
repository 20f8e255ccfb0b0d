import type * as tf from '@tensorflow/tfjs';
import { shapeError } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import { grad, plainly } from '../../tensor/index.js';
import { notEmpty } from './residual.js';

/**
 * What a Wasserstein critic minimises: minus its estimate of the distance between data and samples.
 *
 *     L = mean f(fake) − mean f(real)        ∂f(fake) = 1/n · ∂L    ∂f(real) = −1/m · ∂L
 *
 * @param real  f(real), the critic's scores of data, any shape
 * @param fake  f(fake), its scores of samples, any shape
 * @returns     a scalar
 * @throws      when there is nothing to average
 *
 * Arjovsky, Chintala & Bottou 2017, eq. 2. Means: differentiable any number of times.
 */
export function criticLoss(real: tf.Tensor, fake: tf.Tensor): tf.Tensor {
  notEmpty('criticLoss', { real, fake });
  return fake.mean().sub(real.mean());
}

/**
 * What a generator minimises against a Wasserstein critic.
 *
 *     L = −mean f(fake)
 *
 * @param fake  f(fake), the critic's scores of samples, any shape
 * @returns     a scalar
 * @throws      when there is nothing to average
 */
export function generatorLoss(fake: tf.Tensor): tf.Tensor {
  notEmpty('generatorLoss', { fake });
  return fake.mean().neg();
}

/** Where between data and samples the slope is taken. */
export interface GradientPenaltyOptions {
  /** ε in [0, 1), uniform, [B] or [B, 1, ...]: an argument of the compiled function. */
  readonly mix: tf.Tensor;
}

/**
 * Holds a critic's slope near 1, on random points between data and samples.
 *
 *     x̂ = ε ⊙ real + (1 − ε) ⊙ fake        P = mean (‖∇f(x̂)‖₂ − 1)²        add 10 P to `criticLoss`
 *
 * @param critic  f, [B, ...] → one score for each row, rows apart from each other (no batch normalisation); its layers are taken in their
 *                plain form, since P's gradient is a second derivative
 * @param real    [B, ...]
 * @param fake    [B, ...]; the gradient of P flows to the critic's weights, and to fake if it depends on weights
 * @returns       P, a scalar
 * @throws        when the shapes do not fit, or there is nothing to average
 *
 * Gulrajani et al. 2017, eq. 3. The norm's root is of Σ ∇² + 1e-12, because a root has no derivative at 0. thm:gradient-penalty.
 */
export function gradientPenalty(
  critic: (x: tf.Tensor) => tf.Tensor,
  real: tf.Tensor,
  fake: tf.Tensor,
  options: GradientPenaltyOptions,
): tf.Tensor {
  checkOptions('gradientPenalty', options, ['mix']);
  const { mix } = options;
  const B = real.shape[0];
  if (real.shape.join() !== fake.shape.join() || mix.size !== B || mix.shape[0] !== B)
    throw shapeError('gradientPenalty mixes real [B, ...] with fake [B, ...] by mix [B]', { real, fake, mix });
  notEmpty('gradientPenalty', { real, fake });
  const share = mix.reshape([B, ...real.shape.slice(1).map(() => 1)]);
  const between = fake.add(share.mul(real.sub(fake)));
  const slope = grad((x: tf.Tensor) => plainly(critic)(x).sum())(between) as tf.Tensor;
  const length = slope.square().reshape([B, -1]).sum(1).add(1e-12).sqrt();
  return length.sub(1).square().mean();
}
