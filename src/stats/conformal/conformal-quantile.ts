import { checkNumber } from '../../base/internal.js';
import { checkValues } from '../../linalg/internal.js';
import { betaQuantile } from '../distributions/beta.js';
import type { Interval } from '../distributions/distributions.js';

/** How far a conformal interval reaches, and what that promises. */
export interface ConformalQuantile {
  /** The k-th smallest score; ∞ where k is above n. */
  readonly reach: number;
  /** k = ⌈(n + 1) level⌉. */
  readonly rank: number;
  /** n, of the calibration. */
  readonly rows: number;
  /** The chance that a new score is within reach: k/(n + 1) when scores do not tie, 1 where the reach is ∞; never below the level. */
  readonly coverage: number;
  /** Where the chance given these calibration rows lies with 90 %: it varies from one calibration to the next by the law Beta(k, n + 1 − k). */
  readonly conditionalCoverage: Interval;
}

/**
 * The conformal quantile of calibration scores: how far a new one reaches at most with the chance asked for, whatever their law.
 *
 *     k = ⌈(n + 1) level⌉,  reach = the k-th smallest, ∞ when k > n
 *
 *     const { reach } = conformalQuantile(errors.map((e, t) => Math.abs(e) / volatility[t]), 0.9)        then forecast ± reach · volatility
 *
 * Holds when the calibration's and the new score are exchangeable: rows of one regression, not returns through a crisis. There:
 * `adaptiveConformal`, or weights. With 9 rows 90 % is met exactly, by their largest; with fewer nothing finite is honest.
 *
 * @param scores  [n], larger for worse: |y − forecast| of rows that no fit has seen
 * @param level   0.9
 * @throws        when there is no score, one is not finite, or the level is not between 0 and 1
 *
 * Vovk, Gammerman & Shafer 2005; Vovk 2012 for the law of the coverage. thm:split-conformal.
 */
export function conformalQuantile(scores: ArrayLike<number>, level: number): ConformalQuantile {
  checkScores('conformalQuantile', scores, level);
  return quantileOf(Float64Array.from(scores).sort(), level);
}

/** As `conformalQuantile`, of scores that are checked and ascending. */
export function quantileOf(ascending: Float64Array, level: number): ConformalQuantile {
  const rows = ascending.length;
  const rank = conformalRank(rows, level);
  const beyond = rank > rows;
  return {
    reach: beyond ? Infinity : ascending[rank - 1],
    rank,
    rows,
    coverage: beyond ? 1 : rank / (rows + 1),
    conditionalCoverage: beyond
      ? { low: 1, high: 1 }
      : { low: betaQuantile(rank, rows + 1 - rank, 0.05), high: betaQuantile(rank, rows + 1 - rank, 0.95) },
  };
}

/** ⌈(n + 1) level⌉, where the product's rounding adds no row: 25 · 0.56 is 14.000000000000002. */
export const conformalRank = (n: number, level: number): number => Math.ceil((n + 1) * level * (1 - 1e-12));

export function checkScores(caller: string, scores: ArrayLike<number>, level: number): void {
  checkNumber(caller, 'level', level, { above: 0, below: 1 }, '0.9 is 90 %');
  if (scores.length === 0) throw new Error(`${caller}: needs calibration rows, got none; keep some that no fit has seen`);
  checkValues(caller, 'the score', scores, 'drop the row from the calibration');
}
