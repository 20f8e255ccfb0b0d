import type { HostArray } from '../../base/index.js';
import type { Matrix } from '../../linalg/index.js';
import { type MultivariateRidge, multivariateRidge } from '../regression/multivariate-ridge.js';
import type { Windows } from '../windows.js';

/** A linear forecaster in closed form: its weights `params`, as the network of its name takes them, and how they were found. */
export interface RidgeForecast<P> extends Pick<MultivariateRidge, 'lambda' | 'gcv'> {
  /** The weights, in float32. */
  readonly params: P;
}

/** Weights of `nLinear` of `lemmata/models`: w [T, K], b [K]. */
export interface NLinearWeights {
  readonly w: HostArray<Float32Array>;
  readonly b: HostArray<Float32Array>;
}

/** How the weights are penalised. */
export interface NLinearRidgeOptions {
  /** λ ≥ 0; chosen by generalised cross-validation when left out. */
  readonly lambda?: number;
}

/**
 * The forecast of `nLinear` in closed form: ridge regression of y − x_T on x − x_T, in double precision.
 *
 *     y = (x − x_T) w + b + x_T        w = argmin Σ e² + λ ‖w‖²
 *
 * @param windows  x [n, T] and y [n, K], of `windows`
 * @throws         as `multivariateRidge`
 *
 * Zeng et al. 2023, section 4, NLinear, solved as in Hoerl & Kennard 1970.
 */
export function nLinearRidge({ x, y }: Windows, options: NLinearRidgeOptions = {}): RidgeForecast<NLinearWeights> {
  const last = (row: number) => x.data[(row + 1) * x.cols - 1];
  const fromLast = (m: Matrix) => ({ ...m, data: m.data.map((value, at) => value - last(Math.floor(at / m.cols))) });
  const { coefficients, intercepts, lambda, gcv } = multivariateRidge(fromLast(x), fromLast(y), options);
  return { params: { w: weights(coefficients.data, [x.cols, y.cols]), b: weights(intercepts, [y.cols]) }, lambda, gcv };
}

export const weights = (data: Float64Array, shape: number[]): HostArray<Float32Array> => ({ data: Float32Array.from(data), shape });
