import { FIRST_DATE, isTradingDay, tradingDays } from '../panel/calendar.js';
import { dayOf, isTimed } from '../panel/dates.js';
import type { Kind, Table } from './table.js';

/** The checks every table passes where it enters; `where` names the source, `line` the place of row t in it. */
export interface Checked {
  readonly where: string;
  readonly kind: Kind;
  /** `nyse` demands a row for every trading day between the first and the last, and none for other days */
  readonly calendar: 'nyse' | 'none';
  /** whether NaN may stand for a missing value */
  readonly allowMissing: boolean;
  readonly line: (row: number) => string;
}

/** Throws on the first fault: no row, dates that repeat, go back or leave gaps, values that are missing or no prices. */
export function checkTable(table: Table, checked: Checked): void {
  if (table.dates.length === 0) throw new Error(`${checked.where}: no rows; the range asked for is empty or the file has only a header`);
  checkOrder(table.dates, checked);
  if (checked.calendar === 'nyse') checkGaps(table.dates, checked);
  for (const [name, values] of table.columns) checkValues(name, values, table.dates, checked);
}

/** Throws on a column without a name, and on two that SQL, which knows no capital letters, takes for one. */
export function checkColumnNames(where: string, names: readonly string[]): void {
  const seen = new Map([['date', 'date']]);
  for (const [i, name] of names.entries()) {
    if (name.trim() === '') throw new Error(`${where}: column ${i + 1} after the dates has no name; name it, or leave it out with columns`);
    const other = seen.get(name.toLowerCase());
    if (other !== undefined)
      throw new Error(
        other === 'date'
          ? `${where}: a column is named '${name}', as the store names the dates; give it another name with columns`
          : `${where}: the columns '${other}' and '${name}' differ by capital letters only, which SQL does not tell apart; rename one with columns`,
      );
    seen.set(name.toLowerCase(), name);
  }
}

function checkOrder(dates: readonly string[], { where, line }: Checked): void {
  for (let t = 1; t < dates.length; t++) {
    const [before, now] = [dates[t - 1], dates[t]];
    if (isTimed(before) !== isTimed(now))
      throw new Error(`${where}: ${line(t)} is dated ${now} and ${line(t - 1)} ${before}; give all rows a time in UTC, or none`);
    if (now === before)
      throw new Error(`${where}: ${line(t)} repeats the date ${now} of ${line(t - 1)}; a date may occur once; drop one of the two`);
    if (now < before) throw new Error(`${where}: ${line(t)} goes back from ${before} to ${now}; dates must ascend; sort the rows by date`);
  }
}

function checkGaps(all: readonly string[], { where, line: lineOf }: Checked): void {
  const rows = isTimed(all[0]) && [...all.keys()].filter((t) => t === 0 || dayOf(all[t - 1]) !== dayOf(all[t])); // of each day the first
  const [dates, line] = rows ? [rows.map((t) => dayOf(all[t])), (row: number) => lineOf(rows[row])] : [all, lineOf];
  const elsewhere = "if this market keeps other days than the NYSE, pass calendar: 'none'";
  if (dates[0] < FIRST_DATE)
    throw new Error(
      `${where}: ${line(0)} is dated ${dates[0]}, and the NYSE calendar starts on ${FIRST_DATE}; drop the earlier rows, or ${elsewhere}`,
    );
  const expected = tradingDays(dates[0], dates.at(-1)!);
  if (expected.length === dates.length && dates.every((date, t) => date === expected[t])) return;
  const closed = dates.findIndex((date) => !isTradingDay(date));
  if (closed >= 0)
    throw new Error(`${where}: ${line(closed)} is dated ${dates[closed]}, when the NYSE was closed; remove the row, or ${elsewhere}`);
  const gap = dates.findIndex((date, t) => date !== expected[t]);
  const present = new Set(dates);
  const missing = expected.filter((date) => !present.has(date));
  const shown = missing.slice(0, 3).join(', ') + (missing.length > 3 ? ', …' : '');
  throw new Error(
    `${where}: ${missing.length} trading ${missing.length === 1 ? 'day is' : 'days are'} missing (${shown}), ` +
      `the first before ${line(gap)}; load them too, or ${elsewhere}`,
  );
}

function checkValues(name: string, values: Float64Array, dates: readonly string[], { where, line, kind, allowMissing }: Checked): void {
  const least = kind === 'series' ? Number.NEGATIVE_INFINITY : name === 'volume' ? 0 : Number.MIN_VALUE;
  const what = kind === 'series' ? 'a value' : name === 'volume' ? 'a volume' : 'a price';
  const refuse = (t: number) => {
    const value = values[t];
    const place = `${where}: ${line(t)}, column '${name}', ${dates[t]}`;
    if (Number.isNaN(value)) {
      if (!allowMissing)
        throw new Error(
          `${place}: the value is missing (NaN); every date needs a number; ` +
            'fill it from the source, drop the asset, or pass allowMissing: true',
        );
    } else if (!Number.isFinite(value)) {
      throw new Error(`${place}: got ${value}; ${what} is a finite number; correct the row`);
    } else if (value < least) {
      throw new Error(
        `${place}: got ${value}; ${what} must be ${least === 0 ? 'zero or more' : 'positive'}; ` +
          `correct the row${kind === 'prices' ? ", or pass kind: 'series' if these are no prices" : ''}`,
      );
    }
  };
  // What is wrong is said by a function of its own: one within the loop would have the engine keep a `t` for each turn.
  for (let t = 0; t < values.length; t++) {
    const value = values[t];
    if (!((value > 0 || (value === 0 && least === 0)) && value < Number.POSITIVE_INFINITY)) refuse(t);
  }
}
