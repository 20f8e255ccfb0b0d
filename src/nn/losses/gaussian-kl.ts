import type * as tf from '@tensorflow/tfjs';
import { layer } from '../../tensor/index.js';
import { sameShape } from './residual.js';

/** A normal distribution with independent coordinates: means and log-variances of one shape, [..., D]. */
export interface DiagonalGaussian {
  /** μ */
  readonly mean: tf.Tensor;
  /** s = log σ² */
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
 *
 * Kullback & Leibler 1951. thm:gaussian-kl.
 */
export const gaussianKl = layer({
  name: 'gaussianKl',
  forward(p: DiagonalGaussian, q: DiagonalGaussian) {
    sameShape('gaussianKl', { 'p.mean': p.mean, 'p.logVariance': p.logVariance, 'q.mean': q.mean, 'q.logVariance': q.logVariance });
    const precision = q.logVariance.neg().exp();
    const ratio = p.logVariance.sub(q.logVariance).exp();
    const apart = p.mean.sub(q.mean);
    const pull = apart.mul(precision);
    const distance = apart.mul(pull); // (μ_p − μ_q)² / σ_q²
    const value = q.logVariance.sub(p.logVariance).add(ratio).add(distance).sub(1).sum(-1).mul(0.5);
    return { value, saved: { pull, ratio, distance } };
  },
  backward(dy, { pull, ratio, distance }) {
    const each = dy.expandDims(-1);
    const half = each.mul(0.5);
    const dMean = pull.mul(each);
    const excess = ratio.sub(1);
    return [
      { mean: dMean, logVariance: excess.mul(half) },
      { mean: dMean.neg(), logVariance: excess.add(distance).mul(half).neg() },
    ];
  },
  plain: (p, q) =>
    q.logVariance
      .sub(p.logVariance)
      .add(p.logVariance.exp().add(p.mean.sub(q.mean).square()).div(q.logVariance.exp()))
      .sub(1)
      .sum(-1)
      .mul(0.5),
});
