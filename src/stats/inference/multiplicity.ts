import { column, type Matrix } from '../../linalg/index.js';
import { columnName } from '../../linalg/internal.js';
import { type ComparisonOptions, resampledMeans } from '../comparison/resampled-means.js';
import { hacMean } from './mean.js';

/**
 * Holm's adjusted p-values: those at or below α are rejected with a chance of at most α that any of them is true.
 *
 *     p̃₍ᵢ₎ = maxⱼ≤ᵢ min(1, (m − j + 1) p₍ⱼ₎)        p₍₁₎ ≤ … ≤ p₍ₘ₎
 *
 * Holds under any dependence; where the tests are strongly dependent `romanoWolf` rejects more. Count every test that was made, those that
 * were not shown too.
 *
 * @param pValues  [m]
 * @returns        [m] in the same order
 * @throws         when a value is not in [0, 1]
 *
 * Holm 1979.
 */
export function holm(pValues: ArrayLike<number>): Float64Array {
  const m = pValues.length;
  const wrong = Array.from(pValues).findIndex((p) => !(p >= 0 && p <= 1));
  if (wrong >= 0) throw new Error(`holm: p-values must be in [0, 1], got ${pValues[wrong]} at ${wrong}; are these t-statistics?`);
  const order = Array.from({ length: m }, (_, i) => i).sort((a, b) => pValues[a] - pValues[b]);
  const adjusted = new Float64Array(m);
  let largest = 0;
  order.forEach((i, rank) => {
    largest = Math.max(largest, Math.min(1, (m - rank) * pValues[i]));
    adjusted[i] = largest;
  });
  return adjusted;
}

/** Which of several models beat their benchmark, all counted. */
export interface StepDown {
  /** Of the models [K]. */
  readonly names: readonly string[];
  /** Mean gain over its HAC error [K]. */
  readonly tStatistics: Float64Array;
  /** One-sided, adjusted for all K [K]; the smallest is that of White's reality check, "does any model beat the benchmark?" */
  readonly pValues: Float64Array;
  /** Mean block length of the stationary bootstrap. */
  readonly block: number;
}

/**
 * The step-down test of Romano and Wolf: each model's gain over the benchmark, with the chance that any of the true nulls is rejected kept.
 *
 *     p̃₍ⱼ₎ = maxᵢ≤ⱼ (1 + #{b: max_{k ≥ i} t*₍ₖ₎ᵇ ≥ t₍ᵢ₎}) / (B + 1)        t₍₁₎ ≥ … ≥ t₍ₖ₎,   t*ₖ = (mean*ₖ − meanₖ)/HAC errorₖ
 *
 * All models are resampled together, so their dependence counts: ten near copies of a model cost little more than one, where `holm` pays
 * for ten.
 *
 * @param gains  [T, K] in time order, positive where the model is better: benchmark loss less model loss, or `clarkWest`'s gains
 * @throws       as `hacMean` for each column, and as `stationaryBootstrap`
 *
 * Romano & Wolf 2005, and 2016 for p-values; White 2000. Studentised by a fixed error per model, as Hansen 2005 does.
 */
export function romanoWolf(gains: Matrix, options: ComparisonOptions): StepDown {
  const series = Array.from({ length: gains.cols }, (_, j) => column(gains, j));
  const tests = series.map((values) => hacMean(values));
  const { means, block } = resampledMeans('romanoWolf', gains, options);
  const order = tests.map((_, k) => k).sort((a, b) => tests[b].tStatistic - tests[a].tStatistic);
  const exceeded = new Int32Array(gains.cols); // by rank: samples whose greatest t from that rank on reaches the model's own
  for (let b = 0; b < means.rows; b++) {
    let greatest = -Infinity;
    for (let rank = order.length - 1; rank >= 0; rank--) {
      const { mean: centre, standardError, tStatistic } = tests[order[rank]];
      greatest = Math.max(greatest, (means.data[b * means.cols + order[rank]] - centre) / standardError);
      if (greatest >= tStatistic) exceeded[rank]++;
    }
  }
  const pValues = new Float64Array(gains.cols);
  let largest = 0;
  order.forEach((k, rank) => {
    largest = Math.max(largest, (1 + exceeded[rank]) / (means.rows + 1));
    pValues[k] = largest;
  });
  return {
    names: series.map((_, j) => columnName(gains, j)),
    tStatistics: Float64Array.from(tests, ({ tStatistic }) => tStatistic),
    pValues,
    block,
  };
}
