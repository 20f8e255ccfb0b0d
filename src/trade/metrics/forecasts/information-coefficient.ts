import { checkOptions, checkWhole } from '../../../base/internal.js';
import type { Panel } from '../../../market/index.js';
import { overlapLags } from '../../../stats/internal.js';
import { type ErrorOptions, meanWithError } from '../mean-error.js';
import type { Estimated } from '../returns.js';
import { sharpeOf } from '../sharpe.js';
import { checkSame, correlation, pairsOf, rankCorrelation, returnsAhead } from './panels.js';

/** How well forecasts of a cross-section follow what came, date by date. */
export interface InformationCoefficient {
  /** [T] */
  readonly dates: readonly string[];
  /** The correlation over the assets of each date [T]; NaN where fewer than 3 assets have both, or either does not vary. */
  readonly values: Float64Array;
  /** Over the dates that have one, with its HAC error: `0.03` is a good one of daily forecasts. */
  readonly mean: Estimated;
  /** ICIR: mean over deviation of the dates' coefficients, per date and not annual; undefined where they are all the same. */
  readonly ratio: Estimated | undefined;
  /** Dates without a coefficient. */
  readonly missing: number;
  /** L of Bartlett's weights. */
  readonly lags: number;
}

/** What outcomes the forecasts are of, and how sure the mean shall be. */
export interface ICOptions extends ErrorOptions {
  /**
   * h, periods ahead that the outcomes reach; 1. Lags are 3 (h − 1) or `neweyWestLags`, the larger, unless told. Of a forecast that never changes, the
   * worst case, and h = 20, 95 % intervals then cover .95 over 250 dates, .93 over 500 and .94 over 3,000.
   */
  readonly horizon?: number;
}

/**
 * The information coefficient: Pearson's correlation of forecasts and outcomes over the assets of a date, averaged over dates.
 *
 *     ICₜ = corrₙ(fₜₙ, yₜₙ)        mean IC with HAC error,   ICIR = mean / deviation
 *
 * A date on which all forecasts tie has none, and the mean is of the others (ml4t/diagnostic PR 44); a missing forecast leaves out its asset.
 *
 * @param forecast  [T, N], known at its date
 * @param outcome   [T, N] at the same place: what came after that date
 * @throws          when dates or assets differ, or fewer than two dates have a coefficient
 *
 * Grinold & Kahn 1999, chapter 6. ml4t-diagnostic's HAC error carries √(n/(n − 1)) unless `use_correction=False`.
 */
export const informationCoefficient = (forecast: Panel, outcome: Panel, options: ICOptions = {}): InformationCoefficient =>
  coefficients('informationCoefficient', correlation, forecast, outcome, options);

/**
 * The rank information coefficient: Spearman's correlation of forecasts and outcomes over the assets of a date, averaged over dates.
 *
 *     ICₜ = corrₙ(rank fₜₙ, rank yₜₙ)        ties share the mean of their ranks
 *
 * @param forecast  [T, N], known at its date
 * @param outcome   [T, N] at the same place: what came after that date
 * @throws          as `informationCoefficient`
 *
 * Spearman 1904; alphalens' `factor_information_coefficient`.
 */
export const rankIC = (forecast: Panel, outcome: Panel, options: ICOptions = {}): InformationCoefficient =>
  coefficients('rankIC', rankCorrelation, forecast, outcome, options);

/**
 * The rank information coefficient by horizon: how soon what a forecast knows is stale.
 *
 *     rankIC(forecast, p[t + h]/p[t] − 1) for each h
 *
 * Each horizon uses all dates that it has: one more horizon changes no other's numbers (alphalens 74). Returns start at the close of the
 * forecast's own date, at which it is known: they say what it knows, not what can be traded.
 *
 * @param prices    [T, N] of the forecast's dates and assets
 * @param horizons  in rows: `[1, 5, 20]`
 * @throws          as `rankIC`; when a horizon is no whole number from 1 to T − 1
 */
export function icDecay(
  forecast: Panel,
  prices: Panel,
  { horizons, ...options }: ErrorOptions & { readonly horizons: readonly number[] },
): (InformationCoefficient & { readonly horizon: number })[] {
  checkSame('icDecay', forecast, prices);
  return horizons.map((horizon) => {
    checkWhole('icDecay', 'a horizon', horizon, { from: 1, to: prices.dates.length - 1 }, 'it is rows ahead, fewer than the dates');
    return { horizon, ...coefficients('icDecay', rankCorrelation, forecast, returnsAhead(prices, horizon), { ...options, horizon }) };
  });
}

/**
 * How little forecasts change: the rank correlation of each date's with those of `rows` before. 1 keeps every order; near 0 the book turns over.
 *
 * @param forecast  [T, N]
 * @param rows      how far back; 1
 * @throws          when rows is no whole number from 1 up, or fewer than two dates have a correlation
 *
 * alphalens' `factor_rank_autocorrelation`.
 */
export function predictionStability(
  forecast: Panel,
  { rows = 1, ...options }: ErrorOptions & { readonly rows?: number } = {},
): InformationCoefficient {
  checkWhole('predictionStability', 'rows', rows);
  const pairs = pairsOf(forecast, forecast);
  const values = Float64Array.from(forecast.dates, (_, t) => {
    if (t < rows) return Number.NaN;
    const { x, y } = pairs(t, rows);
    return rankCorrelation(x, y);
  });
  return summary('predictionStability', forecast.dates, values, { ...options, horizon: rows });
}

function coefficients(
  caller: string,
  correlate: (x: Float64Array, y: Float64Array) => number,
  forecast: Panel,
  outcome: Panel,
  options: ICOptions,
): InformationCoefficient {
  checkOptions(caller, options, ['horizon', 'lags', 'level']);
  checkSame(caller, forecast, outcome);
  const pairs = pairsOf(forecast, outcome);
  const values = Float64Array.from(forecast.dates, (_, t) => {
    const { x, y } = pairs(t);
    return correlate(x, y);
  });
  return summary(caller, forecast.dates, values, options);
}

function summary(caller: string, dates: readonly string[], values: Float64Array, options: ICOptions): InformationCoefficient {
  const { horizon = 1, level } = options;
  checkWhole(caller, 'horizon', horizon);
  const known = values.filter((value) => !Number.isNaN(value));
  if (known.length < 2)
    throw new Error(
      `${caller}: ${known.length} of ${dates.length} dates have a correlation, and it takes two; 3 assets or more must have both values, which must differ`,
    );
  const lags = options.lags ?? overlapLags(known.length, horizon);
  const still = known.every((value) => value === known[0]);
  const ratio = still ? undefined : sharpeOf(caller, known, 1, { lags, level });
  return {
    dates,
    values,
    mean: meanWithError(known, { lags, level }),
    ratio: ratio && { value: ratio.perPeriod, standardError: ratio.hac.standardError, interval: ratio.hac.interval },
    missing: dates.length - known.length,
    lags,
  };
}
