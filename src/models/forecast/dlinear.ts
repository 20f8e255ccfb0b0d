import * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, shapeError, split } from '../../base/index.js';
import { type Matrix, matMul, transposeVec } from '../../linalg/index.js';
import { zeroMatrix } from '../../linalg/internal.js';
import { linear } from '../../nn/index.js';
import { uniformWithin } from '../../nn/internal.js';
import type { Windows } from '../../stats/index.js';
import { reduce, solve } from '../../stats/internal.js';
import { alongTime, array, type LinearForecastConfig, type RidgeForecast } from './nlinear.js';

/** Weights: seasonal and trend [T, K], b [K]. */
export interface DLinearParams<T = tf.Tensor> {
  readonly seasonal: T;
  readonly trend: T;
  readonly b: T;
}

/** Uniform on ±1/√T, PyTorch's default. */
export function initDLinear(key: Key, { lookback, horizons }: LinearForecastConfig): DLinearParams<HostArray<Float32Array>> {
  const [forSeasonal, forTrend, forB] = split(key, 3);
  const weights = (k: Key, shape: number[]) => uniformWithin(1 / Math.sqrt(lookback), k, shape);
  return {
    seasonal: weights(forSeasonal, [lookback, horizons]),
    trend: weights(forTrend, [lookback, horizons]),
    b: weights(forB, [horizons]),
  };
}

export interface DLinearOptions {
  /** Steps of the average, odd: 25, as in the paper, when left out. */
  readonly kernel?: number;
}

/**
 * A linear forecast from a trend and what is left of the series without it, one map for all series.
 *
 *     m = M x        y = (x − m) w₁ + m w₂ + b        for each series; M the moving average over `kernel` steps
 *
 * @param params  seasonal and trend [T, K], b [K]
 * @param x       [B, T, F], windows of F series
 * @returns       [B, K, F]
 * @throws        when the weights do not have a row for each step of the window, or the kernel is even
 *
 * Zeng et al. 2023, section 4, DLinear. The average repeats the first and the last value beyond the ends, as the authors' code does,
 * and there is one shift where it adds two.
 */
export function dLinear({ seasonal, trend, b }: DLinearParams, x: tf.Tensor, { kernel = 25 }: DLinearOptions = {}): tf.Tensor {
  const T = seasonal.shape[0];
  if (x.rank !== 3 || x.shape[1] !== T || trend.shape[0] !== T)
    throw shapeError(`dLinear takes windows [B, ${T}, F]`, { x, seasonal, trend });
  const average = movingAverage(T, kernel);
  const M = tf.tensor2d(Float32Array.from(average.data), [T, T]);
  return alongTime((series) => {
    const m = series.reshape([-1, T]).matMul(M, false, true).reshape(series.shape);
    return linear({ w: tf.concat([seasonal, trend], 0), b }, tf.concat([series.sub(m), m], -1));
  }, x);
}

/**
 * The same forecast in closed form: ridge regression on the seasonal part and the trend side by side, in double precision.
 *
 * @param lambda  chosen by generalised cross-validation when left out
 * @throws        as `multivariateRidge`, and when the kernel is even
 */
export function dLinearRidge(
  { x, y }: Windows,
  { lambda, kernel = 25 }: { readonly lambda?: number } & DLinearOptions = {},
): RidgeForecast<DLinearParams<HostArray<Float32Array>>> {
  const [T, K] = [x.cols, y.cols];
  const average = movingAverage(T, kernel);
  const parts = zeroMatrix(T, 2 * T); // x [I − Mᵀ, Mᵀ] is the seasonal part and the trend
  for (let i = 0; i < T; i++)
    for (let t = 0; t < T; t++) {
      const m = average.data[t * T + i];
      parts.data[2 * i * T + t] = (i === t ? 1 : 0) - m;
      parts.data[2 * i * T + T + t] = m;
    }
  const windows = reduce('dLinearRidge', x, y);
  const fit = solve({ ...windows, x: matMul(windows.x, parts), xMeans: transposeVec(parts, windows.xMeans) }, lambda);
  const half = (from: number) => array(fit.coefficients.data.slice(from * K, (from + T) * K), [T, K]);
  return { params: { seasonal: half(0), trend: half(T), b: array(fit.intercepts, [K]) }, lambda: fit.lambda, gcv: fit.gcv };
}

/** M [T, T]: row t averages the `kernel` steps around t, with the ends repeated. */
function movingAverage(T: number, kernel: number): Matrix {
  if (!Number.isInteger(kernel) || kernel < 1 || kernel % 2 === 0)
    throw new Error(`dLinear: the kernel must be odd, so that the average has a middle: got ${kernel}`);
  const M = zeroMatrix(T, T);
  const reach = (kernel - 1) / 2;
  for (let t = 0; t < T; t++) for (let d = -reach; d <= reach; d++) M.data[t * T + Math.min(Math.max(t + d, 0), T - 1)] += 1 / kernel;
  return M;
}
