import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { fromDay, fromMinute } from '../../panel/dates.js';
import { asNumber, literal, numbersOf, withDuckDB } from '../../store/parquet.js';
import type { Table } from '../../store/table.js';
import { dateIn, formatsLike, TIMED, trimmed } from './date-formats.js';
import { type Choice, choose, type Header, headerOf } from './header.js';
import { type CsvOptions, type Layout, layoutOf } from './options.js';
import { type Rows, tableOf, tablesOf, wideOf } from './rows.js';
import { cleanBytes, firstRecords, headOf, isBlank, lineOf, shapeOf } from './text.js';

/**
 * Reads a CSV file, gzipped or not, into a checked table. Rows may come newest first.
 *
 *     await readCsv('prices.csv')                          Date,AAPL,MSFT
 *     await readCsv('long.csv', { asset: 'Ticker' })       Date,Ticker,Close: a column of the table for each ticker
 *
 * @throws with file, line and column on the first cell that cannot be trusted, and on bars of several assets, which are no one table
 */
export async function readCsv(path: string, options: CsvOptions = {}): Promise<Table> {
  return parseBytes(await bytesOf(path), options, path, path);
}

/**
 * As `readCsv`, from text; `where` names it in errors.
 *
 * @throws with line and column on the first cell that cannot be trusted, and on an option that is none
 */
export const parseCsv = (text: string, options: CsvOptions, where: string): Promise<Table> => parseBytes(Buffer.from(text), options, where);

/** The bytes of a file. */
export const bytesOf = (path: string): Promise<Uint8Array> =>
  readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${path}: cannot be read (${error.code}); check the path: it is relative to ${process.cwd()}`);
  });

/** As `readCsv`, from bytes; `path` is a file that holds them, where there is one. */
export async function parseBytes(bytes: Uint8Array, options: CsvOptions, where: string, path?: string): Promise<Table> {
  const { asset, kind } = options;
  if (asset !== undefined && kind === 'bars')
    throw new Error(
      `${where}: bars of several assets are no one table; importCsv makes a dataset of each, and loadFrame puts them side by side`,
    );
  const rows = await rowsOf(bytes, options, where, path);
  return asset === undefined ? tableOf(rows) : wideOf(rows);
}

/** As `parseBytes`, of a long file each asset's own table. */
export const parseAssets = async (bytes: Uint8Array, options: CsvOptions, where: string, path?: string): Promise<Map<string, Table>> =>
  tablesOf(await rowsOf(bytes, options, where, path));

async function rowsOf(bytes: Uint8Array, options: CsvOptions, where: string, path?: string): Promise<Rows> {
  const layout = layoutOf(options, where);
  const clean = cleanBytes(bytes, layout.encoding, where);
  if (isBlank(clean)) throw new Error(`${where}: the file is empty`);
  if (clean === bytes && path && !/[*?[\]{}]/.test(path)) return parse(path, clean, layout, where); // DuckDB would take these for patterns
  const folder = await mkdtemp(join(tmpdir(), 'lemmata-csv-'));
  try {
    const file = join(folder, 'data.csv');
    await writeFile(file, clean);
    return await parse(file, clean, layout, where);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const parse = (file: string, bytes: Uint8Array, layout: Layout, where: string): Promise<Rows> =>
  withDuckDB(async (connection) => {
    const head = headOf(bytes);
    const { separator, cells } = shapeOf(head, layout.separator);
    const scan = (types: readonly string[], more = '') =>
      `read_csv(${literal(file)}, columns = {${types.map((type, j) => `'c${j}': '${type}'`).join(', ')}}, auto_detect = false, ` +
      `header = false, delim = ${literal(separator)}, quote = '"', escape = '"'${more})`;
    const source: Source = { connection, scan, cells, separator, head, bytes, layout, where };
    const first = firstRecords(head, 3);
    // Without a quote a cell ends at the next separator; DuckDB takes a third of its whole time to find the first rows.
    const plain = !first.some((record) => record.includes('"')) && first.map((record) => record.split(separator));
    const header = headerOf(plain || (await cellsOf(source, '*', 'LIMIT 3')), layout);
    return readRows(source, header, choose(header, layout, where));
  });

interface Source {
  readonly connection: DuckDBConnection;
  /** SQL that reads the file's cells as columns c0, c1, … of these types */
  readonly scan: (types: readonly string[], more?: string) => string;
  readonly cells: number;
  readonly separator: string;
  /** the first lines */
  readonly head: string;
  readonly bytes: Uint8Array;
  readonly layout: Layout;
  readonly where: string;
}

async function readRows(source: Source, header: Header, choice: Choice): Promise<Rows> {
  const { layout, where, bytes } = source;
  const assets = choice.asset === undefined ? undefined : await assetsIn(source, header, choice.asset);
  const [days, owners, ...numbers] = await numbersIn(source, header, choice, assets);
  const line = (row: number) => `line ${lineOf(Buffer.from(bytes).toString(), header.records + row)}`;
  const noDate = hasNaN(days) ? days.findIndex(Number.isNaN) : -1;
  if (noDate >= 0) await refuseDate(source, `c${choice.date}`, header.records + noDate, `${where}: ${line(noDate)}`);
  if (assets && hasNaN(owners))
    throw new Error(
      `${where}: ${line(owners.findIndex(Number.isNaN))}, column '${layout.asset}': no asset is named; name it, or drop the row`,
    );
  if (!assets) await refuseLong(source, header, choice, days);
  for (const [i, { index, head }] of choice.columns.entries())
    if (hasNaN(numbers[i]))
      await refuseTexts(source, `c${index}`, header.records, numbers[i], (row) => `${where}: ${line(row)}, column '${head}'`);
  if (layout.percent) for (const column of numbers) for (let t = 0; t < column.length; t++) column[t] /= 100;
  const dates = Array.from(days, layout.dateFormat === TIMED ? fromMinute : fromDay);
  return { dates, numbers, names: choice.columns.map(({ name }) => name), ...(assets && { owners, assets }), line, layout, where };
}

/** The names in the column of assets, in the order in which they come. */
async function assetsIn(source: Source, { records }: Header, column: number): Promise<string[]> {
  const named = `SELECT ${trimmed(`c${column}`)} AS asset, row_number() OVER () AS place FROM ${texts(source)} OFFSET ${records}`;
  const reader = await source.connection
    .runAndReadAll(`SELECT asset FROM (${named}) WHERE asset <> '' GROUP BY asset ORDER BY min(place)`)
    .catch((error: Error) => {
      throw explain(error, source);
    });
  return reader.getRows().map(([asset]) => String(asset));
}

/** SQL of the place of a cell's text among the assets, NULL where the cell is empty or the file is not long. */
const ownerIn = (column: number | undefined, assets: readonly string[] = []): string =>
  column === undefined || assets.length === 0
    ? 'NULL'
    : `enum_code(TRY_CAST(${trimmed(`c${column}`)} AS ENUM(${assets.map(literal).join(', ')})))`;

/** What vendors call the column of assets. */
const ASSETS = /^(ticker|symbol|sym|asset|isin|cusip|sedol|figi|permno|ric|sid|instrument|security|stock|code|name|id)s?(_?id)?$/i;

/** Throws on several rows a date beside a column that may name assets: sorting them or dropping some would not help. */
async function refuseLong(source: Source, { names, records }: Header, { date }: Choice, days: Float64Array): Promise<void> {
  const sorted = days.every((day, t) => t === 0 || day > days[t - 1]) || days.every((day, t) => t === 0 || day < days[t - 1]);
  if (sorted || new Set(days).size === days.length) return;
  const [cells] = await cellsOf(source, '*', `LIMIT 1 OFFSET ${records}`);
  const words = names.filter(
    (name, j) => j !== date && (ASSETS.test(name) || (/[a-z]/i.test(cells[j]) && !/^(nan?|inf(inity)?)$/i.test(cells[j]))),
  );
  const asset = words.find((name) => ASSETS.test(name)) ?? words[0];
  if (asset !== undefined)
    throw new Error(`${source.where}: several rows a date: a long file? Name the column of assets: asset: '${asset}'`);
}

/** The dates as `dateIn` has them, the places of the assets, and the numbers of the columns, NaN where a cell holds none. */
async function numbersIn(source: Source, header: Header, choice: Choice, assets?: readonly string[]): Promise<Float64Array[]> {
  const plain = lineOf(source.head, header.records) === header.records + 1; // DuckDB skips lines; a header with line breaks it skips otherwise
  const direct = plain ? await source.connection.run(directly(source, header, choice, assets)).then(numbersOf, () => undefined) : undefined;
  const unnamed = direct && assets && hasNaN(direct[1]); // a ticker NA may be a text for a missing value too
  if (direct && !hasNaN(direct[0]) && !unnamed && !mayBeMissing(direct.slice(2), source.layout.missing)) return direct;
  const { layout, connection } = source;
  const day = dateIn(trimmed(`c${choice.date}`), layout.dateFormat, layout.monthEnd);
  const cells = choice.columns.map(({ index }) => numberIn(`c${index}`, layout));
  const numbers = [day, ownerIn(choice.asset, assets), ...cells].map(asNumber);
  const result = await connection
    .run(`SELECT ${numbers.join(', ')} FROM ${texts(source)} OFFSET ${header.records}`)
    .catch((error: Error) => {
      throw explain(error, source);
    });
  return numbersOf(result);
}

/**
 * SQL by which DuckDB's reader converts the numbers that it reads, which takes a third of the time. It stops at the first cell that is no
 * number; then each cell is looked at as a text. Dates are texts here too: the reader's own take `epoch` and `2024111` for days.
 */
function directly(
  { scan, cells, layout }: Source,
  { records }: Header,
  { date, asset, columns }: Choice,
  assets?: readonly string[],
): string {
  const types = Array.from({ length: cells }, (_, j) => (j !== date && columns.some(({ index }) => index === j) ? 'DOUBLE' : 'VARCHAR'));
  const nulls = ['', ...layout.missing].map(literal).join(', ');
  const typed = scan(types, `, skip = ${records}, nullstr = [${nulls}], decimal_separator = ${literal(layout.decimal)}`);
  const day = dateIn(`c${date}`, layout.dateFormat, layout.monthEnd);
  const numbers = columns.map(({ index }) => (index === date ? 'NULL' : `c${index}`));
  return `SELECT ${[day, ownerIn(asset, assets), ...numbers].map(asNumber).join(', ')} FROM ${typed}`;
}

/** Whether a number is missing; `some` with a function takes longer than to read the file. */
function hasNaN(values: Float64Array): boolean {
  for (let t = 0; t < values.length; t++) if (Number.isNaN(values[t])) return true;
  return false;
}

/**
 * Whether a number may come from a cell that stands for a missing value: DuckDB's reader knows `-99.99` but not ` -99.99`, which it
 * converts. Whether `-99.990` is one too is seen in the texts.
 */
function mayBeMissing(columns: readonly Float64Array[], missing: readonly string[]): boolean {
  const numbers = missing.filter((text) => /\d|inf/i.test(text)).map((text) => Number(text.replace(',', '.')));
  if (numbers.length === 0) return false;
  if (numbers.some(Number.isNaN)) return true; // a number of another form, if any
  return columns.some((column) => numbers.some((number) => column.includes(number)));
}

const texts = ({ scan, cells }: Source): string => scan(new Array<string>(cells).fill('VARCHAR'), `, nullstr = ''`);

/** SQL of the number in a cell, NULL where it holds none. */
function numberIn(cell: string, { decimal, missing }: Layout): string {
  const text = decimal === '.' ? cell : `CASE WHEN NOT contains(${cell}, '.') THEN replace(${cell}, ',', '.') END`;
  const number = `TRY_CAST(${text} AS DOUBLE)`;
  return missing.length === 0 ? number : `CASE WHEN ${trimmed(cell)} NOT IN (${missing.map(literal).join(', ')}) THEN ${number} END`;
}

/** Cells as texts, row by row; an empty one is ''. */
async function cellsOf(source: Source, columns: string, range: string): Promise<string[][]> {
  const reader = await source.connection.runAndReadAll(`SELECT ${columns} FROM ${texts(source)} ${range}`).catch((error: Error) => {
    throw explain(error, source);
  });
  return reader.getRows().map((row) => row.map((cell) => (cell === null ? '' : String(cell))));
}

async function refuseDate(source: Source, cell: string, record: number, place: string): Promise<never> {
  const { dateFormat } = source.layout;
  const [[text]] = await cellsOf(source, cell, `LIMIT 1 OFFSET ${record}`);
  const likely = formatsLike(text.trim(), dateFormat);
  const cause = likely.length > 0 ? `; it looks like ${likely.join(' or ')}` : '';
  throw new Error(`${place}: '${text.trim()}' is not a date written ${dateFormat}${cause}; correct the row or set dateFormat`);
}

/** Throws when one of the cells without a number is not a cell without a value. */
async function refuseTexts(
  source: Source,
  cell: string,
  skip: number,
  numbers: Float64Array,
  place: (row: number) => string,
): Promise<void> {
  const { missing, decimal } = source.layout;
  const absent = new Set(['', ...missing]);
  const cells = await cellsOf(source, cell, `OFFSET ${skip}`);
  const row = cells.findIndex(([text], t) => Number.isNaN(numbers[t]) && !absent.has(text.trim()) && !/^[+-]?nan$/i.test(text.trim()));
  if (row < 0) return;
  const text = cells[row][0].trim();
  const comma = decimal === '.' && /^-?\d+,\d+$/.test(text) ? ", or set decimal: ',' if that is a decimal comma" : '';
  throw new Error(
    `${place(row)}: '${text}' is not a number; write 1234${decimal}5 without signs or separators, or list '${text}' under missing${comma}`,
  );
}

/** A fault of the file's form, in our words. */
function explain(error: Error, { where, separator }: Source): Error {
  const line = /CSV Error on Line: (\d+)/.exec(error.message)?.[1];
  const counts = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(error.message);
  if (line && counts)
    return new Error(
      `${where}: line ${line} has ${counts[2]} cells, the header has ${counts[1]}; ` +
        `the file may be cut short, or use another separator than ${separator === ',' ? 'the comma' : 'the one of its header'}`,
      { cause: error },
    );
  if (/unterminated quote/.test(error.message))
    return new Error(
      `${where}: line ${line}: a quoted cell does not end, or goes on after its closing quote; inside quotes write a quote twice`,
      { cause: error },
    );
  return new Error(`${where}: it cannot be read as CSV: ${error.message.split('\n')[0]}`, { cause: error });
}
