import { checkOptions } from '../../base/internal.js';
import { mean, standardDeviation } from '../../linalg/index.js';
import { type ErrorOptions, hacInterval, meanWithError } from './mean-error.js';
import { checkPerYear, checkReturns, type DatedReturns, daysOf, type Estimated, median, type Returns } from './returns.js';

/** Growth a year of what was earned and earned again. */
export interface Growth extends Estimated {
  /** Π (1 + r) − 1, over the whole history: `0.5` is 50 %. */
  readonly total: number;
  /** Years that the history counts for. */
  readonly years: number;
  /** The row whose loss was all there was; the growth is −1, and nothing came after it. */
  readonly ruinedAt?: number;
}

/** How a number a year is taken, and how sure it shall be. */
export interface AnnualOptions extends ErrorOptions {
  /** Periods a year: 252, 12. As the dates tell unless told. */
  readonly perYear?: number;
}

/**
 * Annual growth with periods counted: n returns are n/perYear years.
 *
 *     (Π (1 + rₜ))^(perYear/n) − 1        interval exp(perYear · [that of the mean of ln(1 + r), HAC]) − 1
 *
 * Units: `0.08` is 8 % a year. Its fellow `calendarGrowth` takes years from the calendar; the two differ by the trading days in a year.
 *
 * @param returns  [n]
 * @throws         when returns are missing or prices, or periods a year are neither told nor told by dates (monthly returns count 12, not 252)
 *
 * empyrical's `annual_return`. quantstats 291, 317, 356, 367 and 458 are about which of the two a CAGR is.
 */
export function countedGrowth(returns: Returns, options: AnnualOptions = {}): Growth {
  checkOptions('countedGrowth', options, ['perYear', 'lags', 'level']);
  const { x, dates } = checkReturns('countedGrowth', returns);
  return growth(x, x.length / checkPerYear('countedGrowth', options.perYear, dates), options);
}

/**
 * Annual growth by the calendar: years are days between first price and last, over 365.25.
 *
 *     (Π (1 + rₜ))^(1/years) − 1
 *
 * @param returns  [n] with their dates
 * @throws         as `countedGrowth`; when `since` is after the first date, or is the only one
 *
 * quantstats 0.0.86 counts returns in its `cagr`, as `countedGrowth` does.
 */
export function calendarGrowth(
  returns: DatedReturns,
  options: {
    /** Date of the price before the first return, or that of the return where it is the cost of an entry; one usual gap before it unless told. */ readonly since?: string;
  } & Omit<AnnualOptions, 'perYear'> = {},
): Growth {
  checkOptions('calendarGrowth', options, ['since', 'lags', 'level']);
  const { x } = checkReturns('calendarGrowth', returns);
  const days = daysOf('calendarGrowth', returns.dates);
  const start =
    options.since === undefined
      ? days[0] - median(days.slice(1).map((day, t) => day - days[t]))
      : daysOf('calendarGrowth', [options.since])[0];
  if (!(start <= days[0] && start < days[days.length - 1]))
    throw new Error(
      `calendarGrowth: since ${options.since} is after the first return, of ${returns.dates[0]}; it is the date of the first price`,
    );
  return growth(x, (days[days.length - 1] - start) / 365.25, options);
}

function growth(x: Float64Array, years: number, { lags, level }: ErrorOptions): Growth {
  const total = x.reduce((wealth, r) => wealth * (1 + r), 1) - 1;
  const ruinedAt = x.indexOf(-1);
  if (ruinedAt >= 0) return { value: -1, standardError: 0, interval: { low: -1, high: -1 }, total: -1, years, ruinedAt };
  const logs = x.map(Math.log1p);
  const perYear = x.length / years;
  const { value: centre, standardError, interval } = meanWithError(logs, { lags, level });
  const value = Math.expm1(centre * perYear);
  return {
    value,
    standardError: (1 + value) * perYear * standardError,
    interval: { low: Math.expm1(interval.low * perYear), high: Math.expm1(interval.high * perYear) },
    total,
    years,
  };
}

/**
 * Annual volatility of simple returns: their standard deviation times the root of the periods a year.
 *
 *     s √perYear        error: half that of s², the HAC error of the mean of (x − x̄)², over s;  interval: exp of that of ln s, above 0
 *
 * Units: `0.16` is 16 % a year. √perYear holds for uncorrelated returns. Of normal ones the 95 % interval covers .91 at n = 12, .93 at 60 and .94 at 252.
 *
 * @param returns  [n]
 * @throws         as `countedGrowth`
 *
 * empyrical's `annual_volatility`.
 */
export function annualVolatility(returns: Returns, options: AnnualOptions = {}): Estimated {
  checkOptions('annualVolatility', options, ['perYear', 'lags', 'level']);
  const { x, dates } = checkReturns('annualVolatility', returns);
  const root = Math.sqrt(checkPerYear('annualVolatility', options.perYear, dates));
  const [centre, deviation] = [mean(x), standardDeviation(x)];
  const value = deviation * root;
  if (deviation === 0) return { value, standardError: 0, interval: { low: value, high: value } };
  const squares = x.map((r) => (r - centre) ** 2);
  const { standardError: ofVariance } = meanWithError(squares, { lags: options.lags });
  const standardError = (ofVariance / (2 * deviation)) * root;
  const { low, high } = hacInterval(Math.log(value), standardError / value, x.length, options);
  return { value, standardError, interval: { low: Math.exp(low), high: Math.exp(high) } };
}
