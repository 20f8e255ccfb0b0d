import { checkTable } from '../../store/check.js';
import type { Table } from '../../store/table.js';
import type { Layout } from './options.js';

/** The rows of a file, as it has them, whose cells are dates and numbers. */
export interface Rows {
  /** [R], of a long file in any order of the assets */
  readonly dates: readonly string[];
  /** one of [R] for each name of `names`; NaN where a cell is empty */
  readonly numbers: readonly Float64Array[];
  readonly names: readonly string[];
  /** of a long file, who each row is of: a place in `assets` [R] */
  readonly owners?: Float64Array;
  readonly assets?: readonly string[];
  /** where a row is: `line 7` */
  readonly line: (row: number) => string;
  readonly layout: Layout;
  readonly where: string;
}

/** Rows of one a date as a checked table, turned where they come newest first. Throws as `checkTable`. */
export function tableOf(rows: Rows): Table {
  const { calendar, kind, allowMissing } = rows.layout;
  return checked(rows, [...rows.dates.keys()], { where: rows.where, kind, calendar, allowMissing });
}

/**
 * The rows of each asset of a long file as a checked table, turned where they come newest first.
 *
 * @returns asset → its table, in the order in which the file names them
 * @throws  as `checkTable`, which names the asset and the line
 */
export function tablesOf(rows: Rows): Map<string, Table> {
  const { layout, where, assets = [], owners = new Float64Array() } = rows;
  const mine = assets.map((): number[] => []);
  for (let row = 0; row < owners.length; row++) mine[owners[row]].push(row);
  if (mine.length === 0) throw new Error(`${where}: no rows; the file has only a header`);
  const calendar = layout.kind === 'bars' ? layout.calendar : 'none'; // of prices the dates of all together are held to it
  const of = (asset: string) => ({ where: `${where}: ${asset}`, kind: layout.kind, calendar, allowMissing: layout.allowMissing });
  return new Map(assets.map((asset, n) => [asset, checked(rows, mine[n], of(asset))]));
}

/**
 * A long file of one number a row as one table, an asset a column, on the dates that any of them has.
 *
 * @throws as `tablesOf`, and when an asset lacks a date and nothing may be missing, naming both
 */
export function wideOf(rows: Rows): Table {
  const { where, layout } = rows;
  const tables = tablesOf(rows);
  const dates = [...new Set(rows.dates)].sort();
  const line = (t: number) => rows.line(rows.dates.indexOf(dates[t]));
  checkTable(
    { dates, columns: new Map() },
    { where, line, kind: layout.kind, calendar: layout.calendar, allowMissing: layout.allowMissing },
  );
  const place = new Map(dates.map((date, t) => [date, t]));
  const columns = new Map<string, Float64Array>();
  for (const [asset, table] of tables) {
    if (table.dates.length < dates.length && !layout.allowMissing) refuseAbsent(where, asset, table.dates, dates);
    const values = new Float64Array(dates.length).fill(Number.NaN);
    const [own] = table.columns.values();
    for (const [i, date] of table.dates.entries()) values[place.get(date)!] = own[i];
    columns.set(asset, values);
  }
  return { dates, columns };
}

type Checks = Omit<Parameters<typeof checkTable>[1], 'line'>;

/** The table of some of the rows. */
function checked({ dates: all, numbers, names, line }: Rows, rows: number[], checks: Checks): Table {
  const newestFirst = rows.length > 1 && rows.every((row, i) => i === 0 || all[row] < all[rows[i - 1]]);
  if (newestFirst) rows.reverse();
  const whole = rows.length === all.length && !newestFirst;
  const dates = whole ? all : rows.map((row) => all[row]);
  const columns = new Map(names.map((name, j) => [name, whole ? numbers[j] : Float64Array.from(rows, (row) => numbers[j][row])]));
  checkTable({ dates, columns }, { ...checks, line: (t) => line(rows[t]) });
  return { dates, columns };
}

function refuseAbsent(where: string, asset: string, dates: readonly string[], all: readonly string[]): never {
  const own = new Set(dates);
  const absent = all.filter((date) => !own.has(date));
  throw new Error(
    `${where}: ${asset} has no row on ${absent.length} of ${all.length} dates, the first ${absent[0]}; every date needs a number of every asset; ` +
      'add the rows, leave the asset out, or pass allowMissing: true',
  );
}
