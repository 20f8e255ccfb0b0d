import { checkNumber, checkOptions } from '../../base/internal.js';
import { quantileOf } from '../../linalg/internal.js';
import { confidenceInterval, fisherF, hacMean, type Interval } from '../../stats/index.js';
import { checkReturns, type Estimated, type Returns } from './returns.js';

/** Of what share of the returns a tail is made, and how sure its number shall be. */
export interface TailOptions {
  /** α, the share of the worst returns: 0.05. */
  readonly tail?: number;
  /** Of the interval; 0.95. */
  readonly level?: number;
}

/**
 * Value at risk by history: the return that the worst α of them do not exceed.
 *
 *     the α-quantile, between the two returns next to (n − 1)α + 1 in ascending order, in proportion
 *     interval: order statistics l and u with P(l ≤ Bin(n, α) < u) ≥ level, of any law, for independent returns
 *
 * Units: a return, so a loss is negative: `-0.021` says that 5 % of days lose 2.1 % or more. `low` is −∞ where the history is too short
 * to bound it.
 *
 * @param returns  [n] of one asset; of a table column by column, with `byAsset`
 * @throws         when returns are missing or prices, or tail is not between 0 and ½
 *
 * empyrical's `value_at_risk`, numpy's linear quantile; Conover 1999 for the interval.
 */
export function valueAtRisk(returns: Returns, options: TailOptions = {}): { readonly value: number; readonly interval: Interval } {
  const { sorted, tail, level } = tailOf('valueAtRisk', returns, options);
  const n = sorted.length;
  const below = (k: number) => (k < 0 ? 0 : k >= n ? 1 : binomial(k, n, tail));
  let low = 0; // the largest l with P(Bin ≤ l − 1) ≤ (1 − level)/2; 0 is none
  while (low < n && below(low) <= (1 - level) / 2) low++;
  let high = 1; // the smallest u with P(Bin ≤ u − 1) ≥ (1 + level)/2
  while (high <= n && below(high - 1) < (1 + level) / 2) high++;
  return {
    value: quantileOf(sorted, tail),
    interval: { low: low === 0 ? -Infinity : sorted[low - 1], high: high > n ? Infinity : sorted[high - 1] },
  };
}

/**
 * Expected shortfall (CVaR) by history: the mean of the worst nα returns, the last of them in part.
 *
 *     mean of q + min(xₜ − q, 0)/α,  q the (⌊nα⌋ + 1)-th lowest        error: HAC, of that mean;  interval by Student's law with nα − 1 degrees of freedom
 *
 * Units: a return: `-0.032` is a mean loss of 3.2 % on the worst 5 % of days. Never above the value at risk. It is too mild by little where
 * the tail is short (1 % of 252: 3 %, 5 % of 61: 3 %), and so is its interval: of independent normal returns 95 % covers .91 to .94 from 60 on at
 * a tail of 5 % and .93 at 1 % of 252; no law of the tail is assumed that could do better.
 *
 * @param returns  [n] of one asset; of a table column by column, with `byAsset`
 * @throws         as `valueAtRisk`; when nα is below 2, or returns do not vary
 *
 * Acerbi & Tasche 2002, definition 2.6. empyrical's `conditional_value_at_risk` is the same where nα is whole, else the mean of the ⌈nα⌉ lowest: 9.5 % of 21 for 5 %.
 * quantstats 379, 467 and 547 had its threshold by a normal law and its tail by history.
 */
export function expectedShortfall(returns: Returns, options: TailOptions & { readonly lags?: number } = {}): Estimated {
  const { lags, ...rest } = options;
  const { x, sorted, tail, level } = tailOf('expectedShortfall', returns, rest);
  const count = x.length * tail;
  if (count < 2 - 1e-9)
    throw new Error(
      `expectedShortfall: the worst ${100 * tail} % of ${x.length} returns are ${count.toPrecision(3)}, and it takes 2 to have an error; load more history, or widen the tail`,
    );
  const edge = sorted[Math.floor(count + 1e-9)]; // of a whole nα the next one: the mean is the same, and its error that of all nα
  const influence = x.map((value) => edge + Math.min(value - edge, 0) / tail);
  const { mean: value, standardError } = hacMean(influence, { ...(lags !== undefined && { lags }) });
  return { value, standardError, interval: confidenceInterval(value, standardError, { level, df: count - 1 }) };
}

function tailOf(caller: string, returns: Returns, options: TailOptions) {
  checkOptions(caller, options, ['tail', 'level']);
  const { tail = 0.05, level = 0.95 } = options;
  const { x } = checkReturns(caller, returns);
  checkNumber(caller, 'tail', tail, { above: 0, below: 0.5 }, '0.05 is the worst 5 %');
  checkNumber(caller, 'level', level, { above: 0, below: 1 }, '0.95 is 95 %');
  return { x, sorted: x.slice().sort(), tail, level };
}

/** P(X ≤ k) of n trials of chance p, k < n: Abramowitz & Stegun 26.5.28. */
const binomial = (k: number, n: number, p: number): number => fisherF(2 * (n - k), 2 * (k + 1)).cdf(((1 - p) * (k + 1)) / (p * (n - k)));
