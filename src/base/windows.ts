import { checkWhole } from './checks.js';
import type { HostData } from './host-array.js';

/** Which windows a series of so many rows has. */
export interface WindowPlan {
  /** T, rows that a window sees. */
  readonly lookback: number;
  /** K, rows after the window that must be there, because they are to be forecast; 0 when left out. */
  readonly horizon?: number;
  /** The rows at which a window may end, a range or a list; all that leave room when left out. */
  readonly ends?: { readonly start: number; readonly end: number } | ArrayLike<number>;
}

/**
 * Which rows belong to which window: the window that ends at row e sees the rows e − T + 1 … e, and what it forecasts is in the rows
 * e + 1 … e + K.
 *
 *     windowEnds('windows', 6, { lookback: 3, horizon: 2 })        // 2, 3
 *
 * @param who   the function that was called, for errors
 * @param rows  how many the series has
 * @returns     the last row of each window, in the order of `ends`
 * @throws      when lookback is no whole number from 1 up, or horizon none from 0 up; when no window fits, or one that is asked for does not
 */
export function windowEnds(who: string, rows: number, { lookback, horizon = 0, ends: allowed }: WindowPlan): Int32Array {
  checkWhole(who, 'lookback', lookback);
  checkWhole(who, 'horizon', horizon, { from: 0 });
  const [first, last] = [lookback - 1, rows - 1 - horizon];
  const ends = listed(allowed ?? { start: first, end: last + 1 });
  if (ends.length === 0)
    throw new Error(
      `${who}: lookback ${lookback}${horizon > 0 ? ` and ${horizon} rows to forecast leave` : ' leaves'} no sample: ${rows} rows` +
        `${allowed ? ', and none of them may end a window' : ''}; shorten lookback or load more history`,
    );
  const wrong = ends.find((end) => !(end >= first && end <= last));
  if (wrong !== undefined)
    throw new Error(`${who}: a window of ${lookback} rows cannot end at row ${wrong} of ${rows}; windows end at rows ${first} … ${last}`);
  return ends;
}

/** For each of these rows of a row-major array [rows, ...], the `length` rows that end with it: [ends, length, ...]. */
export function rowsUpTo<D extends HostData>(
  { data, shape }: { readonly data: D; readonly shape: readonly number[] },
  ends: Int32Array,
  length = 1,
): D {
  const width = data.length / shape[0];
  const Type = data.constructor as new (n: number) => D;
  const out = new Type(ends.length * length * width);
  ends.forEach((end, i) => {
    out.set(data.subarray((end + 1 - length) * width, (end + 1) * width), i * length * width);
  });
  return out;
}

const listed = (rows: NonNullable<WindowPlan['ends']>): Int32Array =>
  'start' in rows ? Int32Array.from({ length: Math.max(0, rows.end - rows.start) }, (_, i) => rows.start + i) : Int32Array.from(rows);
