import { checkOptions } from '../../base/internal.js';
import { mean } from '../../linalg/index.js';
import { hacMean, type Interval } from '../../stats/index.js';
import type { AnnualOptions } from './growth.js';
import { hacInterval } from './mean-error.js';
import { checkPerYear, checkReturns, excess, type Returns } from './returns.js';

/** A Sortino ratio with its uncertainty. */
export interface Sortino {
  /** perPeriod · √perYear. */
  readonly annual: number;
  /** (x̄ − target) / downside. */
  readonly perPeriod: number;
  /** Periods a year. */
  readonly perYear: number;
  /** √(Σ min(xₜ − target, 0)² / n), per period. */
  readonly downside: number;
  /** Of `annual`, HAC. */
  readonly standardError: number;
  /** Of `annual`, at the level asked for. */
  readonly interval: Interval;
}

/**
 * The Sortino ratio: the mean over a target, in units of the root mean square of what fell short of it.
 *
 *     (x̄ − τ) / d,   d = √(Σ min(xₜ − τ, 0)² / n)        annual: times √perYear
 *     error: HAC, of the mean of (xₜ − x̄)/d − S (min(xₜ − τ, 0)² − d²)/(2d²)
 *
 * The sum runs over the returns that fell short, n counts all: a deviation of those alone would reward a strategy for losing more often.
 *
 *     sortino([0.01, -0.02, 0.03, -0.01, 0.02], { perYear: 12 }).perPeriod        0.6
 *
 * @param returns  [n]
 * @throws         as `sharpe`; when no return falls short of the target
 *
 * Sortino & Price 1994; empyrical's `sortino_ratio`. ai-hedge-fund PR 502 and FinanceToolkit PR 237 are about n.
 */
export function sortino(
  returns: Returns,
  options: AnnualOptions & { /** τ per period, one number or [n]; 0. */ readonly target?: number | ArrayLike<number> } = {},
): Sortino {
  checkOptions('sortino', options, ['perYear', 'target', 'lags', 'level']);
  const { x: raw, dates } = checkReturns('sortino', returns);
  const perYear = checkPerYear('sortino', options.perYear, dates);
  const x = excess('sortino', raw, options.target);
  const shortfall = x.map((value) => Math.min(value, 0) ** 2);
  const [centre, square] = [mean(x), mean(shortfall)];
  if (square === 0)
    throw new Error(
      `sortino: none of ${x.length} returns falls short of the target, so there is nothing to divide by; raise the target, or load more history`,
    );
  const downside = Math.sqrt(square);
  const perPeriod = centre / downside;
  const influence = x.map((value, t) => (value - centre) / downside - (perPeriod / 2) * (shortfall[t] / square - 1));
  const { lags } = options;
  const annual = perPeriod * Math.sqrt(perYear);
  const standardError = hacMean(influence, { ...(lags !== undefined && { lags }) }).standardError * Math.sqrt(perYear);
  return { annual, perPeriod, perYear, downside, standardError, interval: hacInterval(annual, standardError, x.length, options) };
}
