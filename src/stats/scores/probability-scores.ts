import { checkValues } from '../../linalg/internal.js';
import { checkOutcomes } from './comparable.js';
import type { ForecastLaw } from './laws.js';

/**
 * The continuous ranked probability score of each row, in the units of y; less is better. Of a forecast that is a point it is |y − point|.
 *
 *     CRPS = ∫ (F(x) − 1{y ≤ x})² dx = E|X − y| − ½ E|X − X'|
 *
 * Proper: the expectation is least for the true law. Two forecasts are compared by `dieboldMariano` of their scores.
 *
 * @param y  [n] outcomes
 * @returns  [n]
 * @throws   when there is no row, y is not finite, or the forecast has another number of rows
 *
 * Matheson & Winkler 1976; Gneiting & Raftery 2007. thm:proper-scores.
 */
export function crps(y: ArrayLike<number>, forecast: ForecastLaw): Float64Array {
  checkOutcomes('crps', y, forecast.rows);
  return Float64Array.from(y, (value, i) => forecast.crps(value, i));
}

/**
 * The logarithmic score of each row: −log of the density at what happened, in nats; less is better.
 *
 * Strictly proper, and hard on tails: one outcome that the forecast held for impossible costs more than any number of good days gains.
 *
 * @param y  [n] outcomes
 * @returns  [n]
 * @throws   as `crps`
 *
 * Good 1952. Of labels: `logScores`. thm:proper-scores.
 */
export function logDensityScores(y: ArrayLike<number>, forecast: ForecastLaw): Float64Array {
  checkOutcomes('logDensityScores', y, forecast.rows);
  return Float64Array.from(y, (value, i) => -forecast.logDensity(value, i));
}

/**
 * The QLIKE loss of each variance forecast, 0 where it is exact.
 *
 *     L = σ²/h − log(σ²/h) − 1
 *
 * Its ranking of forecasts is the same in expectation when σ² is a noisy but unbiased proxy, as a squared return is; it punishes a forecast
 * that is too low more than one too high. It is log h + σ²/h, `normalForecast`'s log score twice, less what no forecast changes.
 *
 * @param realised  σ² [n], realised variance or squared return: `0.0001` is (1 %)²
 * @param forecast  h [n], in the same units
 * @returns         [n]
 * @throws          when lengths differ, or a value is not positive: at a realised 0 take `logDensityScores`, which ranks alike
 *
 * Patton 2011, eq. 24.
 */
export function qlike(realised: ArrayLike<number>, forecast: ArrayLike<number>): Float64Array {
  if (realised.length !== forecast.length || realised.length === 0)
    throw new Error(
      `qlike: needs as many forecasts as outcomes, and at least one: got realised ${realised.length} and forecast ${forecast.length}`,
    );
  for (const [name, values, fix] of [
    ['realised', realised, 'logDensityScores of a normalForecast ranks alike and takes 0'],
    ['forecast', forecast, 'bound the forecast from below'],
  ] as const) {
    checkValues('qlike', name, values);
    for (let i = 0; i < values.length; i++)
      if (!(values[i] > 0)) throw new Error(`qlike: variances must be positive, got ${name} ${values[i]} at row ${i}; ${fix}`);
  }
  return Float64Array.from(realised, (value, i) => excessOverLog(value / forecast[i]));
}

/** r − log r − 1, with its digits near 1 and near 0: a stale day's squared return can be 1e-28 of its variance. */
export function excessOverLog(r: number): number {
  return r - 1 - (r < 0.5 ? Math.log(r) : Math.log1p(r - 1));
}
