import { column, type Matrix, mean } from '../../linalg/index.js';
import { columnMeans } from '../../linalg/internal.js';
import { checkSeries } from '../inference/series.js';
import { checkLosses, gainsOn, type Losses } from './losses.js';
import { type ComparisonOptions, resampledMeans } from './resampled-means.js';

/** Whether any model beats the benchmark, all of them counted. */
export interface SuperiorPredictiveAbility {
  readonly benchmark: string;
  /** All but the benchmark [K]. */
  readonly models: readonly string[];
  /** √T d̄ₖ/ω̂ₖ [K], positive where the model has less loss than the benchmark. */
  readonly tStatistics: Float64Array;
  /** max(0, maxₖ tₖ). */
  readonly statistic: number;
  /** The model with the largest t. */
  readonly best: string;
  /** Hansen's consistent p-value of the hypothesis that no model is better than the benchmark. */
  readonly pValue: number;
  /** Its bounds: `lower` takes every model that is worse for one that cannot matter, `upper` every model for one as good, as White's reality check does of gains
   *  that are not divided by ω̂ₖ. */
  readonly bounds: { readonly lower: number; readonly upper: number };
  /** Mean block length of the stationary bootstrap. */
  readonly block: number;
}

/**
 * Hansen's test for superior predictive ability: is any of several models better than the benchmark, or did many tries find a lucky one?
 *
 *     T = max(0, maxₖ √T d̄ₖ/ω̂ₖ)        dₖ = benchmark loss − model loss
 *     T* = max(0, maxₖ √T (d̄*ₖ − gₖ)/ω̂ₖ)        g = d̄ₖ where √T d̄ₖ/ω̂ₖ ≥ −√(2 log log T), else 0        p = (1 + #{T* ≥ T})/(B + 1)
 *
 * `upper` has g = d̄ₖ for all, `lower` g = max(0, d̄ₖ). A bad model that is added raises `upper` and leaves the consistent one nearly as it
 * was; where no model gains anything, T = 0 and p = 1. ω̂² is the stationary bootstrap's own variance in closed form. Which models are better: `romanoWolf` of `gainsOver`.
 *
 * @param losses     [T, M]; `averageByDate` makes them of a panel
 * @param benchmark  the model to beat
 * @throws           when the benchmark is none of the models or the only one, a loss is not finite, or a model differs from it by a constant
 *
 * Hansen 2005, eqs. 2–4 and section 3; Politis & Romano 1994 for ω̂². PyPI `arch` 8.0.0 does not divide by ω̂ₖ and agrees where all are 1.
 */
export function superiorPredictiveAbility(
  losses: Losses,
  { benchmark, ...options }: ComparisonOptions & { readonly benchmark: string },
): SuperiorPredictiveAbility {
  checkLosses('superiorPredictiveAbility', losses);
  const gains = gainsOn('superiorPredictiveAbility', losses, benchmark);
  const { rows: T, cols: K } = gains;
  const models = gains.names as readonly string[];
  const series = Array.from({ length: K }, (_, k) => column(gains, k));
  for (const [k, values] of series.entries()) checkSeries(`superiorPredictiveAbility: '${models[k]}' against '${benchmark}'`, values);
  const { means, block } = resampledMeans('superiorPredictiveAbility', gains, options);
  const omega = series.map((values) => Math.sqrt(stationaryVariance(values, block)));
  const still = omega.findIndex((deviation) => !(deviation > 0));
  if (still >= 0)
    throw new Error(
      `superiorPredictiveAbility: the gains of '${models[still]}' do not vary over blocks of ${block} rows; take a shorter block`,
    );
  const { leader, ...found } = spaPValues(columnMeans(gains), means, omega, T);
  return { benchmark, models, best: models[leader], ...found, block };
}

/** The test from mean gains [K], those of each sample [B, K], and ω̂ [K], of T dates. */
export function spaPValues(centre: Float64Array, { rows: B, cols: K, data }: Matrix, omega: readonly number[], T: number) {
  const tStatistics = centre.map((d, k) => (Math.sqrt(T) * d) / omega[k]);
  const leader = tStatistics.reduce((best, t, k) => (t > tStatistics[best] ? k : best), 0);
  const statistic = Math.max(0, tStatistics[leader]);
  const relevant = -Math.sqrt(2 * Math.log(Math.max(Math.log(T), 1)));
  const pValueOf = (recentred: Float64Array): number => {
    let reached = 0;
    for (let b = 0; b < B; b++) {
      let greatest = 0;
      for (let k = 0; k < K; k++) greatest = Math.max(greatest, (Math.sqrt(T) * (data[b * K + k] - recentred[k])) / omega[k]);
      reached += Number(greatest >= statistic);
    }
    return (1 + reached) / (B + 1);
  };
  return {
    tStatistics,
    statistic,
    leader,
    pValue: pValueOf(centre.map((d, k) => (tStatistics[k] >= relevant ? d : 0))),
    bounds: { lower: pValueOf(centre.map((d) => Math.max(0, d))), upper: pValueOf(centre) },
  };
}

/** n times the variance of a mean under the stationary bootstrap: γ₀ + 2 Σ (1 − k/n)(1 − p)ᵏ cₖ, c of the series wrapped at its end, p = 1/block. */
export function stationaryVariance(series: Float64Array, block: number): number {
  const n = series.length;
  const centre = mean(series);
  const x = series.map((value) => value - centre);
  const wrapped = (k: number) => {
    let total = 0;
    for (let t = 0, at = k; t < n; t++, at = at + 1 === n ? 0 : at + 1) total += x[t] * x[at];
    return total / n;
  };
  let variance = wrapped(0);
  for (let k = 1, stay = 1 - 1 / block; k < n && stay > 1e-18; k++, stay *= 1 - 1 / block) variance += 2 * (1 - k / n) * stay * wrapped(k);
  return variance;
}
