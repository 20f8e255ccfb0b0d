import type * as tf from '@tensorflow/tfjs';
import { type HostArray, zeros } from '../base/index.js';
import { checkNumber } from '../base/internal.js';
import { type Rate, times } from './schedule.js';

/** m and v of Adam and its kin, with the weight that gradients have in them by now. */
export interface RunningMoments {
  /** m [n], the running mean of the gradients, starting at zero. */
  readonly mean: tf.Tensor;
  /** v [n], the running mean of their squares, starting at zero. */
  readonly square: tf.Tensor;
  /** 1 − β₁ᵗ and 1 − β₂ᵗ [2]: what m and v are to be divided by. */
  readonly weights: tf.Tensor;
}

/** How m and v move, and the step that they give. */
export interface MomentRule {
  /** Zeros for n parameters. */
  start(n: number): Record<keyof RunningMoments, HostArray<Float32Array>>;
  /** m ← β₁ m + (1 − β₁) g and v ← β₂ v + (1 − β₂) g². */
  after(moments: RunningMoments, gradient: tf.Tensor): RunningMoments;
  /** η m̂ / (√v̂ + ε) with m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ); 0 where it is 0/0. */
  step(moments: RunningMoments, learningRate: Rate): tf.Tensor;
}

/**
 * The moments of an optimiser.
 *
 * @throws when ε is negative, or a β not in [0, 1)
 *
 * 1 − βᵗ is computed as the running mean of ones: in float32 the power would leave five digits of it in the first steps.
 */
export function runningMoments(
  optimizer: string,
  { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: { readonly beta1?: number; readonly beta2?: number; readonly epsilon?: number },
): MomentRule {
  checkNumber(optimizer, 'epsilon', epsilon, { from: 0 });
  checkNumber(optimizer, 'beta1', beta1, { from: 0, below: 1 });
  checkNumber(optimizer, 'beta2', beta2, { from: 0, below: 1 });
  // Of β as float32 holds it, so that a mean and its weight shrink alike.
  const [share1, share2] = [1 - Math.fround(beta1), 1 - Math.fround(beta2)];
  return {
    start: (n) => ({ mean: zeros([n]), square: zeros([n]), weights: zeros([2]) }),
    after: ({ mean, square, weights }, gradient) => ({
      mean: towards(mean, gradient, share1),
      square: towards(square, gradient.square(), share2),
      weights: weights.mul([1 - share1, 1 - share2]).add([share1, share2]),
    }),
    step({ mean, square, weights }, learningRate) {
      const [meanScale, squareScale] = weights.reciprocal().split(2);
      const root = square.mul(squareScale).sqrt();
      const direction = epsilon === 0 ? mean.divNoNan(root) : mean.div(root.add(epsilon));
      return direction.mul(meanScale.mul(learningRate));
    },
  };
}

/** A running mean's next value: this share of the way to x. */
export const towards = (mean: tf.Tensor, x: tf.Tensor, share: number): tf.Tensor => mean.add(x.sub(mean).mul(share));

/** ∇L + λ θ: the gradient with that of an L2 penalty ½ λ ‖θ‖². */
export const penalised = (gradient: tf.Tensor, parameters: tf.Tensor, weightDecay: Rate): tf.Tensor =>
  weightDecay === 0 ? gradient : gradient.add(parameters.mul(weightDecay));

/** (1 − η λ) θ: weight decay beside the gradient. */
export function decayed(
  parameters: tf.Tensor,
  { learningRate, weightDecay }: { readonly learningRate: Rate; readonly weightDecay: Rate },
): tf.Tensor {
  if (weightDecay === 0) return parameters;
  const pull = times(learningRate, times(weightDecay, -1));
  return parameters.mul(typeof pull === 'number' ? 1 + pull : pull.add(1));
}
