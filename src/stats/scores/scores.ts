import { mean } from '../../linalg/index.js';
import type { Interval } from '../distributions/distributions.js';
import { blockLength } from '../inference/block-length.js';
import { type BootstrapOptions, type Bootstrapped, bootstrap } from '../inference/bootstrap.js';
import { checkBinary } from '../regression/design.js';
import { checkProbabilities, comparable } from './comparable.js';
import { proportionInterval } from './coverage.js';

/**
 * Out-of-sample R²: by how much a forecast's squared errors are below a benchmark's. Negative when the benchmark wins.
 *
 *     R²_OS = 1 − Σ(yₜ − fₜ)² / Σ(yₜ − bₜ)²
 *
 * @param y          [n] what happened; `benchmark` and `forecast` [n], both made before it did
 * @throws           when the lengths differ, there is no row, a value is not finite, or the benchmark has no error to compare with
 *
 * Campbell & Thompson 2008, eq. 1. A monthly 0.01 (1 %) would already be worth money.
 */
export function outOfSampleRSquared(y: ArrayLike<number>, forecast: ArrayLike<number>, benchmark: ArrayLike<number>): number {
  comparable('outOfSampleRSquared', { y, forecast });
  comparable('outOfSampleRSquared', { y, benchmark });
  let [ours, theirs] = [0, 0];
  for (let t = 0; t < y.length; t++) {
    ours += (y[t] - forecast[t]) ** 2;
    theirs += (y[t] - benchmark[t]) ** 2;
  }
  if (!(theirs > 0))
    throw new Error('outOfSampleRSquared: the benchmark has no error, so nothing can be compared with it; is it the outcome itself?');
  return 1 - ours / theirs;
}

/**
 * Out-of-sample R² with its bootstrap error and interval: errors are resampled in blocks, forecasts and benchmark together.
 *
 * @param block  mean length; left out, `blockLength` of the difference of squared errors
 * @throws       as `outOfSampleRSquared` and `bootstrap`
 */
export function outOfSampleRSquaredInterval(
  y: ArrayLike<number>,
  { forecast, benchmark }: { readonly forecast: ArrayLike<number>; readonly benchmark: ArrayLike<number> },
  options: Omit<BootstrapOptions, 'block'> & { readonly block?: number },
): Bootstrapped {
  outOfSampleRSquared(y, forecast, benchmark); // checks
  const ours = new Float64Array(y).map((value, t) => (value - forecast[t]) ** 2);
  const theirs = new Float64Array(y).map((value, t) => (value - benchmark[t]) ** 2);
  const block = options.block ?? blockLength(theirs.map((value, t) => value - ours[t])).stationary;
  const over = (errors: Float64Array, rows: Int32Array) => rows.reduce((total, t) => total + errors[t], 0);
  return bootstrap((rows) => 1 - over(ours, rows) / over(theirs, rows), y.length, { ...options, block });
}

/**
 * −log of the probability given to what happened, for each row, in nats; Infinity where that was 0.
 *
 * @param labels         [n] of 0 and 1
 * @param probabilities  [n] of a 1
 * @returns              [n]
 * @throws               when the lengths differ, a label is not 0 or 1, or a probability not in [0, 1]
 *
 * Good 1952. Two forecasts are compared by `hacMean` of the difference.
 */
export function logScores(labels: ArrayLike<number>, probabilities: ArrayLike<number>): Float64Array {
  comparable('logScore', { labels, probabilities });
  checkBinary('logScore', labels);
  checkProbabilities('logScore', probabilities);
  return Float64Array.from(labels, (label, i) => (label ? -Math.log(probabilities[i]) : -Math.log1p(-probabilities[i])));
}

/** The mean of `logScores`; lower is better, a fair coin has log 2 = 0.693. Throws as it does. */
export const logScore = (labels: ArrayLike<number>, probabilities: ArrayLike<number>): number => mean(logScores(labels, probabilities));

/** A group of forecasts and what came of them; low to high is the 95 % interval of the chance, by Wilson's score. */
export interface CalibrationBin extends Interval {
  /** Rows in the group. */
  readonly count: number;
  /** Mean probability that was forecast. */
  readonly forecast: number;
  /** Share of ones that came. */
  readonly frequency: number;
  /** √(frequency (1 − frequency) / count): 0 where all rows came alike, which only the interval tells. */
  readonly standardError: number;
}

/**
 * Forecasts in `bins` groups as nearly of one size as ties allow, from the lowest to the highest: on a calibrated forecast, frequency
 * follows forecast. Rows of the same forecast are in the same group, that of their middle rank, so there can be fewer groups than bins.
 *
 *     low, high = (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n)        p the frequency of n rows, z = 1.96; 0 of 3: 0 to 0.56
 *
 * @throws when the lengths differ, a label is not 0 or 1, a probability not in [0, 1], or there are fewer rows than bins
 *
 * Wilson 1927.
 */
export function calibration(labels: ArrayLike<number>, probabilities: ArrayLike<number>, bins = 10): CalibrationBin[] {
  comparable('calibration', { labels, probabilities });
  checkBinary('calibration', labels);
  checkProbabilities('calibration', probabilities);
  const n = labels.length;
  if (!(Number.isInteger(bins) && bins >= 1 && bins <= n)) throw new Error(`calibration: ${n} rows cannot fill ${bins} bins; use fewer`);
  const order = Array.from(labels, (_, i) => i).sort((a, b) => probabilities[a] - probabilities[b]);
  const groups = Array.from({ length: bins }, (): number[] => []);
  for (let start = 0, end = 0; start < n; start = end) {
    while (end < n && probabilities[order[end]] === probabilities[order[start]]) end++;
    const group = groups[Math.floor((bins * (start + end - 1)) / (2 * n))];
    for (let k = start; k < end; k++) group.push(order[k]);
  }
  return groups
    .filter((group) => group.length > 0)
    .map((group) => {
      const average = (v: ArrayLike<number>) => mean(group.map((i) => v[i]));
      const frequency = average(labels);
      const standardError = Math.sqrt((frequency * (1 - frequency)) / group.length);
      return {
        count: group.length,
        forecast: average(probabilities),
        frequency,
        standardError,
        ...proportionInterval(Math.round(frequency * group.length), group.length),
      };
    });
}
