import { fromDay, parseDay, weekday } from './dates.js';
import { closeOf, closuresOf, FIRST_CLOSE, FIRST_DATE } from './nyse.js';

/*
 * The trading days of the New York Stock Exchange since 1953, computed from its holiday rules and its special closures. Half days are trading
 * days. Closures that are announced later are unknown to it, and so are all other exchanges: their days are those that their data have.
 */
export { FIRST_DATE } from './nyse.js';

/** Whether the NYSE is open on a date. Throws before 1953, for which these rules do not hold. */
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
  if (day < year.first || day > year.last) year = yearOf(day);
  return !year.closed.has(day);
}

/**
 * When trading at the NYSE ends on a trading day, in the time of New York: `16:00`, on a half day `13:00`.
 *
 * Half days are those before Independence Day and Christmas and after Thanksgiving, as the rules of their year have it, and some others.
 *
 * @throws before 1990, and on a day that is no trading day
 */
export function closingTime(date: string): string {
  const day = supportedDay(date, FIRST_CLOSE);
  if (!isOpen(day)) throw new Error(`trading calendar: the NYSE is closed on ${date}; ask for a trading day: isTradingDay tells them`);
  return closeOf(day);
}

let year = { first: 0, last: -1, closed: new Set<number>() };
const years = new Map<number, typeof year>();

/** Kept, since most questions are of the year of the last. */
function yearOf(day: number): typeof year {
  const number = new Date(day * 86_400_000).getUTCFullYear();
  const [first, last] = [Date.UTC(number, 0, 1), Date.UTC(number, 11, 31)].map((ms) => ms / 86_400_000);
  const known = years.get(number) ?? { first, last, closed: new Set(closuresOf(number)) };
  years.set(number, known);
  return known;
}

const SUNDAY = 0;
const SATURDAY = 6;

function supportedDay(date: string, first = FIRST_DATE): number {
  const day = parseDay(date, 'trading calendar');
  if (date < first) throw new Error(`trading calendar: got ${date}; its rules of the NYSE hold from ${first}; choose a later date`);
  return day;
}
