import { checkNumber, checkOneOf } from '../../base/internal.js';
import type { Matrix } from '../../linalg/index.js';
import { columnMeans } from '../../linalg/internal.js';
import { checkDistinct, checkLosses, type Losses } from './losses.js';
import { type ComparisonOptions, NOISE, resampledMeans } from './resampled-means.js';

/** Which statistic judges equality: 'range', the largest |t| of a pair, or 'max', the largest t of a model against the others' mean. */
export type SetStatistic = 'range' | 'max';

/** How a confidence set is drawn and judged. */
export interface ConfidenceSetOptions extends ComparisonOptions {
  /** The chance that the best model is in the set, at least; 0.9. */
  readonly level?: number;
  /** Unless told, 'range'. */
  readonly statistic?: SetStatistic;
}

/** The models that the data cannot tell from the best. */
export interface ModelConfidenceSet {
  /** Of the losses [M]. */
  readonly models: readonly string[];
  /** Mean loss [M]. */
  readonly meanLosses: Float64Array;
  /** MCS p-value [M]: the largest α at which the model is still in the set of level 1 − α; the last to stay has 1. */
  readonly pValues: Float64Array;
  /** Those with a p-value of 1 − level or more, in the order of the losses. */
  readonly included: readonly string[];
  /** All models in the order in which they were taken out, the worst first; the last one stays. */
  readonly eliminated: readonly string[];
  /** The statistic of each round [M − 1]. */
  readonly statistics: Float64Array;
  /** The one that judged. */
  readonly statistic: SetStatistic;
  /** Of the set, as asked for. */
  readonly level: number;
  /** Mean block length of the stationary bootstrap. */
  readonly block: number;
}

/**
 * The model confidence set: starting with all models, the worst is taken out until equal predictive ability is no longer rejected.
 *
 *     range  T = max |tᵢⱼ|,  tᵢⱼ = (L̄ᵢ − L̄ⱼ)/√var*(L̄ᵢ − L̄ⱼ)            takes out argmaxᵢ supⱼ tᵢⱼ
 *     max    T = max tᵢ.,   tᵢ. = (L̄ᵢ − L̄.)/√var*(L̄ᵢ − L̄.)             takes out argmaxᵢ tᵢ.        L̄.: mean over the models still in
 *
 * The best model is in the set with a chance of at least `level` in a large sample. Data that say little give a large set, which is the
 * finding. A p-value of B samples is (1 + #{T* ≥ T})/(B + 1), with a Monte Carlo error of √(p(1 − p)/B).
 *
 * @param losses  [T, M]; `averageByDate` makes them of a panel
 * @throws        when there are fewer than 2 models or dates, a loss is not finite, or two models differ by a constant
 *
 * Hansen, Lunde & Nason 2011, with the bootstrap variances of its section 4. PyPI `arch` has the same two statistics and no 1 in the
 * p-value; `model-confidence-set` takes T of 'range' and the rule of 'max'.
 */
export function modelConfidenceSet(losses: Losses, options: ConfidenceSetOptions): ModelConfidenceSet {
  const { level = 0.9, statistic = 'range' } = options;
  checkNumber('modelConfidenceSet', 'level', level, { above: 0, below: 1 }, '0.9 keeps the best model in 90 % of samples');
  checkOneOf('modelConfidenceSet', 'statistic', statistic, ['range', 'max']);
  if (losses.models.length < 2)
    throw new Error(`modelConfidenceSet: needs 2 models or more, got ${losses.models.length}; hacMean gives one model's mean loss`);
  checkLosses('modelConfidenceSet', losses);
  checkDistinct('modelConfidenceSet', losses);
  const x = relative(losses);
  const { means, block } = resampledMeans('modelConfidenceSet', x, options);
  const { order, pValues, statistics } = eliminate(columnMeans(x), means, statistic);
  const { models } = losses;
  return {
    models,
    meanLosses: columnMeans({ rows: losses.dates.length, cols: models.length, data: losses.values }),
    pValues,
    included: models.filter((_, m) => pValues[m] >= 1 - level - 1e-12),
    eliminated: order.map((m) => models[m]),
    statistics,
    statistic,
    level,
    block,
  };
}

/** Each loss less the mean over models on its date: no difference of models changes, and a block is chosen for what is compared. */
function relative({ dates, models, values }: Losses): Matrix {
  const M = models.length;
  const data = new Float64Array(values.length);
  for (let t = 0; t < dates.length; t++) {
    const row = values.subarray(t * M, (t + 1) * M);
    const centre = row.reduce((total, value) => total + value, 0) / M;
    for (let m = 0; m < M; m++) data[t * M + m] = row[m] - centre;
  }
  return { rows: dates.length, cols: M, data, names: [...models] };
}

/**
 * The rounds of a confidence set from the mean losses [M] and those of each sample [B, M].
 *
 * @returns the order of elimination [M], p-values [M] in the order of the models, the statistic of each round [M − 1]
 */
export function eliminate(
  mean: Float64Array,
  { rows: B, cols: M, data }: Matrix,
  statistic: SetStatistic,
): { order: number[]; pValues: Float64Array; statistics: Float64Array } {
  const errors = data.map((value, at) => value - mean[at % M]); // of the sample means about the mean
  const round = statistic === 'range' ? rangeRound : maxRound;
  let left = Array.from({ length: M }, (_, m) => m);
  const [order, statistics]: [number[], number[]] = [[], []];
  const pValues = new Float64Array(M).fill(1);
  let largest = 0;
  while (left.length > 1) {
    const { worst, value, reached } = round(left, mean, errors, { B, M });
    largest = Math.max(largest, (1 + reached) / (B + 1));
    pValues[worst] = largest;
    statistics.push(value);
    order.push(worst);
    left = left.filter((m) => m !== worst);
  }
  return { order: [...order, ...left], pValues, statistics: Float64Array.from(statistics) };
}

/** The statistic of one round, the model to take out, and how many samples reached it. */
interface Round {
  readonly worst: number;
  readonly value: number;
  readonly reached: number;
}

function rangeRound(left: number[], mean: Float64Array, errors: Float64Array, { B, M }: { B: number; M: number }): Round {
  const greatest = new Float64Array(B);
  let [worst, value] = [left[0], -Infinity];
  for (const i of left)
    for (const j of left) {
      if (j >= i) continue;
      let squares = 0;
      for (let b = 0; b < B; b++) squares += (errors[b * M + i] - errors[b * M + j]) ** 2;
      const deviation = varying(Math.sqrt(squares / B));
      const t = (mean[i] - mean[j]) / deviation;
      if (Math.abs(t) > value) [worst, value] = [t > 0 ? i : j, Math.abs(t)];
      for (let b = 0; b < B; b++) greatest[b] = Math.max(greatest[b], Math.abs(errors[b * M + i] - errors[b * M + j]) / deviation);
    }
  return { worst, value, reached: count(greatest, value) };
}

function maxRound(left: number[], mean: Float64Array, errors: Float64Array, { B, M }: { B: number; M: number }): Round {
  const centreOf = (row: Float64Array) => left.reduce((total, m) => total + row[m], 0) / left.length;
  const centre = centreOf(mean);
  const centres = Float64Array.from({ length: B }, (_, b) => centreOf(errors.subarray(b * M, (b + 1) * M)));
  const greatest = new Float64Array(B).fill(-Infinity);
  const deviations = left.map((i) => {
    let squares = 0;
    for (let b = 0; b < B; b++) squares += (errors[b * M + i] - centres[b]) ** 2;
    return Math.sqrt(squares / B);
  });
  const least = NOISE * varying(Math.max(...deviations)); // a model that is the mean of the others is not worse than it
  let [worst, value] = [left[0], -Infinity];
  for (const [k, i] of left.entries()) {
    if (!(deviations[k] > least)) continue;
    const t = (mean[i] - centre) / deviations[k];
    if (t > value) [worst, value] = [i, t];
    for (let b = 0; b < B; b++) greatest[b] = Math.max(greatest[b], (errors[b * M + i] - centres[b]) / deviations[k]);
  }
  return { worst, value, reached: count(greatest, value) };
}

function varying(deviation: number): number {
  if (!(deviation > 0))
    throw new Error(
      'modelConfidenceSet: the samples do not vary, so they tell of no error; take more draws, a shorter block or more history',
    );
  return deviation;
}

const count = (values: Float64Array, least: number): number => values.reduce((total, value) => total + Number(value >= least), 0);
