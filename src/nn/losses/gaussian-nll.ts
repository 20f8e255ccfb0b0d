import type * as tf from '@tensorflow/tfjs';
import { checkNumber, checkOptions } from '../../base/internal.js';
import { layer, stopGradient } from '../../tensor/index.js';
import type { DiagonalGaussian } from './gaussian-kl.js';
import { sameShape } from './residual.js';

/** A forecast with its own error bar: mean and variance of one shape. */
export interface GaussianForecast {
  /** μ */
  readonly mean: tf.Tensor;
  /** σ² */
  readonly variance: tf.Tensor;
}

/** How sure a forecast may be. */
export interface GaussianNllOptions {
  /** A variance that never gets smaller than this, in squared units of y, cannot make one lucky point worth infinity: 1e-6 when left out. */
  readonly floor?: number;
}

/**
 * Negative log-likelihood of a normal distribution, up to ½ log 2π.
 *
 *     L = mean ½ (log v + (y − μ)² / v)        v = max(σ², floor)
 *
 *     ∂μ = (μ − y) / (n v) · ∂L        ∂σ² = ½ (1 − (y − μ)² / v) / (n v) · ∂L        ∂y = −∂μ
 *
 * @param forecast  μ and σ², any shape
 * @param target    y, the same shape
 * @returns         a scalar
 * @throws          when the shapes differ, the floor is not above 0, or there is nothing to average
 *
 * Nix & Weigend 1994. As in PyTorch ∂σ² passes through the floor, so that a variance below it can rise again.
 */
export const gaussianNll = layer({
  name: 'gaussianNll',
  forward({ mean, variance }: GaussianForecast, target: tf.Tensor, options: GaussianNllOptions = {}) {
    checkOptions('gaussianNll', options, ['floor']);
    const { floor = 1e-6 } = options;
    sameShape('gaussianNll', { mean, variance, target });
    checkFloor('gaussianNll', floor);
    const v = variance.maximum(floor);
    const residual = mean.sub(target);
    const scaled = residual.div(v); // r / v
    const surprise = residual.mul(scaled); // r² / v
    return { value: v.log().add(surprise).mean().mul(0.5), saved: { v, scaled, surprise } };
  },
  backward(dL, { v, scaled, surprise }) {
    const pull = dL.mul(1 / v.size);
    const dMean = scaled.mul(pull);
    return [{ mean: dMean, variance: surprise.mul(-1).add(1).div(v).mul(pull.mul(0.5)) }, dMean.neg()];
  },
  plain({ mean, variance }, target, { floor = 1e-6 } = {}) {
    const v = variance.add(stopGradient(variance.maximum(floor).sub(variance)));
    return v.log().add(target.sub(mean).square().div(v)).mean().mul(0.5);
  },
});

function checkFloor(loss: string, floor: number): void {
  checkNumber(loss, 'floor', floor, { above: 0 }, 'without a least variance one lucky point is worth infinity');
}

/**
 * `gaussianNll` of a log-variance s = log σ², which a network may output as it is: any number is one.
 *
 *     L = mean ½ (s + (y − μ)² e^−s)        ∂μ = (μ − y) e^−s / n · ∂L        ∂s = ½ (1 − (y − μ)² e^−s) / n · ∂L        ∂y = −∂μ
 *
 * @param forecast  μ and s, any shape
 * @param target    y, the same shape
 * @returns         a scalar
 * @throws          when the shapes differ, the floor is not above 0, or there is nothing to average
 */
export const gaussianNllFromLog = layer({
  name: 'gaussianNllFromLog',
  forward({ mean, logVariance }: DiagonalGaussian, target: tf.Tensor, options: GaussianNllOptions = {}) {
    checkOptions('gaussianNllFromLog', options, ['floor']);
    const { floor = 1e-6 } = options;
    sameShape('gaussianNllFromLog', { mean, logVariance, target });
    checkFloor('gaussianNllFromLog', floor);
    const s = logVariance.maximum(Math.log(floor));
    const residual = mean.sub(target);
    const scaled = residual.mul(s.neg().exp());
    const surprise = residual.mul(scaled);
    return { value: s.add(surprise).mean().mul(0.5), saved: { scaled, surprise } };
  },
  backward(dL, { scaled, surprise }) {
    const pull = dL.mul(1 / scaled.size);
    const dMean = scaled.mul(pull);
    return [{ mean: dMean, logVariance: surprise.mul(-1).add(1).mul(pull.mul(0.5)) }, dMean.neg()];
  },
  plain({ mean, logVariance }, target, { floor = 1e-6 } = {}) {
    const s = logVariance.add(stopGradient(logVariance.maximum(Math.log(floor)).sub(logVariance)));
    return s.add(target.sub(mean).square().mul(s.neg().exp())).mean().mul(0.5);
  },
});
