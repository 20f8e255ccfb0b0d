import type * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, shapeError } from '../../base/index.js';
import type { Matrix } from '../../linalg/index.js';
import { initLinear, type LinearParams, linear } from '../../nn/index.js';
import { type MultivariateRidge, multivariateRidge, type Windows } from '../../stats/index.js';

export interface LinearForecastConfig {
  /** T, steps of the window. */
  readonly lookback: number;
  /** K, steps to forecast. */
  readonly horizons: number;
}

/** A forecaster in closed form: its weights as `init…` would make them, and how they were found. */
export interface RidgeForecast<P> extends Pick<MultivariateRidge, 'lambda' | 'gcv'> {
  readonly params: P;
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
 * Zeng et al. 2023, section 4, NLinear; it does not mind a change of level.
 */
export function nLinear(params: LinearParams, x: tf.Tensor): tf.Tensor {
  if (x.rank !== 3 || x.shape[1] !== params.w.shape[0])
    throw shapeError(`nLinear takes windows [B, ${params.w.shape[0]}, F]`, { x, w: params.w });
  const last = x.slice([0, x.shape[1]! - 1, 0], [-1, 1, -1]); // [B, 1, F]
  return alongTime((series) => linear(params, series), x.sub(last)).add(last);
}

/**
 * The same forecast in closed form: ridge regression of y − x_T on x − x_T, in double precision.
 *
 * @param lambda  chosen by generalised cross-validation when left out
 * @throws        as `multivariateRidge`
 */
export function nLinearRidge(
  { x, y }: Windows,
  options: { readonly lambda?: number } = {},
): RidgeForecast<LinearParams<HostArray<Float32Array>>> {
  const last = (row: number) => x.data[(row + 1) * x.cols - 1];
  const fromLast = (m: Matrix) => ({ ...m, data: m.data.map((value, at) => value - last(Math.floor(at / m.cols))) });
  const { coefficients, intercepts, lambda, gcv } = multivariateRidge(fromLast(x), fromLast(y), options);
  return { params: { w: array(coefficients.data, [x.cols, y.cols]), b: array(intercepts, [y.cols]) }, lambda, gcv };
}

/** A map of the steps of each series: [B, T, F] → [B, K, F]. */
export const alongTime = (map: (series: tf.Tensor) => tf.Tensor, x: tf.Tensor): tf.Tensor =>
  map(x.transpose([0, 2, 1])).transpose([0, 2, 1]);

export const array = (data: Float64Array, shape: number[]): HostArray<Float32Array> => ({ data: Float32Array.from(data), shape });
