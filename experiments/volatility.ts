import * as tf from '@tensorflow/tfjs';
import { fromColumns, type Matrix } from '../src/linalg/index.js';
import {
  computeFeatures,
  type Fold,
  fieldOf,
  forwardLogReturn,
  loadFrame,
  logReturns,
  mapValues,
  type Panel,
  type RowRange,
  type Stacked,
  seriesOf,
  stack,
  walkForward,
} from '../src/market/index.js';
import {
  type AveragedLosses,
  averageByDate,
  filterVolatility,
  fitGarch,
  gammaRegression,
  type Losses,
  linearRegression,
  predict,
  predictGamma,
  scaler,
} from '../src/stats/index.js';
import type { HostArray } from '../src/tensor/index.js';
import { RESEARCH } from '../src/trade/index.js';

/*
 * The task of several experiments: tomorrow's variance of twenty stocks, of daily prices to 2016, judged by QLIKE of the squared return.
 */

/** Where the data come from. */
export const SOURCE = 'skfolio/sp500-stocks';

/** The panel, what is forecast, and the splits. */
export interface VolatilityTask {
  /** [T] and [N] of all panels. */
  readonly dates: readonly string[];
  readonly assets: readonly string[];
  /** F panels [T, N], known at the close of their date. */
  readonly features: readonly Panel[];
  /** r² of the next row [T, N], a log return squared. */
  readonly target: Panel;
  /** r [T − 1, N], from the second date on. */
  readonly returns: Panel;
  readonly folds: readonly VolatilityFold[];
}

/** Years to test, with rows before them to choose on, and before those to train on: each label is known before the next part begins. */
export interface VolatilityFold {
  /** `2005 to 2008`. */
  readonly name: string;
  readonly train: RowRange;
  readonly validation: RowRange;
  readonly test: RowRange;
}

const YEAR = 252;
/** A square below that of 0.1 % is taken as that: most are returns of 0, of prices in eighths. */
const FLOOR = 1e-6;

/**
 * Twelve years of tests, 2005 to 2016, in three folds that walk forward; two years before each are for choosing.
 *
 * The features are logarithms of past variances over a day, a week, a month, a year and by RiskMetrics' weights, with the leverage terms of Corsi & Renò.
 */
export async function volatilityTask(): Promise<VolatilityTask> {
  const frame = await loadFrame(SOURCE, RESEARCH);
  const known = computeFeatures(frame, [
    ...['log-har-week', 'log-har-month', 'har-leverage-day', 'har-leverage-week', 'har-leverage-month'],
    ...['har-day', 'ewma-volatility-94', 'realised-volatility-252'],
  ]);
  const log = (name: string, f: (value: number) => number) => mapValues(known.panel(name), `log ${name}`, f);
  const features = [
    log('har-day', (square) => Math.log(Math.max(FLOOR, square))),
    ...['log-har-week', 'log-har-month'].map((name) => mapValues(known.panel(name), name, (l) => Math.max(Math.log(FLOOR), l))),
    log('ewma-volatility-94', (sigma) => 2 * Math.log(sigma)),
    log('realised-volatility-252', (sigma) => 2 * Math.log(sigma)),
    ...['day', 'week', 'month'].map((span) => known.panel(`har-leverage-${span}`)),
  ];
  const prices = fieldOf(frame, 'adjClose');
  const target = mapValues(forwardLogReturn(prices, 1), 'next r²', (r) => r * r);
  const outer = walkForward(frame.dates, { train: 15 * YEAR, test: 4 * YEAR, horizon: 1 }).filter(
    ({ test }) => test.end - test.start > YEAR,
  );
  const folds = outer.map((fold) => inParts(frame.dates, fold));
  return { dates: frame.dates, assets: frame.assets, features, target, returns: logReturns(prices), folds };
}

/** The last two years of a training window are for choosing: a second walk forward, within it. */
function inParts(dates: readonly string[], { train, test }: Fold<RowRange>): VolatilityFold {
  const inner = walkForward(dates.slice(0, train.end), { train: train.end - 2 * YEAR, test: 2 * YEAR, horizon: 1 })[0];
  const year = (row: number) => dates[row].slice(0, 4);
  return { name: `${year(test.start + 20)} to ${year(test.end - 20)}`, train: inner.train, validation: inner.test, test };
}

/** Rows of one part for a net: x [n, F], scaled by the training rows, or [n, L, F]; y [n, 1] in units of `unit`. */
export interface Sample {
  readonly x: HostArray<Float32Array>;
  readonly y: HostArray<Float32Array>;
  /** [n] where each row is in a panel's values. */
  readonly cells: Int32Array;
}

/** The parts of a fold as a net takes them. */
export interface FoldSamples {
  readonly train: Sample;
  readonly validation: Sample;
  readonly test: Sample;
  /** The mean of the training rows' r²: a net forecasts log(h / unit), which starts near 0. */
  readonly unit: number;
  /** Where log(h / unit) is kept: half the least and twice the largest of RiskMetrics' variances on the training rows. */
  readonly clamp: readonly [low: number, high: number];
}

/**
 * The rows of a fold. With a look-back L each has the features of the last L dates of its asset, oldest first.
 *
 * @throws as `stack`, and when a part is no longer than the look-back
 */
export function foldSamples({ features, target }: VolatilityTask, fold: VolatilityFold, lookback = 1): FoldSamples {
  const parts = { train: fold.train, validation: fold.validation, test: fold.test };
  for (const [name, { start, end }] of Object.entries(parts))
    if (end - start <= lookback)
      throw new Error(`volatility: a look-back of ${lookback} rows is longer than ${name}, which has ${end - start}; shorten it`);
  const trained = stack(features, { label: target, rows: fold.train });
  const scale = scaler('standard').fit(trained.x);
  const unit = trained.y.reduce((sum, y) => sum + y, 0) / trained.y.length;
  const ewma = trained.x.data.filter((_, at) => at % features.length === 3);
  const [low, high] = ewma.reduce(([low, high], l) => [Math.min(low, l), Math.max(high, l)], [Infinity, -Infinity]);
  const sampleOf = (rows: RowRange): Sample => {
    const { x, y, cells } = stack(features, { label: target, rows });
    const whole = lookback === 1 ? flat(scale.apply(x)) : windowed(features, scale, { cells, y, lookback });
    const kept = whole.cells ?? cells;
    const values = whole.y ?? y;
    return { x: whole.x, y: { data: Float32Array.from(values, (one) => one / unit), shape: [values.length, 1] }, cells: kept };
  };
  return {
    train: sampleOf(fold.train),
    validation: sampleOf(fold.validation),
    test: sampleOf(fold.test),
    unit,
    clamp: [low - Math.log(2) - Math.log(unit), high + Math.log(2) - Math.log(unit)],
  };
}

const flat = ({ data, rows, cols }: Matrix): { x: HostArray<Float32Array>; y?: Float64Array; cells?: Int32Array } => ({
  x: { data: Float32Array.from(data), shape: [rows, cols] },
});

/** The rows whose last L dates all have every feature. */
function windowed(
  features: readonly Panel[],
  scale: ReturnType<ReturnType<typeof scaler>['fit']>,
  { cells, y, lookback: L }: { cells: Int32Array; y: Float64Array; lookback: number },
) {
  const [N, F] = [features[0].assets.length, features.length];
  const whole = new Float64Array(features[0].values.length * F);
  for (const [f, { values }] of features.entries()) for (let c = 0; c < values.length; c++) whole[c * F + f] = values[c];
  const scaled = scale.apply({ rows: whole.length / F, cols: F, data: whole }).data;
  const complete = (cell: number) => {
    for (let back = 0; back < L; back++) {
      const at = cell - back * N;
      if (at < 0 || features.some(({ values }) => Number.isNaN(values[at]))) return false;
    }
    return true;
  };
  const chosen = Array.from(cells, (_, i) => i).filter((i) => complete(cells[i]));
  const data = new Float32Array(chosen.length * L * F);
  for (const [row, i] of chosen.entries())
    for (let l = 0; l < L; l++) {
      const at = (cells[i] - (L - 1 - l) * N) * F;
      for (let f = 0; f < F; f++) data[(row * L + l) * F + f] = scaled[at + f];
    }
  return {
    x: { data, shape: [chosen.length, L, F] },
    y: Float64Array.from(chosen, (i) => y[i]),
    cells: Int32Array.from(chosen, (i) => cells[i]),
  };
}

/** The loss of a net's output f = log(h / unit) [B, 1] for y = r² / unit [B, 1]: QLIKE less log unit, of f within the clamp. */
export const qlikeOf =
  ([low, high]: FoldSamples['clamp']) =>
  (f: tf.Tensor, y: tf.Tensor): tf.Tensor => {
    const kept = f.clipByValue(low, high);
    return tf.mean(kept.add(y.mul(kept.neg().exp())));
  };

/** A net's outputs [n] as variances h [T · N] on the cells of the sample, NaN elsewhere. */
export function varianceOf(
  task: VolatilityTask,
  { unit, clamp: [low, high] }: FoldSamples,
  { cells }: Sample,
  outputs: ArrayLike<number>,
): Float64Array {
  const h = new Float64Array(task.target.values.length).fill(Number.NaN);
  for (const [i, cell] of cells.entries()) h[cell] = unit * Math.exp(Math.min(high, Math.max(low, outputs[i])));
  return h;
}

/**
 * The rivals in closed form, or near to it: variances h [T · N] of RiskMetrics, GARCH(1, 1) and GJR of each stock, and of the pooled features by least squares
 * on logarithms and by a gamma regression. All are fitted to the training rows alone; GARCH goes on filtering with the coefficients it has.
 */
export function closedForms(
  task: VolatilityTask,
  fold: VolatilityFold,
): Record<'EWMA' | 'GARCH' | 'GJR' | 'log-HAR' | 'gamma regression', Float64Array> {
  const { features, target } = task;
  const trained = stack(features, { label: target, rows: fold.train });
  const rest = stack(features, { rows: { start: fold.validation.start, end: fold.test.end } });
  const scale = scaler('standard').fit(trained.x);
  const [x, later] = [withIntercept(scale.apply(trained.x)), withIntercept(scale.apply(rest.x))];
  const squares = trained.y.map((y) => Math.max(FLOOR, y));
  const gamma = predictGamma(gammaRegression(x, squares), later);
  const logs = linearRegression(x, squares.map(Math.log));
  const smeared = logs.residuals.reduce((sum, e) => sum + Math.exp(e), 0) / logs.residuals.length; // Duan 1983
  const logHar = predict(logs, later).map((l) => smeared * Math.exp(l));
  const ewma = rest.x.data.filter((_, at) => at % features.length === 3).map(Math.exp);
  return {
    EWMA: onCells(task, rest, ewma),
    GARCH: byStock(task, fold, 0),
    GJR: byStock(task, fold, 1),
    'log-HAR': onCells(task, rest, logHar),
    'gamma regression': onCells(task, rest, gamma),
  };
}

const withIntercept = ({ rows, cols, data, names = [] }: Matrix): Matrix => {
  const columns = Array.from({ length: cols }, (_, j) => Float64Array.from({ length: rows }, (_, i) => data[i * cols + j]));
  return { ...fromColumns([new Float64Array(rows).fill(1), ...columns]), names: ['1', ...names] };
};

function onCells({ target }: VolatilityTask, { cells }: Pick<Stacked, 'cells'>, values: ArrayLike<number>): Float64Array {
  const h = new Float64Array(target.values.length).fill(Number.NaN);
  for (const [i, cell] of cells.entries()) h[cell] = values[i];
  return h;
}

/** The variance of the next row, filtered through all returns with coefficients of the training rows. */
function byStock({ returns, target, assets }: VolatilityTask, { train, test }: VolatilityFold, o: number): Float64Array {
  const h = new Float64Array(target.values.length).fill(Number.NaN);
  for (const [n, asset] of assets.entries()) {
    const r = seriesOf(returns, asset).subarray(0, test.end); // returns begin a date later than prices: r[t] is of row t + 1
    const { variance, next } = filterVolatility(fitGarch(r.subarray(0, train.end), { o }), r);
    for (let t = 0; t < test.end; t++) h[t * assets.length + n] = t < variance.length ? variance[t] : next;
  }
  return h;
}

/** Losses by date of forecasts h [T · N] on some rows, averaged over the stocks that all have: log h + r²/h, or (r² − h)² in (%²)². */
export function lossesOn(
  { dates, target }: VolatilityTask,
  { start, end }: RowRange,
  forecasts: Readonly<Record<string, Float64Array>>,
  kind: 'qlike' | 'mse' = 'qlike',
): AveragedLosses {
  const N = target.assets.length;
  const loss = kind === 'qlike' ? (h: number, y: number) => Math.log(h) + y / h : (h: number, y: number) => 1e8 * (y - h) ** 2;
  const y = target.values.subarray(start * N, end * N);
  const models = Object.entries(forecasts).map(([name, h]) => {
    return [name, y.map((square, i) => loss(h[start * N + i], square))] as const;
  });
  return averageByDate({ dates: dates.slice(start, end), models: Object.fromEntries(models) });
}

/** Losses of folds that follow one another, as one. */
export const joined = (parts: readonly Losses[]): Losses => ({
  dates: parts.flatMap(({ dates }) => dates),
  models: parts[0].models,
  values: Float64Array.from(parts.flatMap(({ values }) => [...values])),
});
