import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { fromDay, toDay } from '../panel/dates.js';
import { checkTable } from '../store/check.js';
import { BAR_COLUMNS, type Kind, type Table } from '../store/table.js';

/** How a CSV file is laid out. */
export interface CsvOptions {
  /** header of the date column; `Date` unless told */
  readonly date?: string;
  /** how dates are written; `YYYY-MM-DD` unless told */
  readonly dateFormat?: 'YYYY-MM-DD' | 'M/D/YYYY' | 'YYYYMM';
  /** what the numbers are: `prices` of one asset per column, `bars` of one asset, or a `series`, which may be negative */
  readonly kind?: Kind;
  /** header → column name; all columns under their own names where left out */
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
}

const csvOptions = z.strictObject({
  date: z.string().default('Date'),
  dateFormat: z.enum(['YYYY-MM-DD', 'M/D/YYYY', 'YYYYMM']).default('YYYY-MM-DD'),
  kind: z.enum(['prices', 'bars', 'series']).default('prices'),
  columns: z.record(z.string(), z.string()).optional(),
  calendar: z.enum(['nyse', 'none']).default('nyse'),
  allowMissing: z.boolean().default(false),
  missing: z.array(z.string()).default([]),
  monthEnd: z.boolean().default(false),
  percent: z.boolean().default(false),
});
type Layout = z.output<typeof csvOptions>;

/** Reads a CSV file into a checked table. Throws with file, line and column on the first cell that cannot be trusted. */
export async function readCsv(path: string, options: CsvOptions = {}): Promise<Table> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${path}: cannot be read (${error.code}); check the path: it is relative to ${process.cwd()}`);
  });
  return parseCsv(text, options, path);
}

/**
 * As `readCsv`, from text; `where` names it in errors.
 *
 * @throws with line and column on the first cell that cannot be trusted, and on an option that is none
 */
export function parseCsv(text: string, options: CsvOptions, where: string): Table {
  const parsed = csvOptions.safeParse(options);
  if (!parsed.success) throw new Error(`${where}: wrong CSV option: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`);
  const layout = parsed.data;
  const { header, rows } = splitRows(text, where);
  const dateColumn = indexOf(header, layout.date, where, 'date: the header of the date column');
  const wanted = layout.columns
    ? Object.entries(layout.columns)
    : header.filter((name) => name !== layout.date).map((name) => [name, name] as const);
  const line = (row: number) => `line ${rows[row].line}`;
  const readColumn = (head: string) => {
    const index = indexOf(header, head, where, 'columns: the headers to read');
    return Float64Array.from(rows, ({ cells }, row) => readNumber(cells[index].trim(), layout, `${where}: ${line(row)}, column '${head}'`));
  };
  const columns = new Map(wanted.map(([head, name]) => [name, readColumn(head)]));
  if (layout.kind === 'bars') requireBarColumns(columns, where);
  const table = { dates: rows.map(({ cells }, row) => readDate(cells[dateColumn].trim(), layout, `${where}: ${line(row)}`)), columns };
  checkTable(table, { where, line, kind: layout.kind, calendar: layout.calendar, allowMissing: layout.allowMissing });
  return table;
}

interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

function splitRows(text: string, where: string): { header: readonly string[]; rows: readonly Row[] } {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const header = splitCells(lines[0]).map((name) => name.trim());
  const rows: Row[] = [];
  for (let i = 1; i < lines.length; i++) {
    if (lines[i].trim() === '') continue;
    const cells = splitCells(lines[i]);
    if (cells.length !== header.length)
      throw new Error(
        `${where}: line ${i + 1} has ${cells.length} cells, the header has ${header.length}; ` +
          'the file may be cut short, or use another separator than the comma',
      );
    rows.push({ line: i + 1, cells });
  }
  const twice = header.find((name, i) => header.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`${where}: the header names '${twice}' twice; each column needs its own name`);
  return { header, rows };
}

/** Cells of one line; a quoted cell may hold commas and doubled quotes, not line breaks. */
function splitCells(line: string): string[] {
  if (!line.includes('"')) return line.split(',');
  return Array.from(line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g), ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain);
}

function indexOf(header: readonly string[], name: string, where: string, option: string): number {
  const index = header.indexOf(name);
  if (index < 0) throw new Error(`${where}: no column '${name}'; the header has ${header.join(', ')}; set ${option}`);
  return index;
}

function requireBarColumns(columns: ReadonlyMap<string, unknown>, where: string): void {
  const absent = BAR_COLUMNS.filter((name) => !columns.has(name));
  if (absent.length > 0)
    throw new Error(
      `${where}: bars need the columns ${BAR_COLUMNS.join(', ')}: missing ${absent.join(', ')}; ` +
        "map the file's headers to them with columns, or use kind: 'prices'",
    );
}

function readNumber(cell: string, { missing, percent }: Layout, place: string): number {
  if (cell === '' || missing.includes(cell)) return Number.NaN;
  const value = Number(cell);
  if (Number.isNaN(value) && !/^nan$/i.test(cell))
    throw new Error(`${place}: '${cell}' is not a number; write 1234.5 without signs or separators, or list '${cell}' under missing`);
  return percent ? value / 100 : value;
}

function readDate(text: string, { dateFormat, monthEnd }: Layout, place: string): string {
  const iso = DATE_FORMATS[dateFormat](text);
  const day = toDay(iso);
  if (Number.isNaN(day)) throw new Error(`${place}: '${text}' is not a date written ${dateFormat}; correct the row or set dateFormat`);
  return monthEnd ? fromDay(Date.UTC(Number(iso.slice(0, 4)), Number(iso.slice(5, 7)), 0) / 86_400_000) : iso;
}

const DATE_FORMATS: Readonly<Record<string, (text: string) => string>> = {
  'YYYY-MM-DD': (text) => text,
  'M/D/YYYY': (text) =>
    text.replace(
      /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/,
      (_, m: string, d: string, y: string) => `${y}-${m.padStart(2, '0')}-${d.padStart(2, '0')}`,
    ),
  YYYYMM: (text) => text.replace(/^(\d{4})(\d{2})$/, '$1-$2-01'),
};
