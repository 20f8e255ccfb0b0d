import type * as tf from '@tensorflow/tfjs';
import { shapeError } from '../base/index.js';
import { checkOptions } from '../base/internal.js';
import type { NoiseOptions } from '../nn/index.js';
import { sumToLast } from '../nn/internal.js';
import { layer } from '../tensor/index.js';

const HALF_LOG_2PI = 0.5 * Math.log(2 * Math.PI);

/** What a Gaussian policy does in each state: μ [..., K], and log σ [K], the same in every state. */
export interface GaussianPolicy {
  /** μ */
  readonly mean: tf.Tensor;
  /** log σ */
  readonly logDeviation: tf.Tensor;
}

/**
 * The log-density of actions under a Gaussian policy whose spread is the same in every state.
 *
 *     y = log π(a | s) = −Σ ½ z² + log σ + ½ log 2π        z = (a − μ)/σ, Σ over the K parts of an action
 *
 *     ∂μ = z/σ · ∂y        ∂log σ = Σ (z² − 1) · ∂y, over the rows        ∂a = −∂μ
 *
 * @param policy  μ [..., K] and log σ [K]
 * @param action  a [..., K]
 * @returns       [...], in nats
 * @throws        when the shapes do not fit
 *
 * Williams 1992, section 6; log σ as a parameter beside the network is Schulman et al. 2017.
 */
export const gaussianLogProbability = layer({
  name: 'gaussianLogProbability',
  forward({ mean, logDeviation }: GaussianPolicy, action: tf.Tensor) {
    const K = mean.shape.at(-1);
    if (`${logDeviation.shape}` !== `${K}` || `${action.shape}` !== `${mean.shape}`)
      throw shapeError('gaussianLogProbability takes mean and action [..., K] and logDeviation [K]', { mean, logDeviation, action });
    const precision = logDeviation.neg().exp();
    const z = action.sub(mean).mul(precision);
    const value = z.square().mul(0.5).add(logDeviation.add(HALF_LOG_2PI)).sum(-1).neg();
    return { value, saved: { z, precision } };
  },
  backward(dy, { z, precision }) {
    const each = dy.expandDims(-1);
    const dMean = z.mul(precision).mul(each);
    return [{ mean: dMean, logDeviation: sumToLast(z.square().sub(1).mul(each)) }, dMean.neg()];
  },
  plain: ({ mean, logDeviation }, action) =>
    action.sub(mean).div(logDeviation.exp()).square().mul(-0.5).sub(logDeviation).sub(HALF_LOG_2PI).sum(-1),
});

/**
 * The entropy of a Gaussian policy, in nats.
 *
 *     H = Σ log σ + ½ log 2πe
 *
 * @param logDeviation  log σ [K]
 * @returns             a scalar: it is the same in every state
 */
export const gaussianEntropy = (logDeviation: tf.Tensor): tf.Tensor => logDeviation.add(HALF_LOG_2PI + 0.5).sum();

/**
 * Actions drawn from a Gaussian policy.
 *
 *     a = μ + σ ε
 *
 * @param policy   μ [..., K] and log σ [K]
 * @param options  ε [..., K], standard normal
 * @returns        [..., K]
 */
export function sampleGaussian({ mean, logDeviation }: GaussianPolicy, options: NoiseOptions): tf.Tensor {
  checkOptions('sampleGaussian', options, ['noise']);
  return mean.add(logDeviation.exp().mul(options.noise));
}
