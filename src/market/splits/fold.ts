import { checkWhole } from '../../base/internal.js';

/** A half-open range of rows: start ≤ t < end. */
export interface RowRange {
  readonly start: number;
  readonly end: number;
}

/** Rows to take: a range, several in ascending order, or a list of row numbers. */
export type RowChoice = RowRange | readonly RowRange[] | ArrayLike<number>;

/**
 * How far labels look ahead: so many rows, each as many, or [T] the date on which each is known, as events have it that end when a barrier
 * is hit.
 */
export type Horizon = number | readonly string[];

/** One fold of an evaluation: the rows to `train` on and those to `test`, and what the labels are, so that a leak can be found. */
export interface Fold<R extends RowChoice = RowChoice> {
  readonly train: R;
  readonly test: R;
  /** 5: the label of row t uses prices up to row t + 5 */
  readonly horizon: Horizon;
  /** rows left out beside those whose labels overlap, for features whose memory outlasts the label; of events that share dates each counts */
  readonly embargo: number;
}

/** From where to where the label of each row reaches: by row numbers, or by the order of dates where labels end by date. */
export interface Spans {
  /** [T] ascending */
  readonly starts: Int32Array;
  /** [T] */
  readonly ends: Int32Array;
}

/**
 * The spans of labels.
 *
 * @throws when a number of rows is no whole number from 1 up, dates do not ascend, or a label is known before its row; of a number of rows
 *         each date must be later than the one before, since rows of one date are not known one after the other
 */
export function spansOf(who: string, dates: readonly string[], horizon: Horizon): Spans {
  const T = dates.length;
  if (typeof horizon === 'number') {
    checkWhole(who, 'horizon', horizon);
    const late = dates.findIndex((date, t) => t > 0 && !(dates[t - 1] < date));
    if (late >= 0)
      throw new Error(
        `${who}: horizon ${horizon} counts rows, one a date, and ${dates[late]} comes after ${dates[late - 1]}; sort them, and of events or of ` +
          'several assets a date give horizon as [T] the date on which each label is known, as knownAt of tripleBarrier',
      );
    return { starts: Int32Array.from({ length: T }, (_, t) => t), ends: Int32Array.from({ length: T }, (_, t) => t + horizon) };
  }
  if (horizon.length !== T)
    throw new Error(
      `${who}: horizon has ${horizon.length} dates and there are ${T} samples; it needs the date on which each label is known`,
    );
  for (let t = 0; t < T; t++) {
    if (t > 0 && dates[t] < dates[t - 1])
      throw new Error(`${who}: samples must be in the order of their dates: ${dates[t]} comes after ${dates[t - 1]}; sort them first`);
    if (horizon[t] < dates[t])
      throw new Error(
        `${who}: the label of ${dates[t]} is known on ${horizon[t]}, before it; horizon holds the last date that a label uses`,
      );
  }
  const order = new Map([...new Set([...dates, ...horizon])].sort().map((date, i) => [date, i]));
  return { starts: Int32Array.from(dates, (date) => order.get(date)!), ends: Int32Array.from(horizon, (date) => order.get(date)!) };
}

const isRange = (rows: RowChoice): rows is RowRange => 'start' in rows;
const areRanges = (rows: RowChoice): rows is readonly RowRange[] => !isRange(rows) && rows.length > 0 && typeof rows[0] === 'object';

/**
 * The numbers of the rows chosen, in their order: [0, 1, 7, 8] of the ranges 0 … 1 and 7 … 8.
 *
 *     windowBatches(data, { lookback: 64, size: 32, key, rows: rowNumbers(fold.train) })
 */
export function rowNumbers(rows: RowChoice): Int32Array {
  if (!isRange(rows) && !areRanges(rows)) return Int32Array.from(rows as ArrayLike<number>);
  const ranges = isRange(rows) ? [rows] : rows;
  return Int32Array.from(ranges.flatMap(({ start, end }) => Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i)));
}

/** Rows as ranges, ascending, as few as hold them. Throws unless they are whole numbers within the T rows, one or more. */
export function rangesOf(who: string, rows: RowChoice, T: number): RowRange[] {
  const given = isRange(rows) ? [rows] : areRanges(rows) ? rows : Array.from(rows as ArrayLike<number>, (t) => ({ start: t, end: t + 1 }));
  const wrong = given.find(
    ({ start, end }) => !(Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= T),
  );
  if (given.length === 0) throw new Error(`${who} is empty; it must hold a row or more of the ${T} there are`);
  if (wrong) throw new Error(`${who} is rows ${wrong.start} … ${wrong.end - 1} of ${T}; it must hold a row or more, all of them there`);
  const sorted = given.toSorted((a, b) => a.start - b.start);
  const merged: RowRange[] = [];
  for (const { start, end } of sorted) {
    const last = merged.at(-1);
    if (last && start <= last.end) merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, end) };
    else merged.push({ start, end });
  }
  return merged;
}

/** The runs of ones. */
export function runsOf(marks: Uint8Array): RowRange[] {
  const runs: RowRange[] = [];
  for (let t = 0; t < marks.length; t++) {
    if (!marks[t]) continue;
    const start = t;
    while (t < marks.length && marks[t]) t++;
    runs.push({ start, end: t });
  }
  return runs;
}
