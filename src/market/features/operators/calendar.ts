import { apply, day, type Expression } from '../expression.js';
import { stateless } from './operator.js';

/* What the day number says, days since 1970-01-01. */

const ofDay = (name: string, f: (date: Date) => number): Expression => {
  const operator = stateless(name, ([days], out, N) => {
    for (let row = 0; row < out.length; row += N) out.fill(f(new Date(days[row] * MS_PER_DAY)), row, row + N);
  });
  return apply(operator, day);
};

const MS_PER_DAY = 86_400_000;

/** 0 Monday … 6 Sunday. */
export const weekday = ofDay('weekday', (date) => (date.getUTCDay() + 6) % 7);

/** Months since the year 0. */
export const month = ofDay('month', (date) => 12 * date.getUTCFullYear() + date.getUTCMonth());

/** The share of the calendar month that is over at the day's end: 1 on its last day. */
export const monthShare = ofDay(
  'month share',
  (date) => date.getUTCDate() / new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate(),
);

/** sin and cos of 2π times the share of the year that is over. */
export const yearSine = ofDay('year sine', (date) => Math.sin(2 * Math.PI * yearShare(date)));
export const yearCosine = ofDay('year cosine', (date) => Math.cos(2 * Math.PI * yearShare(date)));

const yearShare = (date: Date): number => {
  const start = Date.UTC(date.getUTCFullYear(), 0, 1);
  return (date.getTime() - start) / (Date.UTC(date.getUTCFullYear() + 1, 0, 1) - start);
};
