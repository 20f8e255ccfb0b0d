import { type HostArray, type HostData, sizeOf } from '../../base/index.js';
import type { Matrix } from '../../linalg/index.js';
import { type RowChoice, type RowRange, rowNumbers } from '../splits/fold.js';

/**
 * Rows of a matrix, a series, dates, or a host array, such as those of a fold.
 *
 *     for (const { train, test } of walkForward(dates, options))
 *       predict(linearRegression(rowsOf(x, train), rowsOf(y, train)), rowsOf(x, test));
 *
 * A range of a matrix, typed or host array is a view of the same memory; several ranges, or a list of rows, are a copy.
 *
 * @param x     [T, ...]
 * @param rows  `{ start, end }`, end not included, several of these, or row numbers in any order
 * @throws      when no row is chosen, or one is not there
 */
export function rowsOf(x: Matrix, rows: RowChoice): Matrix;
export function rowsOf<D extends HostData>(x: HostArray<D>, rows: RowChoice): HostArray<D>;
export function rowsOf<D extends HostData>(x: D, rows: RowChoice): D;
export function rowsOf<T>(x: readonly T[], rows: RowChoice): T[];
export function rowsOf(x: Matrix | HostArray | HostData | readonly unknown[], chosen: RowChoice): unknown {
  const rows = inOne(chosen);
  if ('cols' in x) return { ...x, rows: countOf(rows, x.rows), data: taken(x.data, rows, x.cols) };
  if ('shape' in x) return { data: taken(x.data, rows, sizeOf(x.shape.slice(1))), shape: [countOf(rows, x.shape[0]), ...x.shape.slice(1)] };
  countOf(rows, x.length);
  if (ArrayBuffer.isView(x)) return taken(x, rows, 1);
  return 'start' in rows ? x.slice(rows.start, rows.end) : Array.from(rows, (t) => x[t]);
}

type Rows = RowRange | ArrayLike<number>;

/** One range, also where it stands in a list by itself, since then a view will do; or the numbers of rows. */
function inOne(rows: RowChoice): Rows {
  if ('start' in rows || typeof rows[0] !== 'object') return rows as Rows;
  return rows.length === 1 ? (rows[0] as RowRange) : rowNumbers(rows);
}

function countOf(rows: Rows, available: number): number {
  const chosen = 'start' in rows ? [rows.start, rows.end - 1] : rows;
  const count = 'start' in rows ? rows.end - rows.start : rows.length;
  if (!(count > 0)) throw new Error('rowsOf: no row is chosen; does the split leave any?');
  for (let i = 0; i < chosen.length; i++)
    if (!(Number.isInteger(chosen[i]) && chosen[i] >= 0 && chosen[i] < available))
      throw new Error(`rowsOf: there is no row ${chosen[i]}, only 0 … ${available - 1}; was the split made for other data?`);
  return count;
}

function taken(data: HostData, rows: Rows, width: number): HostData {
  if ('start' in rows) return data.subarray(rows.start * width, rows.end * width);
  const copy = new (data.constructor as new (n: number) => HostData)(rows.length * width);
  for (let i = 0; i < rows.length; i++) copy.set(data.subarray(rows[i] * width, (rows[i] + 1) * width), i * width);
  return copy;
}
