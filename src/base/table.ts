import type { Bundle } from './display.js';
import { fixed, significant } from './format.js';

/** What a table's cell may hold; a missing value shows as a dash. */
export type Cell = string | number | boolean | null | undefined;
/** One record, by column: `{ asset: 'SPY', beta: 1 }`. */
export type Row = Readonly<Record<string, Cell>>;

/** A data frame as danfojs has it: column names and rows of values. */
export interface DataFrameLike {
  /** The columns' names. */
  readonly columns: readonly string[];
  /** [rows, columns] */
  readonly values: unknown;
  /** Labels of the rows; other ones than 0, 1, 2, … are shown, in a column `index` of their own. */
  readonly index?: readonly unknown[];
}

/** A panel as the market has it: values [T, N] row by row, of dates [T] and assets [N]; `field`, `source` and `adjusted` make its caption. */
export interface PanelLike {
  readonly dates: readonly string[];
  readonly assets: readonly string[];
  readonly values: ArrayLike<number>;
  readonly field?: string;
  readonly source?: string;
  readonly adjusted?: string;
}

/** How a table shows: its caption, columns, units and decimals. */
export interface TableOptions {
  /** A caption that says what the table shows; that of a panel says what it holds, of what, and for what it is adjusted, unless told. */
  title?: string;
  /** Units by column, shown in its head: `{ alpha: '% a year' }`. */
  units?: Readonly<Record<string, string>>;
  /** Decimals by column; without it a number has four significant digits. */
  decimals?: Readonly<Record<string, number>>;
  /** The columns to show, in order; all by default. */
  columns?: readonly string[];
  /** Rows shown at most (100); the caption says how many there are. */
  limit?: number;
}

/**
 * Shows records one below the other: HTML without style or script, so that any theme and an untrusted notebook show it, and aligned text.
 *
 *     await show(table(rows));        as text outside a notebook
 *
 * @param rows  records with the same keys, a danfojs data frame, or a panel, which shows a column for its dates and one for each asset
 * @throws      when there are no rows, or a unit, decimals or column name a column that is not there
 */
export function table(rows: readonly Row[] | DataFrameLike | PanelLike, options: TableOptions = {}): Bundle {
  const { records, known } = recordsOf(rows);
  if (records.length === 0) throw new Error('table: there are no rows to show; check the filter that made them');
  const names = columnsOf(known, options);
  const shown = records.slice(0, options.limit ?? 100);
  const heads = names.map((name) => (options.units?.[name] ? `${name} (${options.units[name]})` : name));
  const cells = shown.map((row) => names.map((name) => format(row[name], options.decimals?.[name])));
  const numeric = names.map((name) => records.every((row) => row[name] == null || typeof row[name] === 'number'));
  const caption = [options.title ?? captionOf(rows), shown.length < records.length && `first ${shown.length} of ${records.length} rows`]
    .filter(Boolean)
    .join(', ');
  return { 'text/html': html(caption, heads, cells, numeric), 'text/plain': text(caption, heads, cells, numeric) };
}

/** Records with the names of their columns, whose order an object does not keep where they are numbers. */
function recordsOf(rows: readonly Row[] | DataFrameLike | PanelLike): { records: readonly Row[]; known: readonly string[] } {
  if ('dates' in rows && 'assets' in rows) return fromPanel(rows);
  if ('columns' in rows && 'values' in rows) return fromFrame(rows);
  if (!Array.isArray(rows)) throw new Error('table: shows an array of records, a data frame or a panel; got none of these');
  return { records: rows, known: Object.keys(rows[0] ?? {}) };
}

/** What a panel says of itself; nothing of other rows. */
function captionOf(rows: readonly Row[] | DataFrameLike | PanelLike): string | undefined {
  if (!('assets' in rows && rows.field && rows.source)) return undefined;
  const { field, source, adjusted } = rows;
  return [`${field} of ${source}`, adjusted && (adjusted === 'none' ? 'not adjusted' : `adjusted for ${adjusted}`)]
    .filter(Boolean)
    .join(', ');
}

function fromPanel({ dates, assets, values }: PanelLike): { records: Row[]; known: string[] } {
  const record = (date: string, t: number) =>
    Object.fromEntries([['date', date], ...assets.map((asset, n) => [asset, missing(values[t * assets.length + n])])]);
  return { records: dates.map(record), known: ['date', ...assets] };
}

const missing = (value: number): number | null => (Number.isNaN(value) ? null : value);

function fromFrame({ columns, values, index = [] }: DataFrameLike): { records: Row[]; known: string[] } {
  const labelled = index.some((label, i) => label !== i) && !columns.includes('index');
  const records = (values as Cell[][]).map((row, i) =>
    Object.fromEntries([...(labelled ? [['index', index[i] as Cell]] : []), ...columns.map((name, j) => [name, row[j]])]),
  );
  return { records, known: labelled ? ['index', ...columns] : [...columns] };
}

/** A frame's parts: `rows` [rows, columns] under `columns`, with the labels `index` of the rows, and a line `size` that says how much it is. */
export interface FrameParts {
  readonly columns: readonly string[];
  readonly index: readonly (string | number)[];
  readonly rows: readonly (readonly Cell[])[];
  readonly size: string;
}

/** A longer frame shows its first and last rows, as pandas does. */
const ROWS_SHOWN = 60;
const EACH_END = 5;
const COLUMNS_SHOWN = 20;

/** A data frame as pandas shows it: row labels, then columns, long ones by both their ends, and its size below. */
export function frameForms({ columns, index, rows, size }: FrameParts): Bundle {
  const at = ends(rows.length, ROWS_SHOWN, EACH_END);
  const across = ends(columns.length, COLUMNS_SHOWN, COLUMNS_SHOWN / 2);
  const heads = ['', ...across.map((j) => (j < 0 ? '…' : columns[j]))];
  const cells = at.map((i) =>
    i < 0 ? heads.map(() => '…') : [String(index[i] ?? i), ...across.map((j) => (j < 0 ? '…' : format(rows[i][j])))],
  );
  const numeric = [false, ...across.map((j) => j >= 0 && at.every((i) => i < 0 || rows[i][j] == null || typeof rows[i][j] === 'number'))];
  return {
    'text/html': `${html('', heads, cells, numeric)}<p>${escapeHtml(size)}</p>`,
    'text/plain': [text('', heads, cells, numeric), size].join('\n'),
  };
}

/** 0, 1, …, n − 1, or both ends of them around a −1. */
const ends = (n: number, most: number, each: number) =>
  n <= most
    ? [...Array(n).keys()]
    : [...Array.from({ length: each }, (_, i) => i), -1, ...Array.from({ length: each }, (_, i) => n - each + i)];

function columnsOf(known: readonly string[], { columns, units = {}, decimals = {} }: TableOptions): readonly string[] {
  for (const name of [...(columns ?? []), ...Object.keys(units), ...Object.keys(decimals)])
    if (!known.includes(name)) throw new Error(`table: there is no column '${name}'; the columns are ${known.join(', ')}`);
  return columns ?? known;
}

function format(value: Cell, decimals?: number): string {
  if (value == null) return '–';
  if (typeof value !== 'number') return String(value);
  if (decimals !== undefined) return fixed(value, decimals);
  return Number.isInteger(value) ? fixed(value, 0) : significant(value);
}

function html(caption: string, heads: string[], cells: string[][], numeric: boolean[]): string {
  const cell = (tag: string, value: string, j: number) =>
    `<${tag} style="text-align: ${numeric[j] ? 'right' : 'left'}">${escapeHtml(value)}</${tag}>`;
  const row = (tag: string, values: string[]) => `<tr>${values.map((value, j) => cell(tag, value, j)).join('')}</tr>`;
  return [
    '<table>',
    caption && `<caption>${escapeHtml(caption)}</caption>`,
    `<thead>${row('th', heads)}</thead>`,
    `<tbody>${cells.map((values) => row('td', values)).join('')}</tbody>`,
    '</table>',
  ].join('');
}

function text(caption: string, heads: string[], cells: string[][], numeric: boolean[]): string {
  const widths = heads.map((head, j) => cells.reduce((most, row) => Math.max(most, row[j].length), head.length));
  const line = (values: string[]) =>
    values
      .map((value, j) => (numeric[j] ? value.padStart(widths[j]) : value.padEnd(widths[j])))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [...(caption ? [caption] : []), line(heads), rule, ...cells.map(line)].join('\n');
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
export const escapeHtml = (value: string): string => value.replace(/[&<>"']/g, (c) => ESCAPES[c]);
