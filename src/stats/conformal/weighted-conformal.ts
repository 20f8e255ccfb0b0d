import { checkValues } from '../../linalg/internal.js';
import { checkScores } from './conformal-quantile.js';
import { absoluteErrors } from './split-conformal.js';

/** Intervals of m new rows whose reach depends on the weight of each. */
export interface WeightedConformalIntervals {
  /** [m]; −∞ where the weights leave no finite reach. */
  readonly low: Float64Array;
  /** [m]; ∞ there. */
  readonly high: Float64Array;
  /** Half the width [m]. */
  readonly reach: Float64Array;
  /** (Σw)²/Σw²: how many equally weighted rows the calibration is worth; its coverage varies as theirs would. */
  readonly effectiveRows: number;
}

/**
 * Weighted conformal intervals, for new rows that are not like those of the calibration: rows count as often as the new law has them.
 *
 *     reach(x) = the least s with Σ wᵢ 1{sᵢ ≤ s} ≥ level (Σ wᵢ + w(x)),  ∞ when there is none        sᵢ = |yᵢ − fᵢ|
 *
 * With wᵢ the ratio of the new law's density to the calibration's the coverage is at least `level`. Weights that fall with age, 0.99^age, let
 * old rows count less where the law drifts; what the drift costs is then bounded, not gone. Equal weights are `splitConformal`.
 *
 * @param calibration  y, forecast and weights [n], weights 0 or more, of any scale
 * @param target       forecast and weights of new rows [m], on the same scale
 * @param level        0.9
 * @throws             when lengths differ, there is no row, a value is not finite, or a weight is negative or all are 0
 *
 * Tibshirani, Barber, Candès & Ramdas 2019, theorem 2; Barber et al. 2023 for fixed weights. thm:conformal-shift.
 */
export function weightedConformal(
  calibration: { readonly y: ArrayLike<number>; readonly forecast: ArrayLike<number>; readonly weights: ArrayLike<number> },
  target: { readonly forecast: ArrayLike<number>; readonly weights: ArrayLike<number> },
  level: number,
): WeightedConformalIntervals {
  const scores = absoluteErrors('weightedConformal', calibration);
  checkScores('weightedConformal', scores, level);
  checkWeights('of the calibration', calibration.weights, scores.length);
  checkWeights('of the new rows', target.weights, target.forecast.length);
  checkValues('weightedConformal', 'the forecast', target.forecast);
  const order = Array.from(scores, (_, i) => i).sort((a, b) => scores[a] - scores[b]);
  const cumulated = new Float64Array(order.length);
  let [total, squares] = [0, 0];
  for (const [k, i] of order.entries()) {
    total += calibration.weights[i];
    squares += calibration.weights[i] ** 2;
    cumulated[k] = total;
  }
  if (!(total > 0))
    throw new Error('weightedConformal: every weight of the calibration is 0, so no row counts; have new rows any like them?');
  const reach = Float64Array.from(target.weights, (w) => {
    const needed = level * (total + w) * (1 - 1e-12);
    const k = firstAtLeast(cumulated, needed);
    return k === order.length ? Infinity : scores[order[k]];
  });
  return {
    low: reach.map((r, i) => target.forecast[i] - r),
    high: reach.map((r, i) => target.forecast[i] + r),
    reach,
    effectiveRows: total ** 2 / squares,
  };
}

/** The first index whose value reaches the wanted one, the length when none does; values ascend. */
function firstAtLeast(values: Float64Array, wanted: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] >= wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}

function checkWeights(whose: string, weights: ArrayLike<number>, rows: number): void {
  if (weights.length !== rows)
    throw new Error(`weightedConformal: ${rows} rows need as many weights ${whose}, got ${weights.length}; align them`);
  checkValues('weightedConformal', `the weight ${whose}`, weights);
  for (let i = 0; i < rows; i++)
    if (weights[i] < 0) throw new Error(`weightedConformal: weights must be 0 or more, got ${weights[i]} at row ${i} ${whose}`);
}
