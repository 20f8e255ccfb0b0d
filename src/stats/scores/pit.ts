import { type Key, uniform } from '../../base/index.js';
import { checkWhole } from '../../base/internal.js';
import { checkValues } from '../../linalg/internal.js';
import { chiSquared } from '../distributions/distributions.js';
import { checkOutcomes, checkProbabilities, comparable } from './comparable.js';
import type { ForecastLaw } from './laws.js';

/**
 * Probability integral transforms: the chance that each forecast gave to less than what happened.
 *
 *     uᵢ = Fᵢ(yᵢ)
 *
 * Uniform when the forecast laws are right, and independent of each other one step ahead. Piled at both ends: the laws are too narrow; in
 * the middle: too wide; on one side: biased.
 *
 * @param y  [n] outcomes
 * @returns  [n] in [0, 1]
 * @throws   when there is no row, y is not finite, or the forecast has another number of rows
 *
 * Dawid 1984; Diebold, Gunther & Tay 1998.
 */
export function pit(y: ArrayLike<number>, forecast: ForecastLaw): Float64Array {
  checkOutcomes('pit', y, forecast.rows);
  return Float64Array.from(y, (value, i) => forecast.cdf(value, i));
}

/**
 * PIT values of laws with atoms, counts say: where the outcome has a chance of its own, the transform is drawn between both sides of its jump.
 *
 *     uᵢ = F(yᵢ−) + Vᵢ (F(yᵢ) − F(yᵢ−))        Vᵢ uniform
 *
 * @param key    decides V
 * @param below  P(Y < yᵢ) [n]
 * @param upTo   P(Y ≤ yᵢ) [n]
 * @returns      [n], exactly uniform when the laws are right
 * @throws       when lengths differ, a value is no probability, or below is above upTo
 *
 * Brockwell 2007; Czado, Gneiting & Held 2009.
 */
export function randomisedPit(key: Key, below: ArrayLike<number>, upTo: ArrayLike<number>): Float64Array {
  comparable('randomisedPit', { below, upTo });
  checkProbabilities('randomisedPit', below);
  checkProbabilities('randomisedPit', upTo);
  const { data: v } = uniform(key, [below.length], 'float64');
  return v.map((share, i) => {
    if (below[i] > upTo[i])
      throw new Error(`randomisedPit: P(Y < y) ${below[i]} is above P(Y ≤ y) ${upTo[i]} at row ${i}; are the two exchanged?`);
    return below[i] + share * (upTo[i] - below[i]);
  });
}

/**
 * PIT values of ensembles: the rank of the outcome among its members, drawn uniformly within its place and among ties.
 *
 *     uᵢ between #{x < yᵢ}/(m + 1) and (#{x ≤ yᵢ} + 1)/(m + 1)
 *
 * @param key      decides the place
 * @param y        [n] outcomes
 * @param members  [n, m] row-major
 * @returns        [n], exactly uniform when outcome and members come from one law, for any m
 * @throws         when there is no row, lengths do not fit, or a value is not finite
 *
 * Hamill 2001, for rank histograms.
 */
export function pitOfSample(key: Key, y: ArrayLike<number>, members: ArrayLike<number>): Float64Array {
  checkOutcomes('pitOfSample', y);
  const m = members.length / y.length;
  if (!(Number.isInteger(m) && m >= 1))
    throw new Error(`pitOfSample: ${members.length} members are no rows for ${y.length} outcomes; pass [n, m] row by row`);
  checkValues('pitOfSample', 'members', members);
  const count = (i: number, is: (x: number) => boolean): number => {
    let found = 0;
    for (let k = i * m; k < (i + 1) * m; k++) found += Number(is(members[k]));
    return found;
  };
  const below = Float64Array.from(y, (value, i) => count(i, (x) => x < value) / (m + 1));
  const upTo = Float64Array.from(y, (value, i) => (count(i, (x) => x <= value) + 1) / (m + 1));
  return randomisedPit(key, below, upTo);
}

/** A histogram of PIT values and the test that they are uniform. */
export interface PitHistogram {
  /** Values in each bin, from 0 to 1 [bins]. */
  readonly counts: Int32Array;
  /** n/bins: what each holds on average. */
  readonly expected: number;
  /** √(n (1/bins)(1 − 1/bins)): of each count, when the values are uniform and independent. */
  readonly standardError: number;
  /** Pearson's χ², Σ (count − expected)²/expected. */
  readonly statistic: number;
  /** bins − 1. */
  readonly degreesOfFreedom: number;
  /** The chance of as much or more when the values are uniform and independent. */
  readonly pValue: number;
}

/**
 * Are PIT values uniform? Pearson's test over bins of equal width.
 *
 * Forecasts several steps ahead overlap, so that their values depend on each other and the test rejects too often: take every h-th row.
 * Whether they depend on each other one step ahead is asked of `ljungBox`.
 *
 * @param values  [n] of `pit`, `randomisedPit` or `pitOfSample`
 * @param bins    10
 * @throws        when a value is no probability, or bins would hold fewer than 5 values on average, too few for χ²
 *
 * Pearson 1900; Diebold, Gunther & Tay 1998 for its use here.
 */
export function pitHistogram(values: ArrayLike<number>, bins = 10): PitHistogram {
  checkWhole('pitHistogram', 'bins', bins, { from: 2 });
  checkProbabilities('pitHistogram', values);
  const n = values.length;
  if (n < 5 * bins)
    throw new Error(
      `pitHistogram: ${n} values fill ${bins} bins with fewer than 5 each; take ${Math.floor(n / 5)} bins or fewer, or more rows`,
    );
  const counts = new Int32Array(bins);
  for (let i = 0; i < n; i++) counts[Math.min(bins - 1, Math.floor(values[i] * bins))]++;
  const expected = n / bins;
  const statistic = counts.reduce((total, found) => total + (found - expected) ** 2 / expected, 0);
  return {
    counts,
    expected,
    standardError: Math.sqrt(expected * (1 - 1 / bins)),
    statistic,
    degreesOfFreedom: bins - 1,
    pValue: chiSquared(bins - 1).survival(statistic),
  };
}
