import { mean } from '../../linalg/index.js';
import { checkValues } from '../../linalg/internal.js';
import type { Interval } from '../distributions/distributions.js';
import { hacMean } from './mean.js';

/** By how much one mean loss is below another, as a share of it. */
export interface RelativeGain {
  /** 1 − mean model loss / mean benchmark loss. */
  readonly gain: number;
  /** Of the gain. */
  readonly standardError: number;
  /** L of Bartlett's weights. */
  readonly lags: number;
  /** At the level asked for, by the normal law. */
  readonly interval: Interval;
}

/**
 * The share of a benchmark's mean loss that a model saves, with its HAC error: an out-of-sample R², the variance that a hedge takes away.
 *
 *     G = 1 − m̄/b̄        error: that of the mean of (mₜ − (1 − G) bₜ)/b̄
 *
 * `0.02` is 2 % less loss. It describes; whether a nested model knows anything is asked of `clarkWest`.
 *
 * @param losses  of both at the same dates [n], in time order: squared errors, squared returns about their mean
 * @param lags    of the HAC error; left out, `neweyWestLags`
 * @throws        when lengths differ, a value is not finite, the mean benchmark loss is not positive, or the losses are in one proportion
 *
 * The delta method for a ratio of means; Newey & West 1987 for its variance.
 */
export function relativeGain(
  { model, benchmark }: { readonly model: ArrayLike<number>; readonly benchmark: ArrayLike<number> },
  options: { readonly lags?: number; readonly level?: number } = {},
): RelativeGain {
  if (model.length !== benchmark.length)
    throw new Error(`relativeGain: model has ${model.length} losses and benchmark ${benchmark.length}; align them on their dates`);
  if (model.length < 2) throw new Error(`relativeGain: model has ${model.length} losses; load more history`);
  for (const [name, losses] of Object.entries({ model, benchmark })) checkValues('relativeGain', name, losses);
  const [ours, theirs] = [mean(model), mean(benchmark)];
  if (!(theirs > 0))
    throw new Error(`relativeGain: the benchmark's mean loss is ${theirs}, so no share of it can be saved; are these losses?`);
  const ratio = ours / theirs;
  const { standardError, lags, interval } = hacMean(
    Float64Array.from(model, (loss, t) => (ratio * benchmark[t] - loss) / theirs),
    options,
  );
  return { gain: 1 - ratio, standardError, lags, interval: { low: 1 - ratio + interval.low, high: 1 - ratio + interval.high } };
}
