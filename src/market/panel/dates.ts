/*
 * Dates are texts that sort as they follow one another and print as they are: `YYYY-MM-DD`, a day where its exchange is, known at its close, or
 * `YYYY-MM-DDTHH:MM`, a minute in UTC, whose clock no summer time turns back.
 */
const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:T(?:[01]\d|2[0-3]):[0-5]\d)?$/;
const MS_PER_DAY = 86_400_000;
const MS_PER_MINUTE = 60_000;

/** Days since 1970-01-01 of a date, without its time; NaN when the text is no date of the calendar (2023-02-30). */
export function toDay(date: string): number {
  const parts = ISO.exec(date);
  if (!parts) return Number.NaN;
  const day = Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])) / MS_PER_DAY;
  return fromDay(day) === dayOf(date) ? day : Number.NaN;
}

/** Minutes since 1970-01-01T00:00 of a date; of one without a time, those of its beginning. */
export const toMinute = (date: string): number =>
  toDay(date) * 1440 + (isTimed(date) ? 60 * Number(date.slice(11, 13)) + Number(date.slice(14, 16)) : 0);

/** The date with a time of a number of minutes since 1970-01-01T00:00. */
export const fromMinute = (minute: number): string => new Date(minute * MS_PER_MINUTE).toISOString().slice(0, 16);

/** The day of a date, `YYYY-MM-DD`. */
export const dayOf = (date: string): string => date.slice(0, 10);

/** Whether a date has a time. */
export const isTimed = (date: string): boolean => date.length > 10;

/** What sorts dates with and without a time by when they are known: a day at its close, after all its minutes. */
export const knownOrder = (date: string): string => (isTimed(date) ? date : `${date}T24:00`);

/** The ISO date of a number of days since 1970-01-01. Panels of the same days share its texts. */
export function fromDay(day: number): string {
  if (!(day >= 0 && day < KEPT)) return isoOf(day);
  texts[day] ??= isoOf(day);
  return texts[day];
}

const isoOf = (day: number): string => new Date(day * MS_PER_DAY).toISOString().slice(0, 10);
const KEPT = 47_482; // to the end of 2099
const texts: string[] = [];

/** Day of the week of a day number: 0 is Sunday. */
export const weekday = (day: number): number => (((day + 4) % 7) + 7) % 7;

/** The calendar month of a date, `YYYY-MM`. */
export const monthOf = (date: string): string => date.slice(0, 7);

/** The first day after a date that is no Saturday or Sunday. */
export function nextWeekday(date: string): string {
  let day = toDay(date) + 1;
  while (weekday(day) === 0 || weekday(day) === 6) day++;
  return fromDay(day);
}

/** Like `toDay`, but what is no date is an error that says who asked. */
export function parseDay(date: string, who: string): number {
  const day = toDay(date);
  if (Number.isNaN(day))
    throw new Error(
      `${who}: '${date}' is not a date; write it as YYYY-MM-DD, for example 2008-09-15, or with a time in UTC, 2008-09-15T14:30`,
    );
  return day;
}
