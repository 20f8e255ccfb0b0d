import { FIRST_DATE, isTradingDay, nextTradingDay } from './calendar.js';
import { dayOf, fromDay, isTimed, monthOf, nextWeekday, toDay, weekday } from './dates.js';

/** Spans of the calendar: days, weeks from Monday to Sunday, months, quarters of a year. */
export const PERIODS = ['day', 'week', 'month', 'quarter'] as const;

/** One of these spans. */
export type Period = (typeof PERIODS)[number];

/** The day that a date speaks of: what is known at midnight is of the day before. */
const dayIn = (date: string): string => (date.endsWith('T00:00') ? fromDay(toDay(date) - 1) : dayOf(date));

/**
 * The period that a date lies in, by a name that sorts as periods follow one another: `2020-02`, of a week its Monday. The last hour of a day is dated
 * by its end, the midnight that begins the next, and lies in the day that it ends.
 */
export function periodOf(known: string, period: Period): string {
  const date = dayIn(known);
  if (period === 'month') return monthOf(date);
  if (period === 'day') return date;
  if (period === 'quarter') return `${date.slice(0, 4)}-Q${Math.ceil(Number(date.slice(5, 7)) / 3)}`;
  const day = toDay(date);
  return fromDay(day - ((weekday(day) + 6) % 7));
}

/** The last day of the period that a date lies in. */
export function endOfPeriod(date: string, period: Period): string {
  let day = toDay(dayIn(date));
  if (period === 'week') return fromDay(day + ((7 - weekday(day)) % 7));
  const within = periodOf(date, period);
  const step = period === 'day' ? 1 : 28; // no month is skipped
  while (periodOf(fromDay(day + step), period) === within) day += step;
  while (periodOf(fromDay(day + 1), period) === within) day++;
  return fromDay(day);
}

/**
 * The rows that end a period: the last of each that is over. A period is over when a row of a later one follows, or when its last row is as late
 * as a row can be: on its last day that trades. Which days these are the dates say: all that the NYSE keeps, all weekdays, or weekends too. Of
 * dates with a time the last period counts as running until the midnight that ends it, since a later minute may follow.
 *
 * Of an exchange other than the NYSE, whose holidays are not known here, a last period that ends with a holiday counts as running.
 */
export function periodEnds(dates: readonly string[], period: Period): number[] {
  const names = dates.map((date) => periodOf(date, period));
  const last = dates.length - 1;
  return [...dates.keys()].filter((t) => (t < last ? names[t] < names[t + 1] : isOver(dates, period)));
}

/** Whether no row of the same period can follow the last one. */
function isOver(dates: readonly string[], period: Period): boolean {
  const date = dates.at(-1)!;
  const later = (next: string) => periodOf(next, period) > periodOf(date, period);
  if (isTimed(date)) return later(dayOf(date)); // at the midnight that ends a period nothing of it can follow
  const recent = dates.slice(-260); // a year of daily rows: enough to meet a holiday that other markets do not keep
  const weekends = recent.filter((day) => [0, 6].includes(weekday(toDay(day)))).length;
  if (10 * weekends > recent.length) return later(fromDay(toDay(date) + 1)); // two days in seven, where all days trade
  if (later(nextWeekday(date))) return true;
  const nyse = recent[0] >= FIRST_DATE && recent.every(isTradingDay);
  return nyse && later(nextTradingDay(date));
}
