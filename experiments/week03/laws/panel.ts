import { fromColumns, type Matrix } from '../../../src/linalg/index.js';
import { loadPanel, logReturns } from '../../../src/market/index.js';

/** (0.01 %)²: a day on which a price stood still is taken for that, since its logarithm is needed. */
const FLOOR = 1e-4;
/** Days that the features look back. */
export const FIRST = 250;

/** Returns of the panel in per cent, and what is known of each stock at each close. */
export interface Task {
  readonly dates: readonly string[];
  readonly assets: readonly string[];
  /** r of each stock [N][T], in per cent. */
  readonly returns: readonly Float64Array[];
  /** Terms of each stock [N][F][T]: log variances of a week, a month, a quarter and a year, its losses, and the market's. */
  readonly terms: readonly (readonly Float64Array[])[];
  /** log of the month's mean r² [N][T]: what a net starts from. */
  readonly month: readonly Float64Array[];
}

export async function loadTask(stocks = 20): Promise<Task> {
  const panel = logReturns(await loadPanel('skfolio/sp500-stocks', { from: '1990-01-01', to: '2016-12-31' }));
  const [T, N] = [panel.dates.length, panel.assets.length];
  const assets = panel.assets.slice(0, stocks);
  const returns = assets.map((_, i) => Float64Array.from({ length: T }, (_, t) => 100 * panel.values[t * N + i]));
  const market = Float64Array.from({ length: T }, (_, t) => returns.reduce((sum, r) => sum + r[t], 0) / assets.length);
  const shared = [logVariance(market, 5), logVariance(market, 22), losses(market, 1, logVariance(market, 22))];
  const own = returns.map((r) => {
    const month = logVariance(r, 22);
    return { month, terms: [logVariance(r, 5), month, logVariance(r, 66), logVariance(r, 250), losses(r, 1, month), losses(r, 5, month)] };
  });
  return {
    dates: panel.dates,
    assets,
    returns,
    terms: own.map(({ terms }) => [...terms, ...shared]),
    month: own.map(({ month }) => month),
  };
}

const squared = (r: number) => Math.max(r * r, FLOOR);

/** log of the mean r² of the last days; NaN before there are so many. */
function logVariance(r: Float64Array, days: number): Float64Array {
  let sum = 0;
  return r.map((value, t) => {
    sum += squared(value) - (t >= days ? squared(r[t - days]) : 0);
    return t >= days - 1 ? Math.log(Math.max(sum / days, FLOOR)) : Number.NaN;
  });
}

/** The mean return of the last days where it is a loss, in deviations of the month. */
const losses = (r: Float64Array, days: number, month: Float64Array): Float64Array =>
  r.map((_, t) => {
    let sum = 0;
    for (let k = 0; k < days; k++) sum += r[t - k];
    return Math.min(sum / Math.sqrt(days), 0) / Math.exp(month[t] / 2);
  });

/** A stock at a close. */
export interface At {
  readonly asset: number;
  readonly t: number;
}

/** Two questions at a close: the next day's return, and the logarithm of the next week's volatility. */
export const TARGETS = {
  /** r of the next day, in per cent. */
  returns: { days: 1, of: ({ returns }: Task, { asset, t }: At) => returns[asset][t + 1] },
  /** ½ log of the mean r² of the next five days. */
  volatility: { days: 5, of: (task: Task, { asset, t }: At) => 0.5 * Math.log(weekVariance(task, { asset, t })) },
} as const;
export type Target = keyof typeof TARGETS;

export function weekVariance({ returns }: Task, { asset, t }: At): number {
  let sum = 0;
  for (let k = 1; k <= 5; k++) sum += squared(returns[asset][t + k]);
  return sum / 5;
}

/** Training and test rows of a fold: no label of the first reaches the first day of the second. */
export interface Fold {
  /** The first test day. */
  readonly start: number;
  readonly train: readonly At[];
  readonly test: readonly At[];
}

/** Four years of test each, from 2001 on; all years before are trained on. Weeks do not overlap in the test. */
export function folds({ dates, assets }: Task, target: Target, quick: boolean): Fold[] {
  const { days } = TARGETS[target];
  const T = dates.length;
  const rows = (from: number, to: number, step: number) => {
    const out: At[] = [];
    for (let t = from; t < to; t += step) for (let asset = 0; asset < assets.length; asset++) out.push({ asset, t });
    return out;
  };
  const starts = ['2001', '2005', '2009', '2013'].map((year) => dates.findIndex((date) => date >= year));
  const all = starts.map((start, i) => ({
    start,
    train: rows(quick ? start - 300 : FIRST, start - days, 1),
    test: rows(start, Math.min(starts[i + 1] ?? T, T - days), days),
  }));
  return quick ? all.slice(0, 1).map((fold) => ({ ...fold, test: fold.test.slice(0, 40 * assets.length) })) : all;
}

/** An intercept and the terms of rows, standardised by the moments of the training rows and held within six deviations. */
export function designs(task: Task, { train, test }: Fold): { readonly train: Matrix; readonly test: Matrix } {
  const F = task.terms[0].length;
  const raw = (rows: readonly At[], j: number) => Float64Array.from(rows, ({ asset, t }) => task.terms[asset][j][t]);
  const columns = Array.from({ length: F }, (_, j) => {
    const own = raw(train, j);
    const mean = own.reduce((a, b) => a + b) / own.length;
    const deviation = Math.sqrt(own.reduce((sum, v) => sum + (v - mean) ** 2, 0) / own.length);
    const scaled = (values: Float64Array) => values.map((v) => Math.max(-6, Math.min(6, (v - mean) / deviation)));
    return { train: scaled(own), test: scaled(raw(test, j)) };
  });
  const matrix = (part: 'train' | 'test', n: number) =>
    fromColumns([new Float64Array(n).fill(1), ...columns.map((column) => column[part])]);
  return { train: matrix('train', train.length), test: matrix('test', test.length) };
}

/** The columns, the first of which is 1, and the products of any two others: what a rival without layers can make of curves. */
export function withProducts(m: Matrix): Matrix {
  const columns = Array.from({ length: m.cols }, (_, j) => Float64Array.from({ length: m.rows }, (_, i) => m.data[i * m.cols + j]));
  const pairs = columns.slice(1).flatMap((one, a) => columns.slice(a + 1).map((other) => one.map((value, i) => value * other[i])));
  return fromColumns([...columns, ...pairs]);
}
