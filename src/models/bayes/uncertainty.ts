import * as tf from '@tensorflow/tfjs';
import { shapeError } from '../../base/index.js';

/** A prediction averaged over draws of a model, and the two parts of what is uncertain about it. */
export interface Predictive {
  /** The mean, or the class probabilities. */
  readonly mean: tf.Tensor;
  /** Of the data: noise that more data would not remove. */
  readonly aleatoric: tf.Tensor;
  /** Of the model: what the draws disagree about. */
  readonly epistemic: tf.Tensor;
}

/**
 * x once for each draw.
 *
 * @param x        [B, F]
 * @param options  S draws
 * @returns        [S, B, F]
 */
export const perDraw = (x: tf.Tensor, { draws }: { readonly draws: number }): tf.Tensor =>
  x.expandDims(0).tile([draws, ...x.shape.map(() => 1)]);

/**
 * The predictive variance of a regression, split by the law of total variance.
 *
 *     Var y = E σ² + Var μ        aleatoric + epistemic, over the draws
 *
 * @param means      μ [S, ...], one for each draw
 * @param variances  σ² [S, ...] of the noise that each draw predicts
 * @returns          each [...], in the square of y's unit
 * @throws           when there is not one variance for each mean
 *
 * Depeweg et al. 2018, eq. 2; Kendall & Gal 2017, eq. 9. Var μ divides by S.
 */
export function decomposeVariance(means: tf.Tensor, variances: tf.Tensor): Predictive {
  if (means.rank < 1 || `${variances.shape}` !== `${means.shape}`)
    throw shapeError('decomposeVariance takes a mean and a variance of each draw, both [S, ...]', { means, variances });
  const mean = means.mean(0);
  return { mean, aleatoric: variances.mean(0), epistemic: means.sub(mean).square().mean(0) };
}

/**
 * The predictive entropy of a classification, split into what the draws agree to be noise and what they disagree about.
 *
 *     H(p̄) = E H(p) + E KL(p ‖ p̄)        p̄ = E p, over the draws
 *
 * @param logits  [S, ..., C]; −∞ for a class that cannot be
 * @returns       probabilities [..., C], and each part [...] in nats
 * @throws        when the logits have no axis of draws or none of classes
 *
 * Depeweg et al. 2018, eq. 1. The second part is the mutual information of the label and the weights (BALD, Houlsby et al. 2011).
 */
export function decomposeEntropy(logits: tf.Tensor): Predictive {
  if (logits.rank < 2) throw shapeError('decomposeEntropy takes logits [S, ..., C], draws first and classes last', { logits });
  const logP = logits.logSoftmax(-1);
  const p = logP.exp();
  const largest = logP.max(0).maximum(-1e30); // above −∞, of which the difference is NaN
  const logMean = logP.sub(largest).exp().mean(0).log().add(largest);
  const expected = (t: tf.Tensor) =>
    p
      .mul(tf.where(p.greater(0), t, tf.zerosLike(t)))
      .sum(-1)
      .mean(0); // 0 log 0 = 0
  return { mean: logMean.exp(), aleatoric: expected(logP).neg(), epistemic: expected(logP.sub(logMean)) };
}
