import { fold, type Key, randint, uniform } from '../../base/index.js';
import { standardDeviation } from '../../linalg/index.js';
import { checkSize } from '../../linalg/internal.js';
import type { Interval } from '../distributions/distributions.js';

/**
 * Rows of one stationary bootstrap sample: blocks that begin anywhere and whose lengths are geometric, wrapped at the end.
 *
 *     nᵢ₊₁ = nᵢ + 1 with probability 1 − 1/block,  else uniform on 0 … n − 1
 *
 * @param n      rows of the series, and of the sample
 * @param block  mean length of a block, 1 or more; 1 is the bootstrap of independent rows. `blockLength` chooses it
 * @returns      [n]
 * @throws       when block is below 1 or above n, or n is not positive
 *
 * Politis & Romano 1994.
 */
export function stationaryBootstrap(key: Key, n: number, block: number): Int32Array {
  checkBlock('stationaryBootstrap', n, block);
  const { data: starts } = randint(fold(key, 0), [n], 0, n);
  const { data: chances } = uniform(fold(key, 1), [n], 'float64');
  const rows = new Int32Array(n);
  for (let i = 0; i < n; i++) rows[i] = i === 0 || chances[i] < 1 / block ? starts[i] : (rows[i - 1] + 1) % n;
  return rows;
}

/**
 * Rows of one moving-block bootstrap sample: blocks of one length, each drawn from all that fit into the series.
 *
 * @param n      rows of the series, and of the sample; the last block is cut
 * @param block  length of a block, a whole number from 1 to n
 * @returns      [n]
 * @throws       when block is no whole number from 1 to n
 *
 * Künsch 1989.
 */
export function movingBlockBootstrap(key: Key, n: number, block: number): Int32Array {
  checkBlock('movingBlockBootstrap', n, block);
  if (!Number.isInteger(block)) throw new Error(`movingBlockBootstrap: block must be a whole number of rows, got ${block}; round it up`);
  const { data: starts } = randint(key, [Math.ceil(n / block)], 0, n - block + 1);
  return Int32Array.from({ length: n }, (_, i) => starts[Math.floor(i / block)] + (i % block));
}

/** How a bootstrap draws and what it reports. */
export interface BootstrapOptions {
  /** Decides the samples. */
  readonly key: Key;
  /** Mean length of a block of the stationary bootstrap; `blockLength` of the series chooses it. */
  readonly block: number;
  /** Samples; 1999. */
  readonly draws?: number;
  /** Of the interval; 0.95. */
  readonly level?: number;
}

/** A statistic with what the bootstrap says of it. */
export interface Bootstrapped extends Interval {
  /** On the rows as they are. */
  readonly estimate: number;
  /** The standard deviation over samples. */
  readonly standardError: number;
  /** The statistic of each sample, ascending. */
  readonly draws: Float64Array;
}

/**
 * A statistic of dependent rows with its bootstrap error and interval, by the stationary bootstrap.
 *
 *     bootstrap((rows) => mean(rowsOf(returns, rows)), returns.length, { key: key(1), block: blockLength(returns).stationary })
 *
 *     interval  [2θ̂ − q(1 − α/2), 2θ̂ − q(α/2)]        q: quantiles of the samples' statistics
 *
 * The basic interval turns the errors of the samples round the estimate, so that it allows for bias; the percentiles themselves do not.
 *
 * @param statistic  of rows [n], which may repeat
 * @param n          rows
 * @throws           as `stationaryBootstrap`; when a statistic is not finite, or draws leave no row beyond the interval's ends
 *
 * Politis & Romano 1994; Davison & Hinkley 1997, section 5.2, for the interval.
 */
export function bootstrap(statistic: (rows: Int32Array) => number, n: number, options: BootstrapOptions): Bootstrapped {
  const { key, block, draws = 1999, level = 0.95 } = options;
  const tail = checkDraws('bootstrap', draws, level);
  const estimate = statistic(Int32Array.from({ length: n }, (_, i) => i));
  const found = Float64Array.from({ length: draws }, (_, b) => statistic(stationaryBootstrap(fold(key, b), n, block)));
  return summarise('bootstrap', estimate, found, tail);
}

/** How many draws lie beyond each end of the interval: one or more. */
export function checkDraws(caller: string, draws: number, level: number): number {
  if (!(level > 0 && level < 1)) throw new Error(`${caller}: level must be between 0 and 1, got ${level}; 0.95 is 95 %`);
  const tail = Math.floor(((1 - level) / 2) * (draws + 1) + 1e-9);
  if (!(Number.isInteger(draws) && tail >= 1))
    throw new Error(
      `${caller}: ${draws} draws have none beyond a ${100 * level} % interval; take ${Math.round(2 / (1 - level)) - 1} or more`,
    );
  return tail;
}

/** The error and the basic interval of an estimate from the statistics of its samples, which it sorts. */
export function summarise(caller: string, estimate: number, found: Float64Array, tail: number): Bootstrapped {
  found.sort();
  const broken = found.findIndex((value) => !Number.isFinite(value));
  if (broken >= 0 || !Number.isFinite(estimate))
    throw new Error(
      `${caller}: the statistic is ${broken >= 0 ? found[broken] : estimate} on some sample; does it divide by what a sample may lack?`,
    );
  checkSize(caller, 'the statistic', Math.max(Math.abs(estimate), Math.abs(found[0]), Math.abs(found[found.length - 1])));
  return {
    estimate,
    standardError: standardDeviation(found),
    low: 2 * estimate - found[found.length - tail],
    high: 2 * estimate - found[tail - 1],
    draws: found,
  };
}

function checkBlock(caller: string, n: number, block: number): void {
  if (!(Number.isInteger(n) && n > 0)) throw new Error(`${caller}: n must be a whole number of rows from 1 up, got ${n}`);
  if (!(block >= 1 && block <= n))
    throw new Error(`${caller}: block must be from 1 to the ${n} rows, got ${block}; blockLength chooses one`);
}
