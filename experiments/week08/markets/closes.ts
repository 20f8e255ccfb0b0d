import * as tf from '@tensorflow/tfjs';
import { fieldOf, loadFrame, type RowRange, stack } from '../../../src/market/index.js';
import { scaler } from '../../../src/stats/index.js';
import { type HostArray, type Key, uniform } from '../../../src/tensor/index.js';
import { RESEARCH } from '../../../src/trade/index.js';
import { SOURCE, type VolatilityFold, type VolatilityTask, volatilityTask } from '../../volatility.js';

/*
 * Forecasts as functions of the closes behind them: whoever moves one close moves two returns, one up and one down, and all features made of them.
 */

/** Days that a window of features has: a net of windows sees so many, all others the last. */
export const LOOKBACK = 22;
/** Returns that the features of one day are made of: a year. RiskMetrics' weight of what is older is 0.94 to the 252nd. */
const YEAR = 252;
const BASIS_POINT = 1e-4;
/** As in `volatilityTask`: a square below that of ten basis points is taken as that. */
const FLOOR = 1e-6;

/** The panel, its closes, and years to test: three folds that walk forward, and calm years before a crisis. */
export interface Market {
  readonly task: VolatilityTask;
  /** log p [T · N] */
  readonly closes: Float64Array;
  readonly folds: readonly Fold[];
}

/** Rows of a fold, and what its training rows say of the others. */
export interface Fold extends VolatilityFold {
  /** Cells [n] with every feature on each of the last 22 dates, and a label. */
  readonly cells: Readonly<Record<'train' | 'validation' | 'test', Int32Array>>;
  /** [F] of the training rows. */
  readonly centre: Float32Array;
  readonly scale: Float32Array;
  /** The mean of the training rows' r². */
  readonly unit: number;
  /** Where log(h / unit) is kept, as in `foldSamples`. */
  readonly clamp: readonly [low: number, high: number];
}

/** Calm years, and the crisis after them. */
const CALM = { name: 'calm to crisis', train: '2003-07-01', validation: '2006-07-01', test: '2007-01-01', end: '2010-01-01' };

export async function market(quick: boolean): Promise<Market> {
  const task = await volatilityTask();
  const prices = fieldOf(await loadFrame(SOURCE, RESEARCH), 'adjClose');
  const from = (date: string) => task.dates.findIndex((one) => one >= date);
  // The label of a part's last row is the first row of the next part: it is left out.
  const calm = {
    name: CALM.name,
    train: { start: from(CALM.train), end: from(CALM.validation) - 1 },
    validation: { start: from(CALM.validation), end: from(CALM.test) - 1 },
    test: { start: from(CALM.test), end: from(CALM.end) },
  };
  const whole = [...task.folds, calm];
  const shorter = ({ start, end }: RowRange, rows: number) => ({ start: Math.max(start, end - rows), end });
  const folds = quick
    ? task.folds.slice(0, 1).map(({ name, train, validation, test }) => ({
        name,
        train: shorter(train, 300),
        validation: shorter(validation, 60),
        test: { start: test.start, end: test.start + 90 },
      }))
    : whole;
  return { task, closes: prices.values.map(Math.log), folds: folds.map((fold) => withScale(task, fold)) };
}

function withScale(task: VolatilityTask, fold: VolatilityFold): Fold {
  const { features, target } = task;
  const { x, y } = stack(features, { label: target, rows: fold.train });
  const { columns } = scaler('standard').fit(x).state;
  const unit = y.reduce((sum, one) => sum + one, 0) / y.length;
  const [F, N] = [features.length, task.assets.length];
  const ewma = x.data.filter((_, at) => at % F === 3);
  const [low, high] = ewma.reduce(([low, high], l) => [Math.min(low, l), Math.max(high, l)], [Infinity, -Infinity]);
  const complete = (cell: number) =>
    cell >= (YEAR + LOOKBACK) * N &&
    Array.from({ length: LOOKBACK }, (_, l) => cell - l * N).every((at) => features.every(({ values }) => !Number.isNaN(values[at])));
  const cellsOf = (rows: RowRange) => stack(features, { label: target, rows }).cells.filter(complete);
  return {
    ...fold,
    cells: { train: cellsOf(fold.train), validation: cellsOf(fold.validation), test: cellsOf(fold.test) },
    centre: Float32Array.from(columns, ({ centre }) => centre),
    scale: Float32Array.from(columns, ({ scale }) => scale),
    unit,
    clamp: [low - Math.log(2) - Math.log(unit), high + Math.log(2) - Math.log(unit)],
  };
}

/** Closes that windows of L days are made of. */
export const closesFor = (L: number): number => YEAR + L;

/**
 * The log closes behind forecasts, in basis points above the last of them, oldest first.
 *
 * @param errors  in basis points [T · N], added to the closes
 * @returns       [n, 252 + L]
 */
export function windowsOf(
  { task, closes }: Market,
  cells: ArrayLike<number>,
  L: number,
  errors?: ArrayLike<number>,
): HostArray<Float32Array> {
  const [N, K] = [task.assets.length, closesFor(L)];
  const data = new Float32Array(cells.length * K);
  for (let i = 0; i < cells.length; i++)
    for (let k = 0; k < K; k++) {
      const at = cells[i] - (K - 1 - k) * N;
      data[i * K + k] = (closes[at] - closes[cells[i]]) / BASIS_POINT + (errors ? errors[at] : 0);
    }
  return { data, shape: [cells.length, K] };
}

/** Closes that are at the bid as often as at the ask: ε basis points below or above [T · N], each by itself (Roll 1984). */
export function bounce({ closes }: Market, k: Key, epsilon: number): Float64Array {
  const { data } = uniform(k, [closes.length]);
  return Float64Array.from(data, (u) => (u < 0.5 ? -epsilon : epsilon));
}

/** y = r² / unit of the next row [n]. */
export const labelsOf = ({ task }: Market, { unit }: Fold, cells: ArrayLike<number>): HostArray<Float32Array> => ({
  data: Float32Array.from({ length: cells.length }, (_, i) => task.target.values[cells[i]] / unit),
  shape: [cells.length],
});

/**
 * The features of `volatilityTask` as functions of log closes, which have a gradient.
 *
 * @returns  of closes x [B, 252 + L] in units of `unit` basis points: [B, L, F], as they are, not scaled
 */
export function featuresOf(L: number): (x: tf.Tensor, unit: tf.Tensor | number) => tf.Tensor {
  const R = YEAR + L - 1;
  const age = (row: number, l: number) => YEAR - 1 + l - row; // of a return on day l of the window: 0 is the day itself
  const weights = (of: readonly ((age: number) => number)[]) =>
    Float32Array.from({ length: R * L * of.length }, (_, i) => {
      const [row, l, k] = [Math.floor(i / (L * of.length)), Math.floor(i / of.length) % L, i % of.length];
      return age(row, l) < 0 ? 0 : of[k](age(row, l));
    });
  const over = (days: number) => (age: number) => (age < days ? 1 / days : 0);
  const decayed = (age: number) => 0.06 * 0.94 ** age;
  const ofSquares = weights([over(5), over(22), decayed, over(YEAR)]);
  const ofReturns = weights([over(5), over(22)]);
  return (x, unit) => {
    const K = x.shape[1]!;
    const r = x
      .slice([0, 1], [-1, K - 1])
      .sub(x.slice([0, 0], [-1, K - 1]))
      .mul(tf.mul(unit, BASIS_POINT));
    const squares = r.square();
    const last = (t: tf.Tensor) => t.slice([0, R - L], [-1, L]).expandDims(2);
    const means = squares.matMul(tf.tensor2d(ofSquares, [R, 4 * L])).reshape([-1, L, 4]);
    const [week, month, ewma, year] = tf.split(means, 4, 2);
    const logOf = (t: tf.Tensor, floor: number) => t.maximum(floor).log();
    const falls = r
      .matMul(tf.tensor2d(ofReturns, [R, 2 * L]))
      .reshape([-1, L, 2])
      .minimum(0);
    const logs = [logOf(last(squares), FLOOR), logOf(week, FLOOR), logOf(month, FLOOR), logOf(ewma, 1e-12), logOf(year, 1e-12)];
    return tf.concat([...logs, last(r).minimum(0), falls], 2);
  };
}
