import { fromColumns, type Matrix } from '../../../src/linalg/index.js';
import { stack } from '../../../src/market/index.js';
import { gammaRegression, predictGamma } from '../../../src/stats/index.js';
import { fold, type Key, uniform } from '../../../src/tensor/index.js';
import type { VolatilityTask } from '../../volatility.js';

/** A square below that of 0.1 % is taken as that, as `volatility.ts` does. */
const FLOOR = 1e-6;

/** What is planted. */
export interface Planting {
  /** κ: log variance moves by ±κ. */
  readonly size: number;
  /** m: shocks that each label averages, which is as m times the rows with the same inputs. */
  readonly times: number;
  /** Of the dates that the shocks come from. */
  readonly key: Key;
}

/** The task with a planted target, and h* [T · N], the variance that it has in truth; NaN where there is none. */
export interface Planted {
  readonly task: VolatilityTask;
  readonly truth: Float64Array;
}

/**
 * The task with another target:
 *
 *     y* = h* · mean of m u's,   h* = h exp(κ s) / cosh κ
 *
 * where h is a gamma regression's variance of all rows, s = ±1 says whether the day stands to its week as the week stands to its year, and each u is the
 * real y / h of another date, one date for all stocks, so that they go on moving together, over its stock's mean, so that u is 1 in the mean.
 *
 *     const plant = planting(task);
 *     const { task: sown, truth } = plant({ size: 0.2, times: 1, key: key(1) });
 */
export function planting(task: VolatilityTask): (planted: Planting) => Planted {
  const { features, target, dates, assets } = task;
  const N = assets.length;
  const { x, y, cells } = stack(features, { label: target, rows: { start: 0, end: dates.length } });
  const base = predictGamma(gammaRegression(withOnes(x), floored(y)), withOnes(x));
  const ratio = new Float64Array(target.values.length).fill(Number.NaN);
  for (const [i, cell] of cells.entries()) ratio[cell] = y[i] / base[i];
  const whole = dates.map((_, t) => t).filter((t) => assets.every((_, n) => !Number.isNaN(ratio[t * N + n])));
  const means = assets.map((_, n) => whole.reduce((sum, t) => sum + ratio[t * N + n], 0) / whole.length);
  const [rise, level] = [centred(difference(x, 0, 1)), centred(difference(x, 1, 4))];
  const signs = rise.map((one, i) => Math.sign(one * level[i]));
  return ({ size, times, key }) => {
    const from = Array.from({ length: times }, (_, j) => new Map(shuffled(whole, fold(key, j)).map((t, i) => [whole[i], t])));
    const [values, truth] = [0, 1].map(() => new Float64Array(target.values.length).fill(Number.NaN));
    for (const [i, cell] of cells.entries()) {
      const [t, n] = [Math.floor(cell / N), cell % N];
      if (!from[0].has(t)) continue;
      truth[cell] = (base[i] * Math.exp(size * signs[i])) / Math.cosh(size);
      const shocks = from.reduce((sum, dates) => sum + ratio[(dates.get(t) as number) * N + n], 0);
      values[cell] = (truth[cell] * shocks) / times / means[n];
    }
    return { task: { ...task, target: { ...target, values } }, truth };
  };
}

/** What a gamma regression takes of squares. */
export const floored = (y: ArrayLike<number>): number[] => Array.from(y, (one) => Math.max(FLOOR, one));

/** A design with a first column of ones. */
export const withOnes = ({ rows, cols, data }: Matrix): Matrix => {
  const columns = Array.from({ length: cols }, (_, j) => Float64Array.from({ length: rows }, (_, i) => data[i * cols + j]));
  return fromColumns([new Float64Array(rows).fill(1), ...columns]);
};

function shuffled(rows: readonly number[], key: Key): number[] {
  const draws = uniform(key, [rows.length], 'float64').data;
  return rows
    .map((row, i) => [draws[i], row])
    .sort(([a], [b]) => a - b)
    .map(([, row]) => row);
}

/** log of one variance less log of another. */
const difference = ({ rows, cols, data }: Matrix, a: number, b: number): Float64Array =>
  Float64Array.from({ length: rows }, (_, i) => data[i * cols + a] - data[i * cols + b]);

/** A column less its median. */
const centred = (column: Float64Array): Float64Array => {
  const middle = column.toSorted()[Math.floor(column.length / 2)];
  return column.map((value) => value - middle);
};
