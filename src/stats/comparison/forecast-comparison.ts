import { confidenceInterval, standardNormal, twoSidedPValue } from '../distributions/distributions.js';
import { hacMean, type SeriesMean } from '../inference/mean.js';
import { bartlettDegreesOfFreedom, overlapLags } from '../inference/newey-west.js';
import { averageByDate, checkLosses, type Losses, lossColumn } from './losses.js';

/** A comparison of two forecasts of the same outcomes. */
export interface ForecastComparison extends SeriesMean {
  /** The series whose mean is tested [n]; positive where the first forecast is better. */
  readonly gains: Float64Array;
}

/** What is judged and what it is judged against. */
interface Pair<T> {
  readonly model: T;
  readonly benchmark: T;
}

/** Steps ahead, the lags of the HAC error and the level of the interval. */
interface ComparisonOfTwo {
  readonly horizon?: number;
  readonly lags?: number;
  readonly level?: number;
}

/**
 * The Clark–West test: does a model that nests the benchmark forecast better than it?
 *
 *     fₜ = (yₜ − bₜ)² − [(yₜ − mₜ)² − (bₜ − mₜ)²]        t = f̄ / HAC error,   p = 1 − Φ(t)
 *
 * Under the null the larger model estimates coefficients that are zero, and that noise alone makes its squared errors larger; (b − m)² gives
 * it back. So a model can be significant here whose out-of-sample R² is negative: it knows something, and pays more for it in noise.
 *
 * @param y          [n] outcomes in time order, or of a panel [T, N], NaN where missing
 * @param forecasts  m, of the larger model, and b, of the benchmark that it nests, as y; of the mean, all regressions with an intercept
 * @param dates      of a panel [T]: f is averaged over its assets date by date, as `averageByDate` does
 * @param lags       of the HAC error; left out, `neweyWestLags`. For forecasts h steps ahead use 3 (h − 1)
 * @returns          of f; `pValue` is one-sided
 * @throws           when lengths differ, a value is not finite, or the forecasts are the same
 *
 * Clark & West 2007. For models of which neither nests the other: `dieboldMariano`.
 */
export function clarkWest(
  y: ArrayLike<number>,
  { model, benchmark }: Pair<ArrayLike<number>>,
  { dates, ...options }: { readonly dates?: readonly string[]; readonly lags?: number; readonly level?: number } = {},
): ForecastComparison {
  sameLength('clarkWest', { y, model, benchmark });
  const each = Float64Array.from(y, (value, t) => (value - benchmark[t]) ** 2 - ((value - model[t]) ** 2 - (benchmark[t] - model[t]) ** 2));
  const gains = dates ? averageByDate({ dates, models: { gain: each } }).values : each;
  const test = hacMean(gains, options);
  return { ...test, pValue: standardNormal.survival(test.tStatistic), gains };
}

/**
 * The Diebold–Mariano test that two forecasts have the same expected loss, with the small-sample correction of Harvey, Leybourne and Newbold.
 *
 *     dₜ = benchmark lossₜ − model lossₜ        t = k d̄ / HAC error,   k² = (n + 1 − 2h + h(h − 1)/n)/n,   p from Student's t
 *
 *     dieboldMariano({ model: squaredErrors, benchmark: others }, { horizon: 5 })        two series
 *     dieboldMariano(losses, { model: 'lstm', benchmark: 'har' })                        two models of several
 *
 * @param losses   of both at the same dates [n]: squared errors, log scores; of a panel averaged by date (`averageByDate`)
 * @param horizon  h, steps ahead; 1
 * @param lags     L of the HAC error; left out, 3 (h − 1), or `neweyWestLags` if that is more; 0 takes gains for independent
 * @returns        of d, positive where the model is better; `pValue` is two-sided, `standardError` and `interval` hold the correction
 * @throws         when lengths differ, a value is not finite, losses are the same, or the correction is not positive (n too small for h)
 *
 * Diebold & Mariano 1995; Harvey, Leybourne & Newbold 1997. They weight the first h − 1 autocovariances by 1, which can make
 * the variance negative; Bartlett's weights cannot, but keep two thirds of it where gains overlap over h rows, and eight ninths up to 3 (h − 1).
 * Student's law has n/Σₗ wₗ² − 1 degrees of freedom for that (Priestley 1981), their n − 1 at L = 0. Where losses do not differ, 5 % reject .053
 * to .075 of samples at n = 60 to 3,000 and h = 1 to 20. Not for nested models, whose d̄ is not normal: `clarkWest`.
 */
export function dieboldMariano(losses: Losses, options: Pair<string> & ComparisonOfTwo): ForecastComparison;
export function dieboldMariano(losses: Pair<ArrayLike<number>>, options?: ComparisonOfTwo): ForecastComparison;
export function dieboldMariano(
  losses: Losses | Pair<ArrayLike<number>>,
  options: ComparisonOfTwo & Partial<Pair<string>> = {},
): ForecastComparison {
  const { model, benchmark } = 'values' in losses ? pairOf(losses, options) : losses;
  const { horizon = 1, lags, level = 0.95 } = options;
  sameLength('dieboldMariano', { model, benchmark });
  const n = model.length;
  const factor = (n + 1 - 2 * horizon + (horizon * (horizon - 1)) / n) / n;
  if (!(Number.isInteger(horizon) && horizon >= 1 && factor > 0))
    throw new Error(
      `dieboldMariano: ${n} rows are too few for horizon ${horizon}, which must be a whole number from 1 up; use a longer sample`,
    );
  const gains = Float64Array.from(benchmark, (loss, t) => loss - model[t]);
  const { mean, standardError: uncorrected, lags: used } = hacMean(gains, { lags: lags ?? overlapLags(n, horizon) });
  const df = bartlettDegreesOfFreedom(n, used);
  const standardError = uncorrected / Math.sqrt(factor);
  const tStatistic = mean / standardError;
  return {
    mean,
    standardError,
    lags: used,
    tStatistic,
    pValue: twoSidedPValue(tStatistic, df),
    interval: confidenceInterval(mean, standardError, { level, df }),
    gains,
  };
}

function pairOf(losses: Losses, { model, benchmark }: Partial<Pair<string>>): Pair<Float64Array> {
  checkLosses('dieboldMariano', losses);
  if (model === undefined || benchmark === undefined)
    throw new Error(`dieboldMariano: name the model and the benchmark, of ${losses.models.join(', ')}; { model, benchmark }`);
  return { model: lossColumn('dieboldMariano', losses, model), benchmark: lossColumn('dieboldMariano', losses, benchmark) };
}

function sameLength(caller: string, series: Readonly<Record<string, ArrayLike<number>>>): void {
  const lengths = Object.entries(series).map(([name, values]) => `${name} ${values.length}`);
  if (new Set(Object.values(series).map(({ length }) => length)).size > 1)
    throw new Error(`${caller}: series must be of the same dates: got ${lengths.join(', ')}; align them first`);
}
