import { fold, type Key } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import { standardDeviation } from '../../linalg/index.js';
import { blockLength, type Interval, stationaryBootstrap } from '../../stats/index.js';
import { checkDraws } from '../../stats/internal.js';
import type { AnnualOptions } from './growth.js';
import { checkPerYear, checkReturns, type Returns } from './returns.js';

/** How far equity fell from its highest, as a fraction of it: `-0.25` is a loss of 25 %. Negative, or 0. */
export interface Drawdown {
  /** min over t of equityₜ / peakₜ − 1. */
  readonly value: number;
  /** Row of the peak; −1 is the start, before the first return. */
  readonly peak: number;
  /** Row of the lowest point. */
  readonly trough: number;
  /** The first row at which equity was back at the peak; undefined when it never was. */
  readonly recovered: number | undefined;
  /** What other orders of the same returns would have shown, when asked for. */
  readonly resampled: Resampled | undefined;
}

/** A statistic of paths made of the same returns. */
export interface Resampled extends Interval {
  /** The standard deviation over paths; undefined where it is infinite on one, as a Calmar ratio is where equity never falls. */
  readonly standardError: number | undefined;
}

/** How paths are made of the same returns: blocks drawn by the stationary bootstrap. `low` and `high` are percentiles of the paths. */
export interface ResampleOptions {
  /** Decides the paths. */
  readonly key: Key;
  /** Mean length of a block; `blockLength` of the squared returns, whose clusters make drawdowns, unless told: fewer than 8, or of one size, need it. */
  readonly block?: number;
  /** Paths; 999. */
  readonly draws?: number;
  /** Share of paths from low to high; 0.95. */
  readonly level?: number;
}

/**
 * Equity below its highest so far, as a fraction of it.
 *
 *     dₜ = Wₜ / max(1, W₁ … Wₜ) − 1        Wₜ = Π (1 + r),  from 1: a loss on the first day is a drawdown
 *
 * @param returns  [n]
 * @returns        [n], each −1 … 0
 * @throws         when returns are missing or prices
 *
 * pyfolio 179 and quantstats 438 are about the first loss.
 */
export function drawdowns(returns: Returns): Float64Array {
  return underWater(equityOf(checkReturns('drawdowns', returns).x));
}

/**
 * The largest fall of equity from its highest: `maximumDrawdown(returns).value` is −0.25 for a loss of 25 %.
 *
 *     min over t of dₜ, as `drawdowns` has them
 *
 * One path shows one maximum, and a longer history a deeper one; `resample` shows how much of it is the order of the days.
 *
 * @param returns  [n]
 * @throws         when returns are missing or prices; when no block is told and returns are fewer than 8, or all of one size
 *
 * Negative by convention, as empyrical's `max_drawdown` (ml4t/diagnostic PR 56). Magdon-Ismail & Atiya 2004, for its growth with time.
 */
export function maximumDrawdown(returns: Returns, options: { readonly resample?: ResampleOptions } = {}): Drawdown {
  checkOptions('maximumDrawdown', options, ['resample']);
  const { x } = checkReturns('maximumDrawdown', returns);
  const resampled = options.resample && resample(x, (path) => deepest(equityOf(path)).value, options.resample);
  return { ...deepest(equityOf(x)), resampled };
}

/**
 * The largest fall of an account from its highest, ruin and debt included: 100, −20, −50, −100 fell by −2.
 *
 *     min over t of Wₜ / max(W₀ … Wₜ) − 1        rows count from the start, whose row is −1
 *
 * @param equity  [n + 1] from the start on, in money; the start is positive
 * @throws        when there are fewer than two values, one is not finite, or the start is not positive
 *
 * Vibe-Trading PR 958: what went below 0 is reported, and is no NaN.
 */
export function drawdownOfEquity(equity: ArrayLike<number>): Drawdown {
  const W = Float64Array.from(equity);
  if (W.length < 2) throw new Error(`drawdownOfEquity: needs a start and a value after it, got ${W.length} values`);
  const broken = W.findIndex((value) => !Number.isFinite(value));
  if (broken >= 0)
    throw new Error(`drawdownOfEquity: equity is ${W[broken]} at row ${broken - 1}; carry the value before, or drop the date`);
  if (!(W[0] > 0))
    throw new Error(
      `drawdownOfEquity: the start is ${W[0]}, and a fall is a share of what there was; are these returns? see maximumDrawdown`,
    );
  return { ...deepest(W), resampled: undefined };
}

/** Annual growth over the largest drawdown, with what went into it. */
export interface Calmar {
  /** Growth a year over −drawdown: 0.5 earns in a year half of what its worst fall lost. */
  readonly value: number;
  /** Growth a year, periods counted: `countedGrowth`. */
  readonly growth: number;
  /** `maximumDrawdown`, negative. */
  readonly drawdown: number;
  /** Of the ratio on other orders of the same returns, when asked for. */
  readonly resampled: Resampled | undefined;
}

/**
 * The Calmar ratio of the whole history.
 *
 *     countedGrowth / −maximumDrawdown
 *
 * @param returns  [n]
 * @throws         as `countedGrowth` and `maximumDrawdown`; when equity never fell
 *
 * A path that never falls counts as ∞ among the resampled ones. Young 1991, over all there is in place of his 36 months, as empyrical's `calmar_ratio`. Ratios of histories of different length do not compare:
 * the drawdown grows with time.
 */
export function calmar(returns: Returns, options: Pick<AnnualOptions, 'perYear'> & { readonly resample?: ResampleOptions } = {}): Calmar {
  checkOptions('calmar', options, ['perYear', 'resample']);
  const { x, dates } = checkReturns('calmar', returns);
  const perYear = checkPerYear('calmar', options.perYear, dates);
  const of = (path: Float64Array) => {
    const W = equityOf(path);
    const growth = path.includes(-1) ? -1 : W[path.length] ** (perYear / path.length) - 1;
    const drawdown = deepest(W).value;
    return { value: drawdown === 0 ? Number.POSITIVE_INFINITY : growth / -drawdown, growth, drawdown };
  };
  const found = of(x);
  if (found.drawdown === 0)
    throw new Error(`calmar: equity never fell in ${x.length} returns, so there is nothing to divide by; load more history`);
  return { ...found, resampled: options.resample && resample(x, (path) => of(path).value, options.resample) };
}

/** W₀ = 1, Wₜ = Wₜ₋₁ (1 + rₜ): [n + 1] of returns [n]. */
function equityOf(x: Float64Array): Float64Array {
  const W = new Float64Array(x.length + 1);
  W[0] = 1;
  for (let t = 0; t < x.length; t++) W[t + 1] = W[t] * (1 + x[t]);
  return W;
}

function underWater(W: Float64Array): Float64Array {
  const out = new Float64Array(W.length - 1);
  let peak = W[0];
  for (let t = 1; t < W.length; t++) {
    peak = Math.max(peak, W[t]);
    out[t - 1] = W[t] / peak - 1;
  }
  return out;
}

function deepest(W: Float64Array): Omit<Drawdown, 'resampled'> {
  let [value, peak, trough, highest] = [0, -1, -1, 0];
  for (let t = 1; t < W.length; t++) {
    if (W[t] > W[highest]) highest = t;
    const fall = W[t] / W[highest] - 1;
    if (fall < value) [value, peak, trough] = [fall, highest - 1, t - 1];
  }
  const back = W.findIndex((wealth, t) => t - 1 > trough && wealth >= W[peak + 1]);
  return { value, peak, trough, recovered: value === 0 || back < 0 ? undefined : back - 1 };
}

function resample(x: Float64Array, statistic: (path: Float64Array) => number, options: ResampleOptions): Resampled {
  checkOptions('resample', options, ['key', 'block', 'draws', 'level']);
  const { key, block = blockOf(x), draws = 999, level = 0.95 } = options;
  const tail = checkDraws('resample', draws, level);
  const path = new Float64Array(x.length);
  const found = Float64Array.from({ length: draws }, (_, b) => {
    const rows = stationaryBootstrap(fold(key, b), x.length, block);
    for (let t = 0; t < path.length; t++) path[t] = x[rows[t]];
    return statistic(path);
  }).sort();
  return {
    standardError: found.every(Number.isFinite) ? standardDeviation(found) : undefined,
    low: found[tail - 1],
    high: found[draws - tail],
  };
}

/** The mean length of a block that the squares of returns ask for. */
function blockOf(x: Float64Array): number {
  const squares = x.map((r) => r * r);
  if (x.length < 8 || squares.every((square) => square === squares[0]))
    throw new Error(
      `resample: ${x.length} returns, ${x.length < 8 ? 'and it takes 8' : 'all of one size, and sizes must differ'} to tell how long clusters last; pass block, 1 for any order`,
    );
  return blockLength(squares).stationary;
}
