import type { Panel, RowRange } from '../../../src/market/index.js';
import { type FoldSamples, foldSamples, type Sample, type VolatilityFold, type VolatilityTask, volatilityTask } from '../../volatility.js';

/** Days that a window of a net has. */
export const LOOKBACK = 22;
/** Days that the longest label looks ahead: all questions have the same folds, purged for it. */
export const WEEK = 5;

/**
 * The panel of twenty stocks with its folds, from whose training and validation rows those are left out whose labels of a week reach into the next
 * part. A slice has the end of the first fold.
 */
export async function purgedTask(quick: boolean): Promise<VolatilityTask> {
  const task = await volatilityTask();
  const shorter = ({ start, end }: RowRange, rows = Infinity) => ({ start: Math.max(start, end - rows), end: end - WEEK + 1 });
  const folds = task.folds.map(({ name, train, validation, test }) => ({
    ...{ name, test },
    train: shorter(train),
    validation: shorter(validation),
  }));
  if (!quick) return { ...task, folds };
  const [{ name, train, validation, test }] = folds;
  const slice = {
    name,
    train: shorter(train, 400),
    validation: shorter(validation, 100),
    test: { start: test.start, end: test.start + 120 },
  };
  return { ...task, folds: [slice] };
}

/** What a net sees of a fold: windows of the features, scaled by the training rows, where the label is known. */
export function windowsOf(task: VolatilityTask, fold: VolatilityFold, features: readonly Panel[], label: Panel): FoldSamples {
  const whole = foldSamples({ ...task, features, target: label }, fold, LOOKBACK);
  return { ...whole, validation: everyThird(whole.validation) };
}

/** A third of the rows decides as well when to stop: stocks and neighbouring days say nearly the same. */
function everyThird({ x, y, cells }: Sample): Sample {
  const rows = Array.from({ length: Math.ceil(cells.length / 3) }, (_, i) => 3 * i);
  const [n, size] = [rows.length, x.data.length / cells.length];
  const data = new Float32Array(n * size);
  for (const [i, row] of rows.entries()) data.set(x.data.subarray(row * size, (row + 1) * size), i * size);
  return {
    x: { data, shape: [n, ...x.shape.slice(1)] },
    y: { data: Float32Array.from(rows, (row) => y.data[row]), shape: [n, 1] },
    cells: Int32Array.from(rows, (row) => cells[row]),
  };
}

/** Means over the stocks of each test date, of all folds in turn, where the label is known. */
export interface Dated {
  readonly dates: string[];
  readonly values: number[];
}

/**
 * What each cell comes to, averaged by test date.
 *
 * @param of  of a cell, as `date * stocks + stock`
 * @throws    when it is not finite of a cell whose label is known: models would be compared on different outcomes
 */
export function byDate({ dates, assets, folds }: VolatilityTask, label: Panel, of: (cell: number) => number): Dated {
  const out: Dated = { dates: [], values: [] };
  const N = assets.length;
  for (const { test } of folds)
    for (let t = test.start; t < test.end; t++) {
      const cells = Array.from({ length: N }, (_, n) => t * N + n).filter((cell) => !Number.isNaN(label.values[cell]));
      if (cells.length === 0) continue;
      const value = cells.reduce((sum, cell) => sum + of(cell), 0) / cells.length;
      if (!Number.isFinite(value))
        throw new Error(`baselines: the mean over the stocks of ${dates[t]} is ${value}; is a forecast missing there?`);
      out.dates.push(dates[t]);
      out.values.push(value);
    }
  return out;
}
