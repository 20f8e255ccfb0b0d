import { checkNumber, checkOneOf, checkWhole } from '../../base/internal.js';
import { betaQuantile } from '../distributions/beta.js';
import { type Interval, standardNormal, twoSidedPValue } from '../distributions/distributions.js';
import { checkOutcomes } from './comparable.js';

/** How an interval for a share is made: by inverting the score test, or exactly, and then longer than need be. */
export type ProportionKind = 'wilson' | 'clopper-pearson';

/**
 * An interval for a chance of which k of n independent trials came true.
 *
 *     wilson            (p̂ + z²/2n ± z √(p̂(1 − p̂)/n + z²/4n²)) / (1 + z²/n)        covers `level` on average over p
 *     clopper-pearson   all p at which neither k or more nor k or fewer is rarer than (1 − level)/2: covers at least `level` at every p
 *
 * @param successes  k
 * @param trials     n
 * @throws           when k is not a whole number from 0 to n, n is not positive, or the level is not between 0 and 1
 *
 * Wilson 1927; Clopper & Pearson 1934. p̂ ± z √(p̂(1 − p̂)/n), the textbook's, has no width at k = 0 and is not offered.
 */
export function proportionInterval(
  successes: number,
  trials: number,
  { level = 0.95, kind = 'wilson' }: { readonly level?: number; readonly kind?: ProportionKind } = {},
): Interval {
  checkWhole('proportionInterval', 'trials', trials);
  checkWhole('proportionInterval', 'successes', successes, { from: 0, to: trials }, 'it counts the trials that came true');
  checkNumber('proportionInterval', 'level', level, { above: 0, below: 1 }, '0.95 is 95 %');
  checkOneOf('proportionInterval', 'kind', kind, ['wilson', 'clopper-pearson']);
  const [k, n, tail] = [successes, trials, (1 - level) / 2];
  if (kind === 'clopper-pearson') {
    return {
      low: k === 0 ? 0 : betaQuantile(k, n - k + 1, tail),
      high: k === n ? 1 : betaQuantile(k + 1, n - k, 1 - tail),
    };
  }
  const z = standardNormal.quantile(1 - tail);
  const centre = (k + (z * z) / 2) / (n + z * z);
  const reach = (z / (n + z * z)) * Math.sqrt((k * (n - k)) / n + (z * z) / 4);
  return { low: k === 0 ? 0 : centre - reach, high: k === n ? 1 : centre + reach };
}

/** How often intervals held what happened. */
export interface IntervalCoverage {
  /** Rows within their interval, ends included. */
  readonly covered: number;
  /** n. */
  readonly rows: number;
  /** covered / rows. */
  readonly share: number;
  /** What was promised. */
  readonly nominal: number;
  /** Wilson's interval for the chance, at 95 % or as asked for; rows taken for independent. */
  readonly interval: Interval;
  /** Two-sided score test that the chance is the nominal one, by the normal law: below 0.05 exactly where a 95 % interval leaves it out. */
  readonly pValue: number;
  /** Rows below and above their interval: a central one should have as many of each. */
  readonly outside: { readonly below: number; readonly above: number };
}

/**
 * The coverage of interval forecasts, with what chance leaves open.
 *
 * Rows are taken for independent. Misses that come in clusters are the finding of Christoffersen's test; where rows overlap or assets move
 * together, `hacMean` of the hits, averaged by date, has the honest error.
 *
 * @param y        [n] outcomes
 * @param low      and `high` [n]; infinite ends are allowed
 * @param nominal  what was promised, 0.9
 * @param level    of the interval for the share; 0.95
 * @throws         when lengths differ, an end is missing or above the other, or nominal or level is not between 0 and 1
 */
export function intervalCoverage(
  y: ArrayLike<number>,
  { low, high }: { readonly low: ArrayLike<number>; readonly high: ArrayLike<number> },
  { nominal, level = 0.95 }: { readonly nominal: number; readonly level?: number },
): IntervalCoverage {
  checkOutcomes('intervalCoverage', y);
  checkNumber('intervalCoverage', 'nominal', nominal, { above: 0, below: 1 }, '0.9 is a 90 % interval');
  const rows = y.length;
  if (low.length !== rows || high.length !== rows)
    throw new Error(
      `intervalCoverage: ${rows} outcomes need as many intervals, got low ${low.length} and high ${high.length}; align them on their dates`,
    );
  let [below, above] = [0, 0];
  for (let i = 0; i < rows; i++) {
    for (const [name, end] of Object.entries({ low, high }))
      if (Number.isNaN(end[i]))
        throw new Error(`intervalCoverage: ${name} is NaN at row ${i}; drop the row, or give an end that is open as infinite`);
    if (low[i] > high[i])
      throw new Error(`intervalCoverage: low ${low[i]} is above high ${high[i]} at row ${i}; do quantiles cross? sort each row`);
    below += Number(y[i] < low[i]);
    above += Number(y[i] > high[i]);
  }
  const covered = rows - below - above;
  const share = covered / rows;
  return {
    covered,
    rows,
    share,
    nominal,
    interval: proportionInterval(covered, rows, { level }),
    pValue: twoSidedPValue((share - nominal) / Math.sqrt((nominal * (1 - nominal)) / rows)),
    outside: { below, above },
  };
}
