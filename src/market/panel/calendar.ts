import { fromDay, parseDay, weekday } from './dates.js';

/**
 * The trading days of the New York Stock Exchange since 1990, computed from its holiday rules (NYSE Rule 7.2) and the table of
 * special closures below. Half days are trading days. Closures that are announced later are unknown to it.
 */
export const FIRST_DATE = '1990-01-01';

/** Full-day closures outside the holiday rules: NYSE, "Special closings", and the exchange's notices. */
const SPECIAL_CLOSURES: Readonly<Record<string, string>> = {
  '1994-04-27': 'funeral of President Nixon',
  '2001-09-11': 'attack on the World Trade Center',
  '2001-09-12': 'attack on the World Trade Center',
  '2001-09-13': 'attack on the World Trade Center',
  '2001-09-14': 'attack on the World Trade Center',
  '2004-06-11': 'funeral of President Reagan',
  '2007-01-02': 'day of mourning for President Ford',
  '2012-10-29': 'Hurricane Sandy',
  '2012-10-30': 'Hurricane Sandy',
  '2018-12-05': 'day of mourning for President G. H. W. Bush',
  '2025-01-09': 'day of mourning for President Carter',
};

/** Whether the NYSE is open on a date. Throws before 1990, for which these rules do not hold. */
export const isTradingDay = (date: string): boolean => isOpen(supportedDay(date));

/** All trading days from `from` to `to`, both included. */
export function tradingDays(from: string, to: string): string[] {
  const days: string[] = [];
  const last = supportedDay(to);
  for (let day = supportedDay(from); day <= last; day++) if (isOpen(day)) days.push(fromDay(day));
  return days;
}

/** The first trading day after a date. */
export const nextTradingDay = (date: string): string => seek(supportedDay(date), 1);

/** The last trading day before a date. */
export const previousTradingDay = (date: string): string => seek(supportedDay(date), -1);

function seek(from: number, step: 1 | -1): string {
  let day = from + step;
  while (!isOpen(day)) day += step;
  return fromDay(day);
}

function isOpen(day: number): boolean {
  const inWeek = weekday(day);
  if (inWeek === SUNDAY || inWeek === SATURDAY) return false;
  if (day < asked.first || day > asked.last) asked = closuresOf(new Date(day * 86_400_000).getUTCFullYear());
  return !asked.days.has(day);
}

/** Weekdays of one year on which the exchange is closed, and the first and the last day of the year. */
interface Closures {
  readonly first: number;
  readonly last: number;
  readonly days: ReadonlySet<number>;
}

let asked: Closures = { first: 0, last: -1, days: new Set() };
const known = new Map<number, Closures>();

function closuresOf(year: number): Closures {
  const cached = known.get(year);
  if (cached) return cached;
  const special = Object.keys(SPECIAL_CLOSURES).filter((date) => date.startsWith(`${year}-`));
  const days = new Set([...computeHolidays(year), ...special.map((date) => parseDay(date, 'trading calendar'))]);
  const closures = { first: dayOf(year, 1, 1), last: dayOf(year, 12, 31), days };
  known.set(year, closures);
  return closures;
}

function computeHolidays(year: number): number[] {
  const newYear = dayOf(year, 1, 1);
  const days = [
    weekday(newYear) === SUNDAY ? newYear + 1 : newYear, // on a Saturday it closes no Friday: 31 December ends the accounting year
    nthWeekday(year, 2, MONDAY, 3), // Washington's Birthday
    easterSunday(year) - 2, // Good Friday
    lastWeekday(year, 5, MONDAY), // Memorial Day
    observed(dayOf(year, 7, 4)), // Independence Day
    nthWeekday(year, 9, MONDAY, 1), // Labor Day
    nthWeekday(year, 11, THURSDAY, 4), // Thanksgiving
    observed(dayOf(year, 12, 25)), // Christmas
  ];
  if (year >= 1998) days.push(nthWeekday(year, 1, MONDAY, 3)); // Martin Luther King, Jr. Day
  if (year >= 2022) days.push(observed(dayOf(year, 6, 19))); // Juneteenth
  return days;
}

const SUNDAY = 0;
const MONDAY = 1;
const THURSDAY = 4;
const SATURDAY = 6;

const dayOf = (year: number, month: number, date: number): number => Date.UTC(year, month - 1, date) / 86_400_000;

/** A holiday on Saturday is kept on Friday, one on Sunday on Monday. */
const observed = (day: number): number => day + (weekday(day) === SATURDAY ? -1 : weekday(day) === SUNDAY ? 1 : 0);

function nthWeekday(year: number, month: number, day: number, n: number): number {
  const first = dayOf(year, month, 1);
  return first + ((day - weekday(first) + 7) % 7) + 7 * (n - 1);
}

function lastWeekday(year: number, month: number, day: number): number {
  const last = dayOf(year, month + 1, 0);
  return last - ((weekday(last) - day + 7) % 7);
}

/** Easter Sunday of the Gregorian calendar (Meeus, Astronomical Algorithms, 1991, ch. 8). */
function easterSunday(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const e = b % 4;
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return dayOf(year, Math.floor(n / 31), (n % 31) + 1);
}

function supportedDay(date: string): number {
  const day = parseDay(date, 'trading calendar');
  if (date < FIRST_DATE) throw new Error(`trading calendar: got ${date}; its holiday rules hold from ${FIRST_DATE}; choose a later date`);
  return day;
}
