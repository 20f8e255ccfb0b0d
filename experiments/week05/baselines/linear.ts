import { fromColumns, type Matrix } from '../../../src/linalg/index.js';
import { type Panel, type RowRange, stack } from '../../../src/market/index.js';
import { nLinearRidge, scaler } from '../../../src/stats/index.js';
import type { VolatilityFold, VolatilityTask } from '../../volatility.js';
import { LOOKBACK } from './task.js';

/**
 * NLinear in closed form: ridge from windows of a series to labels in the units of the series, its penalty by generalised cross-validation.
 *
 * @returns  for each label [T · N] up to the end of the test, training rows too; NaN where a window is not complete
 */
export function nLinearOf(
  { assets, target }: VolatilityTask,
  fold: VolatilityFold,
  series: Panel,
  labels: readonly Panel[],
): Float64Array[] {
  const N = assets.length;
  const window = (cell: number, l: number) => series.values[cell - (LOOKBACK - 1 - l) * N];
  const complete = (cell: number) =>
    cell >= (LOOKBACK - 1) * N && Array.from({ length: LOOKBACK }, (_, l) => window(cell, l)).every((value) => !Number.isNaN(value));
  const cells = Array.from({ length: (fold.train.end - fold.train.start) * N }, (_, i) => fold.train.start * N + i).filter(
    (cell) => complete(cell) && labels.every(({ values }) => !Number.isNaN(values[cell])),
  );
  const x = { rows: cells.length, cols: LOOKBACK, data: new Float64Array(cells.length * LOOKBACK) };
  for (const [i, cell] of cells.entries()) for (let l = 0; l < LOOKBACK; l++) x.data[i * LOOKBACK + l] = window(cell, l);
  const y = fromColumns(labels.map(({ values }) => cells.map((cell) => values[cell])));
  const { w, b } = nLinearRidge({ x, y }).params;
  const K = labels.length;
  return labels.map((_, k) => {
    const out = new Float64Array(target.values.length).fill(Number.NaN);
    for (let cell = 0; cell < fold.test.end * N; cell++) {
      if (!complete(cell)) continue;
      const last = window(cell, LOOKBACK - 1);
      out[cell] = last + b.data[k];
      for (let l = 0; l < LOOKBACK; l++) out[cell] += (window(cell, l) - last) * w.data[l * K + k];
    }
    return out;
  });
}

/** The features of rows, standardised by the moments of the training rows, and where each row is. */
export function designOf(features: readonly Panel[], { train }: VolatilityFold, rows: RowRange): { x: Matrix; cells: Int32Array } {
  const scale = scaler('standard').fit(stack(features, { rows: train }).x);
  const { x, cells } = stack(features, { rows });
  return { x: scale.apply(x), cells };
}

/** A column of ones before the others. */
export function withIntercept({ rows, cols, data, names = [] }: Matrix): Matrix {
  const columns = Array.from({ length: cols }, (_, j) => Float64Array.from({ length: rows }, (_, i) => data[i * cols + j]));
  return { ...fromColumns([new Float64Array(rows).fill(1), ...columns]), names: ['intercept', ...names] };
}

/** Values of rows [n] where the rows are [T · N], NaN elsewhere. */
export function spread(size: number, cells: ArrayLike<number>, values: ArrayLike<number>): Float64Array {
  const out = new Float64Array(size).fill(Number.NaN);
  for (let i = 0; i < cells.length; i++) out[cells[i]] = values[i];
  return out;
}

/** Forecasts of each fold [T · N], on the test rows of each, as one. */
export function onTests({ folds, target, assets }: VolatilityTask, parts: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(target.values.length).fill(Number.NaN);
  const N = assets.length;
  for (const [f, { test }] of folds.entries()) out.set(parts[f].subarray(test.start * N, test.end * N), test.start * N);
  return out;
}
