import type * as tf from '@tensorflow/tfjs';
import { shapeError } from '../base/index.js';
import { sumToLast } from '../nn/internal.js';
import { firstOrder } from '../tensor/index.js';

const HALF_LOG_2PI = 0.5 * Math.log(2 * Math.PI);

/**
 * The log-density of actions under a Gaussian policy whose spread is the same in every state.
 *
 *     y = log π(a | s) = −Σ ½ z² + log σ + ½ log 2π        z = (a − μ)/σ, Σ over the K parts of an action
 *
 *     ∂μ = z/σ · ∂y        ∂log σ = Σ (z² − 1) · ∂y, over the rows        ∂a = −∂μ
 *
 * @param mean          μ [..., K]
 * @param logDeviation  log σ [K]
 * @param action        a [..., K]
 * @returns             [...]
 * @throws              when the shapes do not fit
 *
 * Williams 1992, section 6; log σ as a parameter beside the network is Schulman et al. 2017.
 */
export function gaussianLogProbability(mean: tf.Tensor, logDeviation: tf.Tensor, action: tf.Tensor): tf.Tensor {
  const K = mean.shape.at(-1);
  if (`${logDeviation.shape}` !== `${K}` || `${action.shape}` !== `${mean.shape}`)
    throw shapeError('gaussianLogProbability takes mean and action [..., K] and logDeviation [K]', { mean, logDeviation, action });
  return logProbability(mean, logDeviation, action);
}

const logProbability = firstOrder('gaussianLogProbability', ([mean, logDeviation, action], save) => {
  const precision = logDeviation.neg().exp();
  const z = action.sub(mean).mul(precision);
  save([z, precision]);
  return {
    value: z.square().mul(0.5).add(logDeviation.add(HALF_LOG_2PI)).sum(-1).neg(),
    backward: (dy, [z, precision]) => {
      const each = dy.expandDims(-1);
      const dMean = z.mul(precision).mul(each);
      return [dMean, sumToLast(z.square().sub(1).mul(each)), dMean.neg()];
    },
  };
});

/** `gaussianLogProbability` in operators that tfjs can differentiate any number of times. */
export const gaussianLogProbabilityPlain = (mean: tf.Tensor, logDeviation: tf.Tensor, action: tf.Tensor): tf.Tensor =>
  action.sub(mean).div(logDeviation.exp()).square().mul(-0.5).sub(logDeviation).sub(HALF_LOG_2PI).sum(-1);

/**
 * The entropy of a Gaussian policy, in nats.
 *
 *     H = Σ log σ + ½ log 2πe
 *
 * @param logDeviation  log σ [K]
 * @returns             a scalar: it is the same in every state
 */
export const gaussianEntropy = (logDeviation: tf.Tensor): tf.Tensor => logDeviation.add(HALF_LOG_2PI + 0.5).sum();

/** Actions μ + σ ε, [..., K], drawn with standard normal ε [..., K]. */
export const sampleGaussian = (mean: tf.Tensor, logDeviation: tf.Tensor, noise: tf.Tensor): tf.Tensor =>
  mean.add(logDeviation.exp().mul(noise));
