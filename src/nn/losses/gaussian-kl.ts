import type * as tf from '@tensorflow/tfjs';
import { firstOrder } from '../../tensor/index.js';
import { sameShape } from './residual.js';

/** A normal distribution with independent coordinates: means and log-variances of one shape. */
export interface DiagonalGaussian {
  readonly mean: tf.Tensor;
  readonly logVariance: tf.Tensor;
}

/**
 * Kullback–Leibler divergence between two normal distributions with independent coordinates.
 *
 *     KL(p ‖ q) = Σ ½ (s_q − s_p + e^(s_p − s_q) + (μ_p − μ_q)² e^−s_q − 1)        s = log σ², Σ over the last axis
 *
 *     ∂μ_p = (μ_p − μ_q) e^−s_q ∂y        ∂s_p = ½ (e^(s_p − s_q) − 1) ∂y
 *     ∂μ_q = −∂μ_p                        ∂s_q = ½ (1 − e^(s_p − s_q) − (μ_p − μ_q)² e^−s_q) ∂y
 *
 * @param p  [..., D]
 * @param q  [..., D]
 * @returns  [...], in nats; to be averaged over a batch or summed over weights
 * @throws   when the shapes differ, or there is nothing to sum
 */
export function gaussianKl(p: DiagonalGaussian, q: DiagonalGaussian): tf.Tensor {
  sameShape('gaussianKl', { 'p.mean': p.mean, 'p.logVariance': p.logVariance, 'q.mean': q.mean, 'q.logVariance': q.logVariance });
  return divergence(p.mean, p.logVariance, q.mean, q.logVariance);
}

const divergence = firstOrder('gaussianKl', ([meanP, logP, meanQ, logQ], save) => {
  const precision = logQ.neg().exp();
  const ratio = logP.sub(logQ).exp();
  const apart = meanP.sub(meanQ);
  const pull = apart.mul(precision);
  const distance = apart.mul(pull); // (μ_p − μ_q)² / σ_q²
  save([pull, ratio, distance]);
  return {
    value: logQ.sub(logP).add(ratio).add(distance).sub(1).sum(-1).mul(0.5),
    backward: (dy, [pull, ratio, distance]) => {
      const each = dy.expandDims(-1);
      const half = each.mul(0.5);
      const dMean = pull.mul(each);
      const excess = ratio.sub(1);
      return [dMean, excess.mul(half), dMean.neg(), excess.add(distance).mul(half).neg()];
    },
  };
});

/** `gaussianKl` in operators that tfjs can differentiate any number of times. */
export const gaussianKlPlain = (p: DiagonalGaussian, q: DiagonalGaussian): tf.Tensor =>
  q.logVariance
    .sub(p.logVariance)
    .add(p.logVariance.exp().add(p.mean.sub(q.mean).square()).div(q.logVariance.exp()))
    .sub(1)
    .sum(-1)
    .mul(0.5);
