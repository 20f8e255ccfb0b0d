import { checkBinary } from '../regression/design.js';

/**
 * Out-of-sample R²: by how much a forecast's squared errors are below a benchmark's. Negative when the benchmark wins.
 *
 *     R²_OS = 1 − Σ(yₜ − fₜ)² / Σ(yₜ − bₜ)²
 *
 * @param y          [n] what happened; `benchmark` and `forecast` [n], both made before it did
 * @throws           when the lengths differ, there is no row, or a value is not finite
 *
 * Campbell & Thompson 2008, eq. 1. A monthly 0.01 (1 %) would already be worth money.
 */
export function outOfSampleRSquared(y: ArrayLike<number>, forecast: ArrayLike<number>, benchmark: ArrayLike<number>): number {
  comparable('outOfSampleRSquared', { y, forecast });
  comparable('outOfSampleRSquared', { y, benchmark });
  let [ours, theirs] = [0, 0];
  for (let t = 0; t < y.length; t++) {
    ours += (y[t] - forecast[t]) ** 2;
    theirs += (y[t] - benchmark[t]) ** 2;
  }
  return 1 - ours / theirs;
}

/**
 * Area under the ROC curve: the chance that a random 1 has a higher score than a random 0; ties count half.
 *
 * @param labels  [n] of 0 and 1, both present
 * @throws        when the lengths differ, a label is not 0 or 1, a score is not finite, or one label is absent
 *
 * Mann & Whitney 1947, by ranks.
 */
export function areaUnderRoc(labels: ArrayLike<number>, scores: ArrayLike<number>): number {
  comparable('areaUnderRoc', { labels, scores });
  checkBinary('areaUnderRoc', labels);
  const order = Array.from(labels, (_, i) => i).sort((a, b) => scores[a] - scores[b]);
  let [ones, rankSum] = [0, 0];
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && scores[order[end]] === scores[order[start]]) end++;
    for (let k = start; k < end; k++) {
      ones += labels[order[k]];
      rankSum += labels[order[k]] * ((start + end + 1) / 2); // tied scores share the mean of their ranks
    }
  }
  const zeros = order.length - ones;
  if (ones === 0 || zeros === 0)
    throw new Error(`areaUnderRoc: needs both labels, got ${ones} ones and ${zeros} zeros; take a longer sample`);
  return (rankSum - (ones * (ones + 1)) / 2) / (ones * zeros);
}

/**
 * Mean −log of the probability given to what happened, in nats; lower is better, a fair coin has log 2 = 0.693.
 *
 * @throws when the lengths differ, a label is not 0 or 1, or a probability not in [0, 1]
 */
export function logScore(labels: ArrayLike<number>, probabilities: ArrayLike<number>): number {
  comparable('logScore', { labels, probabilities });
  checkBinary('logScore', labels);
  shares('logScore', probabilities);
  let total = 0;
  for (let i = 0; i < labels.length; i++) total -= labels[i] ? Math.log(probabilities[i]) : Math.log1p(-probabilities[i]);
  return total / labels.length;
}

/** A group of forecasts and what came of them. */
export interface CalibrationBin {
  readonly count: number;
  /** Mean probability that was forecast. */
  readonly forecast: number;
  /** Share of ones that came. */
  readonly frequency: number;
  /** √(frequency (1 − frequency) / count). */
  readonly standardError: number;
}

/**
 * Forecasts in `bins` groups of equal size, from the lowest to the highest: on a calibrated forecast, frequency follows forecast.
 *
 * @throws when the lengths differ, a label is not 0 or 1, a probability not in [0, 1], or there are fewer rows than bins
 */
export function calibration(labels: ArrayLike<number>, probabilities: ArrayLike<number>, bins = 10): CalibrationBin[] {
  comparable('calibration', { labels, probabilities });
  checkBinary('calibration', labels);
  shares('calibration', probabilities);
  if (!(Number.isInteger(bins) && bins >= 1 && bins <= labels.length))
    throw new Error(`calibration: ${labels.length} rows cannot fill ${bins} bins; use fewer`);
  const order = Array.from(labels, (_, i) => i).sort((a, b) => probabilities[a] - probabilities[b]);
  return Array.from({ length: bins }, (_, k) => {
    const group = order.slice(Math.round((k * order.length) / bins), Math.round(((k + 1) * order.length) / bins));
    const mean = (v: ArrayLike<number>) => group.reduce((sum, i) => sum + v[i], 0) / group.length;
    const frequency = mean(labels);
    return {
      count: group.length,
      forecast: mean(probabilities),
      frequency,
      standardError: Math.sqrt((frequency * (1 - frequency)) / group.length),
    };
  });
}

/** Two series of the same rows, without a missing value. */
function comparable(caller: string, series: Readonly<Record<string, ArrayLike<number>>>): void {
  const [[first, a], [second, b]] = Object.entries(series);
  if (a.length !== b.length || a.length === 0)
    throw new Error(
      `${caller}: outcomes and forecasts must be as many, and at least one: got ${first} ${a.length} and ${second} ${b.length}; align them on their dates`,
    );
  for (const [name, values] of Object.entries(series))
    for (let i = 0; i < values.length; i++)
      if (!Number.isFinite(values[i]))
        throw new Error(`${caller}: ${name} is ${values[i]} at row ${i}; drop or fill the row before scoring`);
}

function shares(caller: string, probabilities: ArrayLike<number>): void {
  for (let i = 0; i < probabilities.length; i++)
    if (!(probabilities[i] >= 0 && probabilities[i] <= 1))
      throw new Error(`${caller}: probabilities must be in [0, 1], got ${probabilities[i]} at row ${i}; are these scores or logits?`);
}
