import { checkOptions, extent } from '../../../base/internal.js';
import type { Panel } from '../../../market/index.js';
import { type Interval, proportionInterval } from '../../../stats/index.js';
import { type ErrorOptions, meanWithError } from '../mean-error.js';
import { type Estimated, median } from '../returns.js';
import { checkSame } from './panels.js';

/** How often forecasts had the right sign. */
export interface HitRate {
  /** hits / n. */
  readonly value: number;
  /** Forecasts of the right sign. */
  readonly hits: number;
  /** Pairs of which neither is 0 or missing. */
  readonly n: number;
  /** Pairs of which one is 0: neither right nor wrong, and not counted. */
  readonly undecided: number;
  /** Wilson's, for pairs that are independent of each other. */
  readonly wilson: Interval;
  /** The mean over dates of each date's share of hits, with its HAC error: for assets that move together. */
  readonly byDate: Estimated;
}

/**
 * The share of forecasts whose sign was that of the outcome.
 *
 *     hits / n        its interval that of Wilson, `proportionInterval`
 *
 * Assets of one date move together, so that the Wilson interval of a panel is too narrow: `byDate` is the one to believe there. A market
 * that rises on 54 % of days gives 0.54 to who always says up.
 *
 * @param forecast  [T, N], with one sign for up and one for down: not a probability
 * @param outcome   [T, N] of the same dates and assets
 * @throws          when dates or assets differ, when forecasts are probabilities or ranks, all from 0 to 1 and half of them above 0.2, when either
 *                  speaks of classes 0 and 1 alone, where 0 has no sign, or no pair is decided
 *
 * Wilson 1927. ml4t-diagnostic's `hit_rate` is in percent and counts a forecast or an outcome of 0 as a hit.
 */
export function hitRate(forecast: Panel, outcome: Panel, options: ErrorOptions = {}): HitRate {
  checkOptions('hitRate', options, ['lags', 'level']);
  checkSame('hitRate', forecast, outcome);
  checkSigned('forecast', forecast);
  checkSigned('outcome', outcome);
  const N = forecast.assets.length;
  let [hits, n, undecided] = [0, 0, 0];
  const shares: number[] = [];
  for (let t = 0; t < forecast.dates.length; t++) {
    const before = [hits, n];
    for (let i = t * N; i < (t + 1) * N; i++) {
      const product = Math.sign(forecast.values[i]) * Math.sign(outcome.values[i]);
      if (Number.isNaN(product)) continue;
      if (product === 0) undecided++;
      else n++;
      if (product > 0) hits++;
    }
    if (n > before[1]) shares.push((hits - before[0]) / (n - before[1]));
  }
  if (shares.length < 2)
    throw new Error(
      `hitRate: ${shares.length} of ${forecast.dates.length} dates have a forecast and an outcome with a sign, and it takes two; are the panels of one history?`,
    );
  return {
    value: hits / n,
    hits,
    n,
    undecided,
    wilson: proportionInterval(hits, n, { level: options.level }),
    byDate: meanWithError(Float64Array.from(shares), options),
  };
}

/** Stops at numbers whose sign says nothing: of a probability it is always up, and of the class 0 there is none. */
function checkSigned(name: 'forecast' | 'outcome', { values, field }: Panel): void {
  const known = values.filter((value) => Number.isFinite(value));
  if (known.some((value) => value < 0 || value > 1)) return;
  const [least, most] = extent(known);
  if (known.every((value) => value === 0 || value === 1)) {
    if (least === 0 && most === 1)
      throw new Error(
        `hitRate: each ${name} (${field}) is 0 or 1, as of classes, and 0 has no sign, so only the ups would count; take 2y − 1, ` +
          'the return itself, or NaN where there is none',
      );
  } else if (median(known) > 0.2)
    throw new Error(
      `hitRate: each ${name} (${field}) is from ${least.toPrecision(3)} to ${most.toPrecision(3)}, as of probabilities or ranks, whose sign ` +
        'is always up; take p − 0.5',
    );
}
