import { fold } from '../../base/index.js';
import { column, type Matrix } from '../../linalg/index.js';
import { longestBlock } from '../comparison/resampled-means.js';
import type { Interval } from '../distributions/distributions.js';
import { type BootstrapOptions, type Bootstrapped, bootstrap, checkDraws, stationaryBootstrap, summarise } from './bootstrap.js';

/** Several statistics of the same rows, resampled together. */
export interface JointBootstrap {
  /** On the rows as they are [K]. */
  readonly estimates: Float64Array;
  /** The standard deviation of each over samples [K]. */
  readonly standardErrors: Float64Array;
  /** Basic intervals, each at the level by itself [K]. */
  readonly intervals: readonly Interval[];
  /** The statistics of each sample [B, K], in the order of the draws: their covariance is that of the estimates. */
  readonly draws: Matrix;
}

/**
 * Several statistics of dependent rows with their bootstrap errors: every sample serves all of them, so that differences have their error too.
 *
 *     jointBootstrap((rows) => assets.map((returns) => mean(rowsOf(returns, rows))), T, { key: key(1), block: 20 })
 *
 * @param statistics  of rows [n], which may repeat: one number for each of several series [K], the same K for every sample
 * @param n           rows
 * @throws            as `bootstrap`, and when a sample has another number of statistics
 *
 * Politis & Romano 1994; the interval as in `bootstrap`.
 */
export function jointBootstrap(statistics: (rows: Int32Array) => ArrayLike<number>, n: number, options: BootstrapOptions): JointBootstrap {
  const { key, block, draws = 1999, level = 0.95 } = options;
  const tail = checkDraws('jointBootstrap', draws, level);
  const estimates = Float64Array.from(statistics(Int32Array.from({ length: n }, (_, i) => i)));
  const K = estimates.length;
  const found = new Float64Array(draws * K);
  for (let b = 0; b < draws; b++) {
    const values = statistics(stationaryBootstrap(fold(key, b), n, block));
    if (values.length !== K)
      throw new Error(
        `jointBootstrap: a sample has ${values.length} statistics where the rows as they are have ${K}; give each sample all`,
      );
    found.set(values, b * K);
  }
  const all: Matrix = { rows: draws, cols: K, data: found };
  const each = Array.from(estimates, (estimate, k) => summarise('jointBootstrap', estimate, column(all, k), tail));
  return {
    estimates,
    standardErrors: Float64Array.from(each, ({ standardError }) => standardError),
    intervals: each.map(({ low, high }) => ({ low, high })),
    draws: all,
  };
}

/** The difference of one statistic between two series of the same dates. */
export interface PairedBootstrap extends Bootstrapped {
  /** Of the model's series. */
  readonly model: number;
  /** Of the benchmark's. */
  readonly benchmark: number;
  /** Two-sided, of the hypothesis that both have the same: the share of samples that differ from the estimate by as much as it does from 0. */
  readonly pValue: number;
}

/**
 * How much a statistic of one series exceeds that of another, by blocks of the same dates: what both share does not count as noise.
 *
 *     pairedBootstrap((returns) => mean(returns) / standardDeviation(returns), { model, benchmark }, { key: key(1) })        two Sharpe ratios
 *
 * @param statistic  of a series [n] whose rows may repeat
 * @param series     model and benchmark [n] on the same dates, in time order
 * @param block      mean length; left out, the longer that `blockLength` chooses for the two
 * @throws           when lengths differ, and as `bootstrap`
 *
 * Ledoit & Wolf 2008 for Sharpe ratios, here without their studentising.
 */
export function pairedBootstrap(
  statistic: (series: Float64Array) => number,
  { model, benchmark }: { readonly model: ArrayLike<number>; readonly benchmark: ArrayLike<number> },
  options: Omit<BootstrapOptions, 'block'> & { readonly block?: number },
): PairedBootstrap {
  if (model.length !== benchmark.length)
    throw new Error(`pairedBootstrap: model has ${model.length} rows and benchmark ${benchmark.length}; align them on their dates`);
  const [ours, theirs] = [Float64Array.from(model), Float64Array.from(benchmark)];
  const at = (values: Float64Array, rows: Int32Array) => statistic(Float64Array.from(rows, (t) => values[t]));
  const found = bootstrap((rows) => at(ours, rows) - at(theirs, rows), ours.length, {
    ...options,
    block: options.block ?? longestBlock([ours, theirs]),
  });
  const { estimate, draws } = found;
  const further = draws.reduce((count, value) => count + Number(Math.abs(value - estimate) >= Math.abs(estimate)), 0);
  return { ...found, model: statistic(ours), benchmark: statistic(theirs), pValue: (1 + further) / (draws.length + 1) };
}
