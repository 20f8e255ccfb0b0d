import { checkNumber } from '../../base/internal.js';
import { quantileOf } from '../../linalg/internal.js';
import type { Interval } from '../../stats/index.js';

/**
 * Simple returns of one strategy by date: what a backtest gives. Days without a trade are among them, with what was held or 0.
 */
export interface DatedReturns {
  /** [n] ascending, `YYYY-MM-DD` */
  readonly dates: readonly string[];
  /** [n] a fraction per row, not percent: `0.01` is 1 %. */
  readonly returns: ArrayLike<number>;
}

/** Simple returns [n] in time order, with their dates or without; `0.01` is 1 %. Without dates, what is annual needs `perYear`. */
export type Returns = ArrayLike<number> | DatedReturns;

/** A `value` with its uncertainty. */
export interface Estimated {
  readonly value: number;
  /** In the unit of `value`. */
  readonly standardError: number;
  /** At the level asked for; 0.95. */
  readonly interval: Interval;
}

/** Returns that were checked: every one is finite and above −1. */
export interface CheckedReturns {
  /** [n] */
  readonly x: Float64Array;
  readonly dates: readonly string[] | undefined;
}

/** Least number of rows by which prices are told from returns. */
const ENOUGH = 3;

/**
 * Returns as they enter a metric.
 *
 * @throws when there are fewer than `least`, dates and returns differ in number or dates do not ascend, a return is not finite (naming its
 *         date), they are prices, or one is below −1
 */
export function checkReturns(caller: string, returns: Returns, least = 2): CheckedReturns {
  const dates = 'dates' in returns ? returns.dates : undefined;
  const x = Float64Array.from('dates' in returns ? returns.returns : returns);
  const at = (t: number) => (dates ? `on ${dates[t]}` : `at row ${t}`);
  if (dates && dates.length !== x.length)
    throw new Error(
      `${caller}: ${x.length} returns on ${dates.length} dates; a return is dated by the later of its two prices, so there is one a date`,
    );
  const back = dates?.findIndex((date, t) => t > 0 && !(dates[t - 1] < date)) ?? -1;
  if (dates && back >= 0)
    throw new Error(
      `${caller}: ${dates[back]} comes after ${dates[back - 1]} at row ${back}; dates must ascend, each once: sort the returns, and compound those of one date`,
    );
  if (x.length < least) throw new Error(`${caller}: needs ${least} returns or more, got ${x.length}; load more history`);
  const missing = x.findIndex((value) => !Number.isFinite(value));
  if (missing >= 0)
    throw new Error(`${caller}: the return is ${x[missing]} ${at(missing)}; where nothing was held it is 0, else drop the date`);
  if (x.length >= ENOUGH && x.every((value) => value > 0.2) && median(x) > 0.5)
    throw new Error(
      `${caller}: every value is above ${Math.min(...x.subarray(0, 1000)).toPrecision(3)}, as of prices or an equity curve; simple returns are wanted, 0.01 for 1 %: take p[t]/p[t-1] - 1`,
    );
  const ruin = x.findIndex((value) => value < -1);
  if (ruin >= 0)
    throw new Error(
      `${caller}: the return is ${x[ruin]} ${at(ruin)}, a loss of more than all; divide percent by 100. Nothing compounds after a ruin: see drawdownOfEquity`,
    );
  return { x, dates };
}

/**
 * Rows a year, as told or as the dates tell: 252 for Monday to Friday, 313 where Saturday or Sunday is among them and 365 where both are, 52, 12, 4 or 1.
 *
 * @throws when it is not told and there are no dates, or they are of no such rhythm
 */
export function checkPerYear(caller: string, perYear: number | undefined, dates: readonly string[] | undefined): number {
  if (perYear !== undefined) {
    checkNumber(caller, 'perYear', perYear, { above: 0 }, '252 for trading days, 12 for months');
    return perYear;
  }
  if (!dates || dates.length < 2)
    throw new Error(
      `${caller}: how many returns a year is not known; pass perYear (252 for trading days, 12 for months), or returns with their dates`,
    );
  return rowsPerYear(caller, dates);
}

/** Rows a year by how many days of the weekend are traded: currencies have one of them, 6 days of 7. */
const DAILY = [252, 313, 365];

/** Whether Saturdays and whether Sundays are among days: one in ten of the weeks at least, so that an odd session on a Saturday counts as none. */
function weekendDays(days: Float64Array): number {
  const counts = [0, 0, 0, 0, 0, 0, 0];
  for (const day of days) counts[(((Math.floor(day) + 4) % 7) + 7) % 7]++;
  const enough = Math.max(1, days.length / 70);
  return Number(counts[0] >= enough) + Number(counts[6] >= enough);
}

const RHYTHMS: readonly (readonly [from: number, to: number, perYear: number])[] = [
  [7, 7, 52],
  [28, 31, 12],
  [89, 92, 4],
  [364, 366, 1],
];

function rowsPerYear(caller: string, dates: readonly string[]): number {
  const days = daysOf(caller, dates);
  const gap = median(days.slice(1).map((day, t) => day - days[t]));
  if (gap === 1) return DAILY[weekendDays(days)];
  const found = RHYTHMS.find(([from, to]) => gap >= from && gap <= to);
  if (found) return found[2];
  throw new Error(
    `${caller}: the dates from ${dates[0]} to ${dates.at(-1)} lie ${gap} days apart by their median, which is no daily, weekly, monthly, ` +
      'quarterly or yearly rhythm; pass perYear, or, if only days with a trade are here, put the returns on every day with onEveryDate',
  );
}

/** Days since 1970 of dates [n], with the fraction of a time of day. Throws at what is no date. */
export function daysOf(caller: string, dates: readonly string[]): Float64Array {
  const days = Float64Array.from(dates, (date) => Date.parse(date.length === 10 ? date : `${date}Z`) / 86_400_000);
  const broken = days.findIndex((day) => Number.isNaN(day));
  if (broken >= 0) throw new Error(`${caller}: '${dates[broken]}' is not a date; write it as YYYY-MM-DD, for example 2008-09-15`);
  return days;
}

/**
 * Returns that are known on some dates only, as of trades, on every date: 0 where nothing happened, and those of one date compounded.
 *
 * A daily series without its idle days has too large a mean, too large a deviation and, of n trades a year, a Sharpe ratio that is
 * annualised by 252 where n was due.
 *
 * @param dates  every date of the calendar, ascending, `YYYY-MM-DD`: those of the prices
 * @throws       when a return has a date that is not among them, is not finite, or dates and returns differ in number
 */
export function onEveryDate(
  { dates: some, returns }: DatedReturns,
  dates: readonly string[],
): { dates: readonly string[]; returns: Float64Array } {
  if (some.length !== returns.length)
    throw new Error(`onEveryDate: ${returns.length} returns on ${some.length} dates; give each return the date on which it was earned`);
  const rows = new Map(dates.map((date, t) => [date, t]));
  const out = new Float64Array(dates.length);
  for (const [i, date] of some.entries()) {
    const t = rows.get(date);
    if (t === undefined)
      throw new Error(
        `onEveryDate: ${date} is none of the ${dates.length} dates from ${dates[0]} to ${dates.at(-1)}; take the dates of the prices`,
      );
    if (!Number.isFinite(returns[i]))
      throw new Error(`onEveryDate: the return on ${date} is ${returns[i]}; leave the date out where nothing was earned`);
    out[t] = out[t] === 0 ? returns[i] : (1 + out[t]) * (1 + returns[i]) - 1;
  }
  return { dates, returns: out };
}

/** What is left after a rate per period: one number, or [n]. */
export function excess(caller: string, x: Float64Array, riskFree: number | ArrayLike<number> = 0): Float64Array {
  if (typeof riskFree === 'number') {
    checkNumber(caller, 'riskFree', riskFree, { above: -1, below: 0.2 }, 'it is a rate per period: 2 % a year is 0.02/252 a day');
    return x.map((value) => value - riskFree);
  }
  if (riskFree.length !== x.length)
    throw new Error(`${caller}: ${x.length} returns and ${riskFree.length} risk-free rates; align them on their dates`);
  const missing = Array.from(riskFree).findIndex((rate) => !Number.isFinite(rate));
  if (missing >= 0)
    throw new Error(`${caller}: the risk-free rate is ${riskFree[missing]} at row ${missing}; fill it with the rate before`);
  return x.map((value, t) => value - riskFree[t]);
}

/** The middle value, or the mean of the two in the middle, of x [n]. */
export const median = (x: Float64Array): number => quantileOf(x.toSorted(), 0.5);
