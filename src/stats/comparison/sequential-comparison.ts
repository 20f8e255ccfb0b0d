import { checkNumber, checkOptions, checkWhole } from '../../base/internal.js';
import { checkSize } from '../../linalg/internal.js';
import type { Interval } from '../distributions/distributions.js';

/** What is known of the mean of differences after so many of them, whoever looked before and decided to go on. */
export interface SequentialLook {
  /** t, differences so far */
  readonly count: number;
  readonly mean: number;
  /** holds the mean at all looks together with the probability `level` */
  readonly interval: Interval;
  /** the least level of error at which any look so far has refused a mean of 0 */
  readonly pValue: number;
}

/** How a running comparison is tuned. */
export interface SequentialOptions {
  /** n*, differences at which the interval is to be shortest, told before the first: about as many as are expected */
  readonly tunedFor: number;
  /** of all intervals together: 0.95 */
  readonly level?: number;
  /** differences before the first look, so that their spread is known: 30, and no fewer than 20 */
  readonly from?: number;
}

/**
 * Compares two ways of doing something pair by pair, and may be read, and stopped, after any pair.
 *
 *     M_t = (1 + tρ²)^(−½) exp( ρ² S_t² / (2 (1 + tρ²) σ̂_t²) )      p_t = 1 / max_{s ≤ t} M_s
 *     d̄_t ± σ̂_t √( 2 (tρ² + 1)/(t²ρ²) · ln( √(tρ² + 1)/α ) )
 *
 * with S_t the sum of t differences, α = 1 − level and ρ² = (−2 ln α + ln(1 − 2 ln α))/n*. M averages the likelihood ratio over means that are normal around 0;
 * where the true mean is 0 it is a martingale that begins at 1, and ever exceeds 1/α with probability α at most (Ville). A t test that is looked at after
 * each of 1,000 pairs until it is significant refuses a true 0 in more than half of all cases.
 *
 *     const looks = sequentialComparison(slippageTwap.map((x, i) => x - slippageAgent[i]), { tunedFor: 500 });
 *     looks.at(-1)?.pValue;                                          // valid whenever one stops
 *
 * @param differences  [n] of pairs that do not depend on those before, in the order in which they came
 * @returns            a look after each pair from `from` on; none when there are fewer
 * @throws             when a difference is not finite, or an option is out of range
 *
 * Robbins 1970; Johari, Koomen, Pekelis & Walsh 2022 for p; Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas 2024 for an estimated spread: the
 * guarantee is then that of large t, which `from` sees to, unless most differences are the same: it wants some tens that are not. While all are
 * equal, nothing is known: the interval is everything.
 */
export function sequentialComparison(differences: ArrayLike<number>, options: SequentialOptions): SequentialLook[] {
  checkOptions('sequentialComparison', options ?? null, ['tunedFor', 'level', 'from']);
  const { tunedFor, level = 0.95, from = 30 } = options;
  checkWhole('sequentialComparison', 'tunedFor', tunedFor);
  checkNumber('sequentialComparison', 'level', level, { above: 0, below: 1 });
  checkWhole('sequentialComparison', 'from', from, { from: 20 });
  const fault = Array.prototype.findIndex.call(differences, (x: number) => !Number.isFinite(x));
  if (fault >= 0)
    throw new Error(
      `sequentialComparison: difference ${fault} is ${differences[fault]}; leave the pair out, whichever of the two is missing`,
    );
  checkSize(
    'sequentialComparison',
    'differences',
    Float64Array.from(differences).reduce((most, x) => Math.max(most, Math.abs(x)), 0),
  );
  const alpha = 1 - level;
  const tuning = (-2 * Math.log(alpha) + Math.log(1 - 2 * Math.log(alpha))) / tunedFor; // ρ²
  const looks: SequentialLook[] = [];
  let [mean, squares, most] = [0, 0, 0];
  for (let t = 1; t <= differences.length; t++) {
    const before = mean;
    mean += (differences[t - 1] - mean) / t;
    squares += (differences[t - 1] - before) * (differences[t - 1] - mean); // Welford 1962
    if (t < from) continue;
    const variance = squares / (t - 1);
    const room = 1 + t * tuning;
    const evidence = variance === 0 ? 0 : (tuning * (t * mean) ** 2) / (2 * room * variance); // equal ones have no spread to be judged by
    most = Math.max(most, evidence - Math.log(room) / 2);
    const half = variance === 0 ? Infinity : Math.sqrt(((2 * variance * room) / (t * t * tuning)) * Math.log(Math.sqrt(room) / alpha));
    looks.push({ count: t, mean, interval: { low: mean - half, high: mean + half }, pValue: Math.exp(-most) });
  }
  return looks;
}
