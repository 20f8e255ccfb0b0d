import type { Key } from '../../base/index.js';
import { type Paths, recur, requireScale } from './paths.js';

/**
 * First-order autoregression:
 *
 *     x_t − μ = φ (x_{t−1} − μ) + σ ε_t        ε_t ~ N(0, 1)
 *
 * It starts at `start`, or where that is left out in its stationary law N(μ, σ² / (1 − φ²)), which needs |φ| < 1.
 *
 * @returns [paths, steps]
 * @throws  on a negative σ, a non-positive count, and when |φ| ≥ 1 has no `start`
 *
 * Hamilton 1994, §3.4.
 */
export function ar1(k: Key, options: { phi: number; sigma: number; mean?: number; start?: number; steps: number; paths?: number }): Paths {
  const { phi, sigma, mean = 0, start, steps, paths = 1 } = options;
  requireScale('ar1', sigma);
  if (start === undefined && !(Math.abs(phi) < 1))
    throw new Error(`ar1: phi ${phi} has no stationary law to start in; give a start, or choose phi between −1 and 1`);
  const spread = start === undefined ? sigma / Math.sqrt(1 - phi * phi) : 0;
  return recur(
    'ar1',
    k,
    paths,
    steps,
    (z) => (start ?? mean) + spread * z,
    (x, z) => mean + phi * (x - mean) + sigma * z,
  );
}

/**
 * Random walk with drift: x_t = x_{t−1} + drift + σ ε_t, so Var x_t = t σ².
 *
 * @returns [paths, steps], starting at `start` (0)
 * @throws  on a negative σ or a non-positive count
 */
export function randomWalk(k: Key, options: { sigma: number; drift?: number; start?: number; steps: number; paths?: number }): Paths {
  const { sigma, drift = 0, start = 0, steps, paths = 1 } = options;
  requireScale('randomWalk', sigma);
  return recur(
    'randomWalk',
    k,
    paths,
    steps,
    () => start,
    (x, z) => x + drift + sigma * z,
  );
}

/**
 * Geometric Brownian motion at its exact transition, without discretisation error:
 *
 *     S_{t+Δ} = S_t exp( (μ − σ²/2) Δ + σ √Δ ε_t )        so E S_t = S_0 e^{μ t}
 *
 * Units: μ and σ per year, `0.2` is 20 %; Δ in years, one trading day (1/252) unless told.
 *
 * @returns [paths, steps] prices, starting at `start` (100)
 * @throws  on a negative σ, a start or Δ that is not positive, and a non-positive count
 *
 * Glasserman 2003, §3.2.
 */
export function gbm(k: Key, options: { mu: number; sigma: number; start?: number; dt?: number; steps: number; paths?: number }): Paths {
  const { mu, sigma, start = 100, dt = 1 / 252, steps, paths = 1 } = options;
  requireScale('gbm', sigma);
  if (!(start > 0 && dt > 0)) throw new Error(`gbm: start and dt must be positive, got ${start} and ${dt}; a price of zero stays there`);
  const drift = (mu - (sigma * sigma) / 2) * dt;
  const spread = sigma * Math.sqrt(dt);
  return recur(
    'gbm',
    k,
    paths,
    steps,
    () => start,
    (price, z) => price * Math.exp(drift + spread * z),
  );
}
