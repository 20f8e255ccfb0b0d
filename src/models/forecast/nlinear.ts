import type * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, shapeError } from '../../base/index.js';
import { initLinear, type LinearParams, linear } from '../../nn/index.js';

/** How far a linear map looks back and ahead. */
export interface LinearForecastConfig {
  /** T, steps of the window. */
  readonly lookback: number;
  /** K, steps to forecast. */
  readonly horizons: number;
}

/** w [T, K] and b [K], uniform on ±1/√T, PyTorch's default. */
export const initNLinear = (key: Key, { lookback, horizons }: LinearForecastConfig): LinearParams<HostArray<Float32Array>> =>
  initLinear(key, { inputs: lookback, outputs: horizons });

/**
 * A linear forecast of the way from the last value, one map for all series.
 *
 *     y = (x − x_T) w + b + x_T        for each series
 *
 * @param params  w [T, K] and b [K]
 * @param x       [B, T, F], windows of F series
 * @returns       [B, K, F]
 * @throws        when w does not have a row for each step of the window
 *
 * Zeng et al. 2023, section 4, NLinear; it does not mind a change of level. `nLinearRidge` of `lemmata/stats` has
 * the weights in closed form.
 */
export function nLinear(params: LinearParams, x: tf.Tensor): tf.Tensor {
  if (x.rank !== 3 || x.shape[1] !== params.w.shape[0])
    throw shapeError(`nLinear takes windows [B, ${params.w.shape[0]}, F]`, { x, w: params.w });
  const last = x.slice([0, x.shape[1]! - 1, 0], [-1, 1, -1]); // [B, 1, F]
  return alongTime((series) => linear(params, series), x.sub(last)).add(last);
}

/** A map of the steps of each series: [B, T, F] → [B, K, F]. */
export const alongTime = (map: (series: tf.Tensor) => tf.Tensor, x: tf.Tensor): tf.Tensor =>
  map(x.transpose([0, 2, 1])).transpose([0, 2, 1]);
