import { checkOptions } from '../../base/internal.js';
import { design, linearRegression, neweyWest, neweyWestLags } from '../../stats/index.js';
import { hacInterval } from './mean-error.js';
import { type CheckedReturns, checkPerYear, checkReturns, type Estimated, excess, type Returns } from './returns.js';
import { type Sharpe, type SharpeOptions, sharpeOf } from './sharpe.js';

/** How a strategy moves with the market, and what it earns beside. */
export interface MarketModel {
  /** The slope: 0.8 gains 0.8 % where the market gains 1 %. */
  readonly beta: Estimated;
  /** The intercept times the periods a year, not compounded: `0.02` is 2 % a year. */
  readonly annualAlpha: Estimated;
  /** The intercept, per period. */
  readonly alpha: Estimated;
  /** Share of the variance that the market explains. */
  readonly rSquared: number;
  /** What the market leaves, eₜ [n]. */
  readonly residuals: Float64Array;
  /** L of Bartlett's weights. */
  readonly lags: number;
}

/**
 * Alpha and beta of a strategy against a market, with HAC errors. 95 % intervals of beta cover .91 at n = 12, .94 at 60 and .95 at 252, of
 * independent normal returns; of alpha .95 or more, and .94 at 252.
 *
 *     rₜ − fₜ = α + β (mₜ − fₜ) + eₜ
 *
 * @param returns  [n]
 * @param market   [n] of the same dates; where both have dates they are compared
 * @throws         when lengths or dates differ, returns are missing or prices, the market does not move, or periods a year are unknown
 *
 * Jensen 1968; Newey & West 1987. empyrical's `beta` is the same; its `alpha` compounds, (1 + α)^perYear − 1.
 */
export function marketModel(returns: Returns, market: Returns, options: SharpeOptions = {}): MarketModel {
  checkOptions('marketModel', options, ['perYear', 'riskFree', 'lags', 'level']);
  const { x, other, dates } = paired('marketModel', returns, market);
  const perYear = checkPerYear('marketModel', options.perYear, dates);
  const { riskFree, lags = neweyWestLags(x.length), level } = options;
  const fit = linearRegression(design({ market: excess('marketModel', other, riskFree) }), excess('marketModel', x, riskFree));
  const { standardErrors } = neweyWest(fit, { lags });
  const of = (j: number, scale = 1): Estimated => {
    const [value, standardError] = [fit.coefficients[j] * scale, standardErrors[j] * scale];
    return { value, standardError, interval: hacInterval(value, standardError, x.length, { lags, level }) };
  };
  return { beta: of(1), alpha: of(0), annualAlpha: of(0, perYear), rSquared: fit.rSquared, residuals: fit.residuals, lags };
}

/**
 * The information ratio: the Sharpe ratio of what a strategy earned over its benchmark.
 *
 *     mean(rₜ − bₜ) / deviation(rₜ − bₜ),  annual times √perYear
 *
 * @param returns    [n]
 * @param benchmark  [n] of the same dates; where both have dates they are compared
 * @throws           as `marketModel`; when the two are the same
 *
 * Goodwin 1998. empyrical's `excess_sharpe` is `perPeriod`.
 */
export function informationRatio(returns: Returns, benchmark: Returns, options: Omit<SharpeOptions, 'riskFree'> = {}): Sharpe {
  checkOptions('informationRatio', options, ['perYear', 'lags', 'level']);
  const { x, other, dates } = paired('informationRatio', returns, benchmark);
  const perYear = checkPerYear('informationRatio', options.perYear, dates);
  return sharpeOf(
    'informationRatio',
    x.map((r, t) => r - other[t]),
    perYear,
    options,
  );
}

/** Two series of returns of the same rows. */
function paired(caller: string, first: Returns, second: Returns): { x: Float64Array; other: Float64Array; dates: CheckedReturns['dates'] } {
  const [a, b] = [checkReturns(caller, first), checkReturns(caller, second)];
  if (a.x.length !== b.x.length)
    throw new Error(`${caller}: ${a.x.length} returns against ${b.x.length} of the other; align them on their dates`);
  const apart = a.dates && b.dates ? a.dates.findIndex((date, t) => date !== b.dates?.[t]) : -1;
  if (apart >= 0)
    throw new Error(`${caller}: row ${apart} is of ${a.dates?.[apart]} here and of ${b.dates?.[apart]} there; align them on their dates`);
  return { x: a.x, other: b.x, dates: a.dates ?? b.dates };
}
