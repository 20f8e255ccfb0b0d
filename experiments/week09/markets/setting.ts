import type { Matrix } from '../../../src/linalg/index.js';
import { loadPanel, logReturns, type RowRange, select } from '../../../src/market/index.js';
import { RESEARCH } from '../../../src/trade/index.js';

/*
 * What generators of paths are trained on and judged by: daily log returns of six stocks, each of another sector, and three spans of four years to test on.
 */

/** Where the data come from. */
export const SOURCE = 'skfolio/sp500-stocks';
/** One stock of each of six sectors, named before any was looked at: software, bank, medicine, oil, household, retail. */
export const ASSETS = ['MSFT', 'JPM', 'JNJ', 'XOM', 'PG', 'HD'];
export const N = ASSETS.length;
/** Days of a window. */
export const T = 20;
const YEAR = 252;
/** RiskMetrics' weight of the past. */
export const MEMORY = 0.94;

/** Returns, and what is known of their size at each close. */
export interface Market {
  /** [D] of the returns. */
  readonly dates: readonly string[];
  /** r [D, N]. */
  readonly returns: Matrix;
  /** The mean of the N returns of each day [D]: the portfolio. */
  readonly portfolio: Float64Array;
  /** σₜ [D], known at the close of t: the root of the portfolio's squares, weighed by 0.94 a day. */
  readonly sigma: Float64Array;
}

/** Days to train on, and the days that came after. */
export interface Fold {
  /** `2005 to 2008`. */
  readonly name: string;
  readonly train: RowRange;
  readonly test: RowRange;
  /** Standard deviations of the N assets over the training days [N]. */
  readonly scales: Float64Array;
  /** Root mean square of σ over the training days. */
  readonly level: number;
  /** Mean and standard deviation of log σ over the training days, and its least and largest standardised value. */
  readonly log: { readonly mean: number; readonly deviation: number; readonly low: number; readonly high: number };
  /** Between the thirds of σ over the training days: calm, usual, turbulent. */
  readonly thirds: readonly [number, number];
}

export async function market(): Promise<Market> {
  const prices = await loadPanel(SOURCE, RESEARCH);
  const { dates, values } = logReturns(select(prices, { assets: ASSETS }));
  const returns = { rows: dates.length, cols: N, data: Float64Array.from(values), names: ASSETS };
  const portfolio = Float64Array.from(dates, (_, t) => returns.data.subarray(t * N, (t + 1) * N).reduce((a, b) => a + b, 0) / N);
  return { dates, returns, portfolio, sigma: sigmaOf(portfolio) };
}

/** σ of each close from a first guess, the root mean square of the first 60 days unless told. */
export function sigmaOf(portfolio: ArrayLike<number>, first?: number): Float64Array {
  const guess = Float64Array.from({ length: Math.min(60, portfolio.length) }, (_, t) => portfolio[t] ** 2);
  let square = first === undefined ? guess.reduce((a, b) => a + b, 0) / guess.length : first * first;
  return Float64Array.from({ length: portfolio.length }, (_, t) => {
    square = MEMORY * square + (1 - MEMORY) * portfolio[t] ** 2;
    return Math.sqrt(square);
  });
}

/** Three spans of four years, each after fifteen years to train on. */
export function folds({ dates, returns, sigma }: Market): Fold[] {
  return [2005, 2009, 2013].map((year) => {
    const start = dates.findIndex((date) => date >= `${year}`);
    const end = dates.findIndex((date) => date >= `${year + 4}`);
    const train = { start: start - 15 * YEAR, end: start };
    const test = { start, end: end < 0 ? dates.length : end };
    const days = returns.data.subarray(train.start * N, train.end * N);
    const scales = Float64Array.from({ length: N }, (_, n) => {
      const own = days.filter((_, at) => at % N === n);
      const mean = own.reduce((a, b) => a + b, 0) / own.length;
      return Math.sqrt(own.reduce((sum, r) => sum + (r - mean) ** 2, 0) / own.length);
    });
    const sizes = sigma.slice(train.start, train.end);
    const logs = sizes.map(Math.log);
    const mean = logs.reduce((a, b) => a + b, 0) / logs.length;
    const deviation = Math.sqrt(logs.reduce((sum, l) => sum + (l - mean) ** 2, 0) / logs.length);
    const sorted = sizes.toSorted();
    return {
      name: `${year} to ${year + 3}`,
      ...{ train, test, scales },
      level: Math.sqrt(sizes.reduce((sum, s) => sum + s * s, 0) / sizes.length),
      log: {
        mean,
        deviation,
        low: (Math.log(sorted[0]) - mean) / deviation,
        high: (Math.log(sorted[sorted.length - 1]) - mean) / deviation,
      },
      thirds: [sorted[Math.floor(sorted.length / 3)], sorted[Math.floor((2 * sorted.length) / 3)]],
    };
  });
}

/** The condition: log σ, standardised by the training days, and held within what they had. */
export const conditionOf = ({ log }: Fold, sigma: number): number =>
  Math.min(log.high, Math.max(log.low, (Math.log(sigma) - log.mean) / log.deviation));

/** 0, 1 or 2: calm, usual, turbulent. */
export const regimeOf = ({ thirds }: Fold, sigma: number): number => Number(sigma > thirds[0]) + Number(sigma > thirds[1]);

/** Days that are the last before a window of `days` within a span. */
export const startsOf = ({ start, end }: RowRange, days = T): number[] =>
  Array.from({ length: Math.max(0, end - start - days) }, (_, i) => start + i);

/** So many of them, `count` or all if there are fewer, spread over the whole span; a phase between 0 and 1 moves each within its share. */
export function spreadOver(days: readonly number[], count: number, phase = 0): number[] {
  const n = Math.min(days.length, Math.floor(count));
  return Array.from({ length: n }, (_, i) => days[Math.floor(((i + phase) * days.length) / n)]);
}

/** Windows of T days after each of some days, r [n, T, N]. */
export function windowsAfter({ returns }: Market, starts: readonly number[]): Float32Array {
  const out = new Float32Array(starts.length * T * N);
  for (const [i, day] of starts.entries()) out.set(returns.data.subarray((day + 1) * N, (day + 1 + T) * N), i * T * N);
  return out;
}

/** The training days in blocks of three months: every fifth is for tests of nets that tell windows apart. Days before windows that lie within a block. */
export function blocksOf({ train }: Fold): { readonly train: number[]; readonly test: number[] } {
  const quarter = YEAR / 4;
  const parts: { train: number[]; test: number[] } = { train: [], test: [] };
  for (let block = 0; train.start + (block + 1) * quarter <= train.end; block++) {
    const from = train.start + block * quarter;
    parts[block % 5 === 4 ? 'test' : 'train'].push(
      ...startsOf({ start: from - 1, end: from + quarter }).filter((day) => day >= train.start),
    );
  }
  return parts;
}
