import type { HostArray } from '../../base/index.js';
import { type Matrix, matMul, transposeVec } from '../../linalg/index.js';
import { zeroMatrix } from '../../linalg/internal.js';
import { solve } from '../regression/multivariate-ridge.js';
import { reduce } from '../regression/ridge-basis.js';
import type { Windows } from '../windows.js';
import { type RidgeForecast, weights } from './nlinear-ridge.js';

/** Weights of `dLinear` of `lemmata/models`: seasonal and trend [T, K], b [K]. */
export interface DLinearWeights {
  readonly seasonal: HostArray<Float32Array>;
  readonly trend: HostArray<Float32Array>;
  readonly b: HostArray<Float32Array>;
}

/** How the trend is taken, and how the weights are penalised. */
export interface DLinearRidgeOptions {
  /** λ ≥ 0; chosen by generalised cross-validation when left out. */
  readonly lambda?: number;
  /** Steps of the moving average that is the trend, odd: 25 when left out. */
  readonly kernel?: number;
}

/**
 * The forecast of `dLinear` in closed form: ridge regression on the seasonal part and the trend side by side, in double precision.
 *
 *     y = (x − m) w₁ + m w₂ + b        m = M x, the moving average        w = argmin Σ e² + λ (‖w₁‖² + ‖w₂‖²)
 *
 * @param windows  x [n, T] and y [n, K], of `windows`
 * @throws         as `multivariateRidge`, and when the kernel is even
 *
 * Zeng et al. 2023, section 4, DLinear, solved as in Hoerl & Kennard 1970.
 */
export function dLinearRidge({ x, y }: Windows, { lambda, kernel = 25 }: DLinearRidgeOptions = {}): RidgeForecast<DLinearWeights> {
  const [T, K] = [x.cols, y.cols];
  const average = movingAverage('dLinearRidge', T, kernel);
  const parts = zeroMatrix(T, 2 * T); // x [I − Mᵀ, Mᵀ] is the seasonal part and the trend
  for (let i = 0; i < T; i++)
    for (let t = 0; t < T; t++) {
      const m = average.data[t * T + i];
      parts.data[2 * i * T + t] = (i === t ? 1 : 0) - m;
      parts.data[2 * i * T + T + t] = m;
    }
  const windows = reduce('dLinearRidge', x, y);
  const fit = solve({ ...windows, x: matMul(windows.x, parts), xMeans: transposeVec(parts, windows.xMeans) }, lambda);
  const half = (from: number) => weights(fit.coefficients.data.slice(from * K, (from + T) * K), [T, K]);
  return { params: { seasonal: half(0), trend: half(T), b: weights(fit.intercepts, [K]) }, lambda: fit.lambda, gcv: fit.gcv };
}

/**
 * M [T, T]: row t averages the `kernel` steps around t, with the ends repeated.
 *
 * @throws  when the kernel is even
 */
export function movingAverage(who: string, T: number, kernel: number): Matrix {
  if (!Number.isInteger(kernel) || kernel < 1 || kernel % 2 === 0)
    throw new Error(`${who}: the kernel must be odd, so that the average has a middle: got ${kernel}`);
  const M = zeroMatrix(T, T);
  const reach = (kernel - 1) / 2;
  for (let t = 0; t < T; t++) for (let d = -reach; d <= reach; d++) M.data[t * T + Math.min(Math.max(t + d, 0), T - 1)] += 1 / kernel;
  return M;
}
