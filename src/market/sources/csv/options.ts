import { z } from 'zod';
import type { Kind } from '../../store/table.js';
import { type DateFormat, dateFormats, TIMED } from './date-formats.js';

/** How a CSV file is laid out. */
export interface CsvOptions {
  /** header of the date column; `Date` unless told, in any letters, or the first column if that has no header */
  readonly date?: string;
  /**
   * how dates are written; `YYYY-MM-DD` unless told, and a time of day after it is dropped. `YYYY-MM-DDTHH:MM` keeps it, to the minute, in UTC: of a
   * time with an offset, `2024-03-28 09:30:00-04:00`, the one there. A row is known at its time, so of bars it is that of their end.
   */
  readonly dateFormat?: DateFormat;
  /**
   * header of the column that names the assets of a long file, which has a row for each asset and date: `Ticker`. Beside it stands one column of
   * values, or of bars their fields; the rows of an asset are in order, those of the assets may be mixed.
   */
  readonly asset?: string;
  /** what the numbers are: `prices` of one asset per column, `bars` of one asset, or a `series`, which may be negative */
  readonly kind?: Kind;
  /**
   * header → column name, for the columns to read; they come in the order of the file. Where left out, all under their own names, and of bars
   * those that are called open, high, low, close, adjusted close and volume, in any letters.
   */
  readonly columns?: Readonly<Record<string, string>>;
  /** trading days the rows must match; `nyse` unless told */
  readonly calendar?: 'nyse' | 'none';
  /** keep empty cells as NaN instead of refusing them */
  readonly allowMissing?: boolean;
  /** cells that stand for a missing value, beside the empty one */
  readonly missing?: readonly string[];
  /** date monthly rows by the last day of their month, when their value was first known */
  readonly monthEnd?: boolean;
  /** the file's numbers are percent; they are kept as fractions */
  readonly percent?: boolean;
  /** between cells; the one of `,` `;` tab and `|` that makes most cells of the first line, and as many of the next, unless told */
  readonly separator?: ',' | ';' | '\t' | '|';
  /** before the fraction of a number; a point unless told */
  readonly decimal?: '.' | ',';
  /** of the text; a file that begins with a byte order mark says it itself, others are UTF-8 unless told */
  readonly encoding?: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
  /** lines of headers: 0 names the columns 1, 2, 3 …; 2 joins both levels, without one that is the same in all columns; 1 unless yfinance wrote the file */
  readonly header?: 0 | 1 | 2;
}

const csvOptions = z.strictObject({
  date: z.string().optional(),
  dateFormat: z.enum(dateFormats).default('YYYY-MM-DD'),
  asset: z.string().optional(),
  kind: z.enum(['prices', 'bars', 'series']).default('prices'),
  columns: z.record(z.string(), z.string()).optional(),
  calendar: z.enum(['nyse', 'none']).default('nyse'),
  allowMissing: z.boolean().default(false),
  missing: z.array(z.string().trim()).default([]),
  monthEnd: z.boolean().default(false),
  percent: z.boolean().default(false),
  separator: z.enum([',', ';', '\t', '|']).optional(),
  decimal: z.enum(['.', ',']).default('.'),
  encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252']).optional(),
  header: z.literal([0, 1, 2]).optional(),
});

/** Options with their defaults. */
export type Layout = z.output<typeof csvOptions>;

/** Throws on an option that is none, or has a value that it may not have. */
export function layoutOf(options: CsvOptions, where: string): Layout {
  const parsed = csvOptions.safeParse(options);
  if (!parsed.success) throw new Error(`${where}: wrong CSV option: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`);
  const { monthEnd, dateFormat } = parsed.data;
  if (monthEnd && dateFormat === TIMED)
    throw new Error(`${where}: monthEnd dates rows by days, and dateFormat ${TIMED} keeps their times; leave one of the two out`);
  return parsed.data;
}
