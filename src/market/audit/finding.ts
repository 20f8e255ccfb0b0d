import type { Frame } from '../frame/frame.js';

/** The rules of an audit, in the order of its findings. */
export const AUDIT_RULES = [
  'stale',
  'quantised',
  'unit switch',
  'split not applied',
  'spike',
  'jump',
  'back-adjusted',
  'ends before the others',
  'bars out of order',
  'open is the previous close',
  'no range',
  'no volume',
] as const;

/** One of `AUDIT_RULES`, as `stale`; `audit` says what each finds. */
export type AuditRule = (typeof AUDIT_RULES)[number];

/** From where on a rule finds something, fixed before the data are seen; each is stated beside what it finds. */
export interface AuditThresholds {
  /** part of a calendar year's rows on which the price is that of the row before; more is stale: 0.2 */
  readonly unchanged?: number;
  /** rows in succession on which the price does not change: 5, a week, are stale */
  readonly unchangedRun?: number;
  /** distinct prices of a calendar year by its rows; fewer are quantised: 0.25 */
  readonly distinct?: number;
  /** part of a calendar year's bars whose open is the close before; more is no open: 0.5 */
  readonly openIsClose?: number;
}

/** What one rule says of one asset. */
export interface AuditFinding {
  readonly rule: AuditRule;
  readonly asset: string;
  /** the fields that it concerns */
  readonly fields: readonly string[];
  /** first date */
  readonly from: string;
  /** last date */
  readonly to: string;
  /** [k] the rows that it concerns, ascending */
  readonly rows: Int32Array;
  /** whether `usable` leaves these rows out; a jump that stays, one by a half, and a back-adjusted level may be right */
  readonly excludes: boolean;
  /** in words, with numbers */
  readonly what: string;
}

/** A column of a field. */
export const columnOf = ({ assets, dates, fields }: Frame, field: string, n: number): Float64Array =>
  Float64Array.from(dates, (_, t) => fields[field][t * assets.length + n]);

/** Puts a finding into its form. */
export function finding(
  { dates, assets }: Frame,
  n: number,
  rule: AuditRule,
  rows: readonly number[],
  { fields, what, excludes = true }: { readonly fields: readonly string[]; readonly what: string; readonly excludes?: boolean },
): AuditFinding[] {
  if (rows.length === 0) return [];
  return [{ rule, asset: assets[n], fields, from: dates[rows[0]], to: dates[rows.at(-1)!], rows: Int32Array.from(rows), excludes, what }];
}

/** The rows of the dates' calendar years. */
export function yearsOf(dates: readonly string[]): { readonly year: string; readonly rows: readonly number[] }[] {
  const years = new Map<string, number[]>();
  for (const [t, date] of dates.entries()) {
    const year = date.slice(0, 4);
    if (!years.has(year)) years.set(year, []);
    years.get(year)!.push(t);
  }
  return [...years].map(([year, rows]) => ({ year, rows }));
}

/** A part in words: 44.5 %. */
export const inPercent = (part: number): string => `${(100 * part).toFixed(1)} %`;
