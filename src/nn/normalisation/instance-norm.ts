import type * as tf from '@tensorflow/tfjs';
import { checkOptions } from '../../base/internal.js';
import { centred } from './centred.js';
import type { NormOptions } from './layer-norm.js';

/** A series' own level and scale, taken off before a model and put back on its forecasts. */
export interface Instance {
  /** [B, 1, F] */
  readonly mean: tf.Tensor;
  /** [B, 1, F] */
  readonly deviation: tf.Tensor;
}

/**
 * Reversible instance normalisation: each window is seen in units of itself, so that a model need not know a series' level.
 *
 *     x̂ = (x − μ) / √(σ² + ε)        ŷ = f(x̂) √(σ² + ε) + μ        μ, σ² over T
 *
 * @param x        [B, T, F]
 * @param options  ε is 1e-5 when left out
 * @returns        x̂ [B, T, F], and the instance for `denormalise`; differentiable any number of times
 *
 * Kim et al. 2022, eq. 1–4, without its gain and shift, as Nie et al. 2023 use it.
 */
export function normaliseInstance(x: tf.Tensor, options: NormOptions = {}): { normalised: tf.Tensor; instance: Instance } {
  checkOptions('normaliseInstance', options, ['epsilon']);
  const { epsilon = 1e-5 } = options;
  const { mean, deviations } = centred(x, 1);
  const deviation = deviations.square().mean(1, true).add(epsilon).sqrt();
  return { normalised: deviations.div(deviation), instance: { mean, deviation } };
}

/** Forecasts [B, K, F] in the units of the series that they continue. */
export const denormalise = (y: tf.Tensor, { mean, deviation }: Instance): tf.Tensor => y.mul(deviation).add(mean);
