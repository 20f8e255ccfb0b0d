import { sum } from '../../linalg/index.js';
import { autocovariances, checkSeries } from './series.js';

/** Block lengths with the least mean squared error of the bootstrap's variance of a mean. */
export interface BlockLength {
  /** Mean length for `stationaryBootstrap`. */
  readonly stationary: number;
  /** Length for blocks of one length; round it up. */
  readonly fixed: number;
}

/**
 * The block length rule of Politis and White: longer where autocorrelation lasts longer, growing as n^(1/3).
 *
 *     stationary (2 G²/D_s)^⅓ n^⅓,  fixed (2 G²/(4/3 g(0)²))^⅓ n^⅓        G = Σ λ(k/M) |k| γₖ,   g(0) = Σ λ(k/M) γₖ,   D_s = 2 g(0)²
 *
 * M is twice the first of max(5, ⌊log₁₀ n⌋) lags in a row whose autocorrelations are within ±2 √(log₁₀ n/n); λ is 1 up to ½ and falls to
 * 0 at 1. At most min(3√n, n/3), at least 1.
 *
 * @param series  [n] whose mean the sample is to speak of: gains, scores
 * @throws        when there are fewer than 8 values, one is not finite, or the series does not vary
 *
 * Politis & White 2004, with the correction of Patton, Politis & White 2009; M as in their published code.
 */
export function blockLength(series: ArrayLike<number>): BlockLength {
  checkSeries('blockLength', series);
  const n = series.length;
  if (n < 8) throw new Error(`blockLength: needs at least 8 values, got ${n}; load more history`);
  const run = Math.max(5, Math.floor(Math.log10(n)));
  const furthest = Math.min(Math.ceil(Math.sqrt(n)) + run, n - 1);
  const gamma = autocovariances(series, furthest);
  const band = 2 * Math.sqrt(Math.log10(n) / n);
  const quiet = (lag: number) => Math.abs(gamma[lag] / gamma[0]) < band;
  const starts = Array.from({ length: Math.max(0, furthest - run) }, (_, i) => i + 1);
  const first = starts.find((lag) => Array.from({ length: run }, (_, i) => lag + i).every(quiet));
  const M = first === undefined ? furthest : Math.min(2 * first, furthest);
  const weight = (lag: number) => Math.min(1, 2 * (1 - lag / M));
  const lags = Array.from({ length: M }, (_, i) => i + 1);
  const G = 2 * sum(lags.map((lag) => weight(lag) * lag * gamma[lag]));
  const spectrum = gamma[0] + 2 * sum(lags.map((lag) => weight(lag) * gamma[lag]));
  const longest = Math.ceil(Math.min(3 * Math.sqrt(n), n / 3));
  const length = (D: number) => Math.min(Math.max(((2 * G * G) / D) ** (1 / 3) * n ** (1 / 3), 1), longest);
  return { stationary: length(2 * spectrum ** 2), fixed: length((4 / 3) * spectrum ** 2) };
}
