import { matrixOf } from './arrays.js';
import { fromDay, fromMinute, parseDay } from './dates.js';
import type { Panel } from './panel.js';

/** What this needs of danfojs, its `DataFrame` (`danfojs-node` or `danfojs`), given as an argument so that the package does not depend on it. */
export interface Danfo<F> {
  /** Made of rows of numbers, with names of columns and an index. */
  readonly DataFrame: new (
    rows: number[][],
    options: { columns: string[]; index: string[] },
  ) => F;
}

/** A danfojs data frame, or anything with its `columns` [N] by name, its `index` [T], and its rows, `values` [T, N]. */
export interface DataFrameRows {
  /** Names, in order. */
  readonly columns: readonly string[];
  /** A label for each row. */
  readonly index: readonly (string | number)[];
  /** Rows of cells. */
  readonly values: unknown;
}

/**
 * A panel, or several on the same dates, as a danfojs data frame: a row for each date, which is its index, and columns as `matrixOf` names
 * them. Missing values are NaN, which danfojs counts as missing.
 *
 *     import * as dfd from 'danfojs-node';        toDataFrame(dfd, prices).tail().print()
 *
 * @throws as `matrixOf`
 */
export function toDataFrame<F>(danfo: Danfo<F>, panels: Panel | readonly Panel[]): F {
  const { rows, cols, data, names } = matrixOf(panels);
  const { dates } = 'dates' in panels ? panels : panels[0];
  return new danfo.DataFrame(
    Array.from({ length: rows }, (_, t) => Array.from(data.subarray(t * cols, (t + 1) * cols))),
    { columns: [...names!], index: [...dates] },
  );
}

/** What a data frame does not say of itself. */
export interface DataFrameReading {
  /** The column that holds the dates; the index unless told. */
  readonly dates?: string;
  /** What a value is: `close`. */
  readonly field: string;
  /** Where it came from: `my-notebook/spreads`. */
  readonly source: string;
}

/**
 * A panel of what a notebook made with danfojs: columns are the assets, in their order; null, undefined and NaN are missing.
 *
 * @param frame  a danfojs data frame whose index, or column `dates`, holds ascending dates as texts of a panel's form, or Date, whose midnight in UTC is a day
 * @throws       when there is no such column, a date is none or does not ascend, or a value is no number, naming row and column
 */
export function fromDataFrame(frame: DataFrameRows, { dates: dateColumn, field, source }: DataFrameReading): Panel {
  const who = `fromDataFrame, ${source}`;
  const at = dateColumn === undefined ? -1 : frame.columns.indexOf(dateColumn);
  if (dateColumn !== undefined && at < 0)
    throw new Error(`${who}: there is no column '${dateColumn}'; the columns are ${frame.columns.join(', ')}`);
  const cells = frame.values as unknown[][];
  const dates = cells.map((row, t) => dateOf(who, at < 0 ? frame.index[t] : row[at]));
  const back = dates.findIndex((date, t) => t > 0 && date <= dates[t - 1]);
  if (back > 0) throw new Error(`${who}: ${dates[back]} follows ${dates[back - 1]}; sort by date and keep one row for each`);
  const kept = [...frame.columns.keys()].filter((j) => j !== at);
  const values = Float64Array.from(
    cells.flatMap((row, t) => kept.map((j) => numberOf(who, row[j], `'${frame.columns[j]}' on ${dates[t]}`))),
  );
  return { dates, assets: kept.map((j) => frame.columns[j]), values, field, source };
}

function dateOf(who: string, value: unknown): string {
  const date = value instanceof Date ? dateIn(value) : String(value);
  parseDay(date, who);
  return date;
}

const dateIn = (value: Date): string => {
  const days = value.getTime() / 86_400_000;
  return Number.isInteger(days) ? fromDay(days) : fromMinute(value.getTime() / 60_000);
};

function numberOf(who: string, value: unknown, where: string): number {
  if (value === null || value === undefined) return Number.NaN;
  if (typeof value !== 'number') throw new Error(`${who}: ${where} is ${JSON.stringify(value)}, no number; drop or convert the column`);
  return value;
}
