import type * as tf from '@tensorflow/tfjs';
import { firstOrder, stopGradient } from '../../tensor/index.js';
import { sameShape } from './residual.js';

/**
 * Negative log-likelihood of a normal distribution, up to ½ log 2π: a forecast with its own error bar.
 *
 *     L = mean ½ (log v + (y − μ)² / v)        v = max(σ², floor)
 *
 *     ∂μ = (μ − y) / (n v) · ∂L        ∂σ² = ½ (1 − (y − μ)² / v) / (n v) · ∂L        ∂y = −∂μ
 *
 * @param mean      μ, any shape
 * @param variance  σ², the same shape
 * @param target    y, the same shape
 * @param floor     a variance that never gets smaller cannot make one lucky point worth infinity
 * @throws          when the shapes differ, the floor is not above 0, or there is nothing to average
 *
 * Nix & Weigend 1994. As in PyTorch ∂σ² passes through the floor, so that a variance below it can rise again.
 */
export function gaussianNll(mean: tf.Tensor, variance: tf.Tensor, target: tf.Tensor, floor = 1e-6): tf.Tensor {
  sameShape('gaussianNll', { mean, variance, target });
  checkFloor('gaussianNll', floor);
  return ofVariance(floor)(mean, variance, target);
}

function checkFloor(loss: string, floor: number): void {
  if (!(floor > 0))
    throw new Error(`${loss}: the floor of the variance must be above 0, got ${floor}; at 0 one lucky point is worth infinity`);
}

const ofVariance = (floor: number) =>
  firstOrder('gaussianNll', ([mean, variance, target], save) => {
    const v = variance.maximum(floor);
    const residual = mean.sub(target);
    const scaled = residual.div(v); // r / v
    const surprise = residual.mul(scaled); // r² / v
    save([v, scaled, surprise]);
    return {
      value: v.log().add(surprise).mean().mul(0.5),
      backward: (dL, [v, scaled, surprise]) => {
        const pull = dL.mul(1 / v.size);
        const dMean = scaled.mul(pull);
        return [dMean, surprise.mul(-1).add(1).div(v).mul(pull.mul(0.5)), dMean.neg()];
      },
    };
  });

/** `gaussianNll` in operators that tfjs can differentiate any number of times. */
export function gaussianNllPlain(mean: tf.Tensor, variance: tf.Tensor, target: tf.Tensor, floor = 1e-6): tf.Tensor {
  const v = variance.add(stopGradient(variance.maximum(floor).sub(variance)));
  return v.log().add(target.sub(mean).square().div(v)).mean().mul(0.5);
}

/**
 * `gaussianNll` of a log-variance s = log σ², which a network may output as it is: any number is one.
 *
 *     L = mean ½ (s + (y − μ)² e^−s)        ∂μ = (μ − y) e^−s / n · ∂L        ∂s = ½ (1 − (y − μ)² e^−s) / n · ∂L
 *
 * @param mean         μ, any shape
 * @param logVariance  s, the same shape
 * @param target       y, the same shape
 * @throws             when the shapes differ, the floor is not above 0, or there is nothing to average
 */
export function gaussianNllFromLog(mean: tf.Tensor, logVariance: tf.Tensor, target: tf.Tensor, floor = 1e-6): tf.Tensor {
  sameShape('gaussianNllFromLog', { mean, logVariance, target });
  checkFloor('gaussianNllFromLog', floor);
  return ofLogVariance(Math.log(floor))(mean, logVariance, target);
}

const ofLogVariance = (lowest: number) =>
  firstOrder('gaussianNllFromLog', ([mean, logVariance, target], save) => {
    const s = logVariance.maximum(lowest);
    const residual = mean.sub(target);
    const scaled = residual.mul(s.neg().exp());
    const surprise = residual.mul(scaled);
    save([scaled, surprise]);
    return {
      value: s.add(surprise).mean().mul(0.5),
      backward: (dL, [scaled, surprise]) => {
        const pull = dL.mul(1 / scaled.size);
        const dMean = scaled.mul(pull);
        return [dMean, surprise.mul(-1).add(1).mul(pull.mul(0.5)), dMean.neg()];
      },
    };
  });

/** `gaussianNllFromLog` in operators that tfjs can differentiate any number of times. */
export function gaussianNllFromLogPlain(mean: tf.Tensor, logVariance: tf.Tensor, target: tf.Tensor, floor = 1e-6): tf.Tensor {
  const s = logVariance.add(stopGradient(logVariance.maximum(Math.log(floor)).sub(logVariance)));
  return s.add(target.sub(mean).square().mul(s.neg().exp())).mean().mul(0.5);
}
