import { BAR_FIELDS } from '../../store/table.js';
import type { Layout } from './options.js';

/** Names of a file's columns, in order, and how many records come before the first row. */
export interface Header {
  readonly names: readonly string[];
  readonly records: number;
}

/**
 * The header in the first records of a file. yfinance writes two levels, price and ticker, and below them the name of the index alone: they
 * become `Close` where the file has one ticker, `AAPL` where it has one price, and `Close AAPL` otherwise.
 */
export function headerOf(first: readonly (readonly string[])[], { header, date = 'Date' }: Layout): Header {
  const [one, two = [], three = []] = first.map((record) => record.map((cell) => cell.trim()));
  if (header === 0) return { names: one.map((_, j) => String(j + 1)), records: 0 };
  const named = three[0] === date && three.slice(1).every((cell) => cell === '');
  if (header === 1 || (header === undefined && !named)) return { names: one, records: 1 };
  const levels = [one, two].filter((level) => new Set(level.slice(1)).size > 1 || level.length <= 2);
  const used = levels.length > 0 ? levels : [one];
  const names = one.map((_, j) => used.map((level) => level[j]).join(' '));
  return { names: [named ? three[0] : names[0], ...names.slice(1)], records: named ? 3 : 2 };
}

/** Where the dates are, and of a long file the assets, and which columns to read under which names. */
export interface Choice {
  readonly date: number;
  readonly asset?: number;
  readonly columns: readonly { readonly index: number; readonly head: string; readonly name: string }[];
}

/**
 * What of a file is to be read.
 *
 * @throws when a header is not there, two columns have one, or two would have one name
 */
export function choose({ names }: Header, layout: Layout, where: string): Choice {
  const twice = names.find((name, i) => name !== '' && names.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`${where}: the header names '${twice}' twice; each column needs its own name`);
  const date = dateColumn(names, layout, where);
  const asset = layout.asset === undefined ? undefined : indexOf(names, layout.asset, where, 'asset: the header of the column of assets');
  if (asset === date) throw new Error(`${where}: '${names[date]}' is the column of dates, and asset names it too; name that of the assets`);
  const mapping = layout.columns ?? (layout.kind === 'bars' ? barColumns(names) : undefined);
  for (const head of Object.keys(mapping ?? {})) indexOf(names, head, where, 'columns: the headers to read');
  const columns = names
    .map((head, index) => ({ index, head, name: mapping ? mapping[head] : head }))
    .filter(({ index, head }) => (mapping ? Object.hasOwn(mapping, head) : index !== date && index !== asset));
  for (const [i, { name, head, index }] of columns.entries()) {
    const other = columns.slice(0, i).find((one) => one.name === name);
    if (other) throw new Error(`${where}: columns names both '${other.head}' and '${head}' '${name}'; each needs its own name`);
    if (name === '') throw new Error(`${where}: column ${index + 1} has no header; name it in the file, or choose the others with columns`);
  }
  if (asset !== undefined && layout.kind !== 'bars' && columns.length !== 1)
    throw new Error(
      `${where}: a long file has one column of values, and this ${columns.length} (${columns.map(({ head }) => head).join(', ')}); ` +
        "choose one with columns, or take open, high, low, close and volume as kind: 'bars'",
    );
  if (layout.kind !== 'bars') return { date, asset, columns };
  const ordered = BAR_FIELDS.flatMap((name) => columns.filter((column) => column.name === name));
  const absent = BAR_FIELDS.filter((name) => name !== 'adjClose' && !ordered.some((column) => column.name === name));
  if (absent.length > 0)
    throw new Error(
      `${where}: bars need the columns ${BAR_FIELDS.join(', ')}: missing ${absent.join(', ')}; ` +
        "map the file's headers to them with columns, or use kind: 'prices'",
    );
  return { date, asset, columns: ordered };
}

function dateColumn(names: readonly string[], { date, header }: Layout, where: string): number {
  const fallback = names.findIndex((name) => name.toLowerCase() === 'date');
  if (date === undefined && fallback >= 0 && !names.includes('Date')) return fallback;
  if (date === undefined && fallback < 0 && (names[0] === '' || header === 0)) return 0;
  return indexOf(names, date ?? 'Date', where, 'date: the header of the date column');
}

function indexOf(names: readonly string[], name: string, where: string, option: string): number {
  const index = names.indexOf(name);
  if (index >= 0) return index;
  const bare = names.some((one) => /^[\d.,/-]{6,}$/.test(one)) ? ', or header: 0 if the file has no header' : '';
  throw new Error(`${where}: no column '${name}'; the header has ${names.join(', ')}; set ${option}${bare}`);
}

/** The headers that name a field of bars, in any letters and with any space: `Adj Close`. */
function barColumns(names: readonly string[]): Record<string, string> {
  const plain = (name: string) => name.toLowerCase().replace(/[ _.*]/g, '');
  const fields = new Map<string, string>([...BAR_FIELDS.map((name) => [plain(name), name] as const), ['adjustedclose', 'adjClose']]);
  return Object.fromEntries(names.flatMap((name) => (fields.has(plain(name)) ? [[name, fields.get(plain(name))!]] : [])));
}
