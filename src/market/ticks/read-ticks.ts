import { readFileSync } from 'node:fs';
import { checkOptions } from '../../base/internal.js';
import { rowError } from '../sources/numbers-csv.js';
import { faultOfTick, type Ticks } from './ticks.js';

/** How a file of ticks is read. */
export interface TickOptions {
  /** name of what is traded */
  readonly asset: string;
  /** headers of its columns; `DateTime`, `Price` and `Volume`, in any letters, unless told */
  readonly columns?: { readonly time?: string; readonly price?: string; readonly size?: string };
  /** where its clock is, `America/Chicago`; UTC unless told */
  readonly timeZone?: string;
}

/** A day and a time, to the millisecond at most: `2013-09-01 17:00:00.083`, with a T or a space; with a Z it is of UTC, whatever the clock. */
const TIME = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z)?$/;

/**
 * Trades of a CSV file with headers, a row each, in the order of their times.
 *
 * A time that ends in Z is of UTC, whatever `timeZone` is. A time that a clock shows twice when summer ends is taken for the first of them; parts of a millisecond are dropped.
 *
 * @throws when the file cannot be read or lacks a column, or the zone is none; and with the number and the text of the line when it has no time, price and size, when its
 *         time falls, or when its size is not above zero
 */
export function readTicks(file: string, { asset, columns = {}, timeZone = 'UTC' }: TickOptions): Ticks {
  checkOptions('readTicks', columns, ['time', 'price', 'size']);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}); check its path`, { cause: error });
  }
  const [head, ...lines] = text.trimEnd().split(/\r?\n/);
  const headers = head.split(',').map((cell) => cell.trim());
  const place = (header: string) => {
    const index = headers.findIndex((one) => one.toLowerCase() === header.toLowerCase());
    if (index < 0) throw new Error(`${file} has no column '${header}': it has ${headers.join(', ')}; name it under columns`);
    return index;
  };
  const [time, price, size] = [place(columns.time ?? 'DateTime'), place(columns.price ?? 'Price'), place(columns.size ?? 'Volume')];
  const offsetAt = offsets(timeZone);
  const [times, prices, sizes] = [0, 1, 2].map(() => new Float64Array(lines.length));
  for (const [i, line] of lines.entries()) {
    const cells = line.split(',');
    if (cells.length !== headers.length) throw rowError(file, i + 1, `${cells.length} cells instead of ${headers.length}`);
    times[i] = instant(cells[time].trim(), offsetAt);
    [prices[i], sizes[i]] = [numberOf(cells[price]), numberOf(cells[size])];
    const fault = faultOfTick(times[i], prices[i], sizes[i], i > 0 ? times[i - 1] : times[i]);
    if (fault) throw rowError(file, i + 1, fault);
  }
  if (lines.length === 0) throw new Error(`${file} has no row`);
  return { asset, times, prices, sizes, source: file };
}

const numberOf = (cell: string): number => (cell.trim() === '' ? Number.NaN : Number(cell));

/** Milliseconds since 1970 UTC of a time of the clock; NaN where it is none. */
function instant(text: string, offsetAt: (local: number) => number): number {
  const parts = TIME.exec(text);
  if (!parts) return Number.NaN;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0));
  const local = Date.UTC(year, month - 1, day, hour, minute, second, Number((parts[7] ?? '0').padEnd(3, '0').slice(0, 3)));
  const [kept, inRange] = [new Date(local), hour < 24 && minute < 60 && second < 60];
  return inRange && kept.getUTCMonth() === month - 1 && kept.getUTCDate() === day ? local - (parts[8] ? 0 : offsetAt(local)) : Number.NaN;
}

/** How far a zone's clock is ahead of UTC, in milliseconds, when it shows a time; asked of the system once for each quarter of an hour. */
function offsets(timeZone: string): (local: number) => number {
  if (timeZone === 'UTC') return () => 0;
  let format: Intl.DateTimeFormat;
  try {
    const [year, month, day, hour, minute] = Array.from({ length: 5 }, () => 'numeric' as const);
    format = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', year, month, day, hour, minute });
  } catch (error) {
    throw new Error(`readTicks: there is no time zone '${timeZone}'; name one by continent and city, 'America/Chicago'`, { cause: error });
  }
  const shown = (time: number) => {
    const part = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
    return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute);
  };
  const QUARTER = 900_000;
  const known = new Map<number, number>();
  return (local) => {
    const quarter = Math.floor(local / QUARTER);
    let offset = known.get(quarter);
    if (offset === undefined) {
      const time = quarter * QUARTER;
      // Of the offsets a day before and a day after, the one under which the clock shows this time; of both, that of the day before.
      const likely = [time - 86_400_000, time + 86_400_000].map((near) => shown(near) - near);
      offset = likely.find((one) => shown(time - one) === time) ?? likely[0];
      known.set(quarter, offset);
    }
    return offset;
  };
}
