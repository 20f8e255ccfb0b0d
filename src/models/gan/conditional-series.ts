import * as tf from '@tensorflow/tfjs';
import { shapeError } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import type { TcnConfig, TcnParams } from '../forecast/tcn.js';
import { seriesGenerator } from './series-gan.js';

/** What a conditional generator is told of its noise. */
export interface ConditionalSeriesOptions extends Pick<TcnConfig, 'dilations'> {
  /** C: the last columns of the noise are the condition, and so are the last of what is made. */
  readonly conditions: number;
}

/**
 * Series out of noise and a condition, for a critic that sees both: what is made carries its condition along.
 *
 *     xₜ = (f((z, c)ₜ₋ᵣ₊₁, …, (z, c)ₜ), cₜ)        R = receptiveField(kernel, dilations)
 *
 * @param params  from `initTcn`, with Z + C inputs and F outputs
 * @param noise   (z, c) [B, R − 1 + T, Z + C]; c of the same rows as the real series of the critic's batch, so that its mixtures have one condition
 * @returns       [B, T, F + C]
 * @throws        as `seriesGenerator`, and when the noise has no more columns than conditions
 *
 * Mirza & Osindero 2014, with the generator of Wiese et al. 2020.
 */
export function conditionalSeriesGenerator(params: TcnParams, noise: tf.Tensor, options: ConditionalSeriesOptions): tf.Tensor {
  checkOptions('conditionalSeriesGenerator', options, ['dilations', 'conditions']);
  const { dilations, conditions: C } = options;
  const columns = noise.shape[2] ?? 0;
  if (!(Number.isInteger(C) && C >= 1 && C < columns))
    throw shapeError(`conditionalSeriesGenerator takes noise [B, T, Z + C] whose last C = ${C} columns are the condition`, { noise });
  const series = seriesGenerator(params, noise, { dilations });
  const before = noise.shape[1]! - series.shape[1]!;
  return tf.concat([series, noise.slice([0, before, columns - C], [-1, -1, -1])], 2);
}
