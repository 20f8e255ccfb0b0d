import type * as tf from '@tensorflow/tfjs';
import { fold, type HostArray, type Key } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import { dropout, dropoutMask, relu } from '../../nn/index.js';
import { type MlpParams, mlp } from '../mlp.js';

/** The draw of a pass. */
export interface DropoutNetOptions {
  /** One for each hidden layer, [..., D] for its D units, from `dropoutNetMasks`. */
  readonly masks: readonly tf.Tensor[];
}

/**
 * A multilayer perceptron with dropout before each layer but the first, also when it predicts: each mask is a draw of the model.
 *
 *     means = dropoutNet(params, perDraw(x, S), { masks })        decomposeVariance(means, …)
 *
 * @param params  of `initMlp`
 * @param x       [..., F]
 * @returns       [..., K]
 * @throws        when there is not one mask for each hidden layer
 *
 * Gal & Ghahramani 2016. They also drop inputs; with a handful of features that would drop the question.
 */
export function dropoutNet(params: MlpParams, x: tf.Tensor, options: DropoutNetOptions): tf.Tensor {
  checkOptions('dropoutNet', options, ['masks']);
  const { masks } = options;
  const hidden = params.layers.length - 1;
  if (masks.length !== hidden)
    throw new Error(`dropoutNet: there are ${hidden} hidden layers, got ${masks.length} masks; draw them with dropoutNetMasks`);
  return mlp(params, x, { activation: (h, layer) => dropout(relu(h), { mask: masks[layer] }) });
}

/**
 * The masks of one pass through `dropoutNet`.
 *
 * @param keep    as of `dropoutMask`
 * @param widths  those of the network's layers
 * @param rows    axes of x before its last: [B], or [S, B] for S draws, or [S, 1] for S whole functions
 * @returns       a mask [..., D] for each hidden layer
 */
export const dropoutNetMasks = (key: Key, keep: number, widths: readonly number[], rows: readonly number[]): HostArray<Float32Array>[] =>
  widths.slice(1, -1).map((D, i) => dropoutMask(fold(key, i), keep, [...rows, D]));

/**
 * The precision τ of the noise that weight decay λ implies: the predictive variance is 1/τ plus the variance of the draws.
 *
 *     τ = keep ℓ² / (2 N λ)
 *
 * @param lengthScale  ℓ of the prior: how far x moves before the function is expected to change
 * @param rows         N that the model was trained on
 * @param weightDecay  λ of a loss mean ½ (ŷ − y)² + λ Σ ‖W‖²
 * @returns            τ, one over a variance: in 1 over the square of y's unit
 *
 * Gal & Ghahramani 2016, eq. 7.
 */
export const dropoutPrecision = (keep: number, lengthScale: number, rows: number, weightDecay: number): number =>
  (keep * lengthScale ** 2) / (2 * rows * weightDecay);
