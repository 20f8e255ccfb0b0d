import * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, shapeError, split } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import { linear } from '../../nn/index.js';
import { uniformWithin } from '../../nn/internal.js';
import { movingAverage } from '../../stats/internal.js';
import { alongTime, type LinearForecastConfig } from './nlinear.js';

/** Weights: seasonal and trend [T, K], b [K]. */
export interface DLinearParams<T = tf.Tensor> {
  readonly seasonal: T;
  readonly trend: T;
  readonly b: T;
}

/** Uniform on ±1/√T, PyTorch's default. */
export function initDLinear(key: Key, config: LinearForecastConfig): DLinearParams<HostArray<Float32Array>> {
  checkOptions('initDLinear', config, ['lookback', 'horizons']);
  const { lookback, horizons } = config;
  const [forSeasonal, forTrend, forB] = split(key, 3);
  const weights = (k: Key, shape: number[]) => uniformWithin(1 / Math.sqrt(lookback), k, shape);
  return {
    seasonal: weights(forSeasonal, [lookback, horizons]),
    trend: weights(forTrend, [lookback, horizons]),
    b: weights(forB, [horizons]),
  };
}

/** How the trend is taken. */
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
 * and there is one shift where it adds two. `dLinearRidge` of `lemmata/stats` has the weights in closed form.
 */
export function dLinear({ seasonal, trend, b }: DLinearParams, x: tf.Tensor, options: DLinearOptions = {}): tf.Tensor {
  checkOptions('dLinear', options, ['kernel']);
  const { kernel = 25 } = options;
  const T = seasonal.shape[0];
  if (x.rank !== 3 || x.shape[1] !== T || trend.shape[0] !== T)
    throw shapeError(`dLinear takes windows [B, ${T}, F]`, { x, seasonal, trend });
  const average = movingAverage('dLinear', T, kernel);
  const M = tf.tensor2d(Float32Array.from(average.data), [T, T]);
  return alongTime((series) => {
    const m = series.reshape([-1, T]).matMul(M, false, true).reshape(series.shape);
    return linear({ w: tf.concat([seasonal, trend], 0), b }, tf.concat([series.sub(m), m], -1));
  }, x);
}
