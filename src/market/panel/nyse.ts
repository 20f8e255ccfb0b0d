import { fromDay, weekday } from './dates.js';

/** The first date of the rules below. Until September 1952 the exchange traded on Saturdays too. */
export const FIRST_DATE = '1953-01-01';

/** The first date whose close is known: before, days were cut short for weeks, by the paperwork of 1968 to 1970 and after October 1987. */
export const FIRST_CLOSE = '1990-01-01';

/** Full-day closures outside the rules: NYSE, "Special closings", and the exchange's notices. */
const SPECIAL_CLOSURES: Readonly<Record<string, readonly string[]>> = {
  '1953': ['02-12', '10-12', '11-11'], // the birthday of Lincoln, Columbus Day and Veterans Day, for the last time
  '1954': ['12-24'], // Christmas on a Saturday
  '1956': ['12-24'],
  '1958': ['12-26'],
  '1961': ['05-29'],
  '1963': ['11-25'], // funeral of President Kennedy
  '1968': [
    ...['02-12', '04-09', '07-05', '11-11'], // Lincoln, mourning for Martin Luther King, after Independence Day, Veterans Day
    // Wednesdays, for the paperwork of the week; none in weeks with another holiday
    ...['06-12', '06-19', '06-26', '07-10', '07-17', '07-24', '07-31', '08-07', '08-14', '08-21', '08-28', '09-11', '09-18', '09-25'],
    ...['10-02', '10-09', '10-16', '10-23', '10-30', '11-20', '12-04', '12-11', '12-18'],
  ],
  '1969': ['02-10', '03-31', '07-21'], // snow, funeral of President Eisenhower, the first men on the moon
  '1972': ['12-28'], // funeral of President Truman
  '1973': ['01-25'], // funeral of President Johnson
  '1977': ['07-14'], // blackout of New York
  '1985': ['09-27'], // Hurricane Gloria
  '1994': ['04-27'], // funeral of President Nixon
  '2001': ['09-11', '09-12', '09-13', '09-14'], // attack on the World Trade Center
  '2004': ['06-11'], // funeral of President Reagan
  '2007': ['01-02'], // day of mourning for President Ford
  '2012': ['10-29', '10-30'], // Hurricane Sandy
  '2018': ['12-05'], // day of mourning for President G. H. W. Bush
  '2025': ['01-09'], // day of mourning for President Carter
};

/** Closes that no rule gives: storms, the fall of 27 October 1997, a fault of 2005, Fridays after Christmas, the last day of 1999. */
const SPECIAL_CLOSES: Readonly<Record<string, string>> = {
  '1994-02-11': '14:30',
  '1996-01-08': '14:00',
  '1997-10-27': '15:30',
  '1997-12-26': '13:00',
  '1999-12-31': '13:00',
  '2003-12-26': '13:00',
  '2005-06-01': '15:56',
};

/** Days of a year, since 1970-01-01, that the exchange keeps closed; those of a weekend may be among them. */
export const closuresOf = (year: number): number[] => [
  ...holidays(year),
  ...(SPECIAL_CLOSURES[year] ?? []).map((date) => dayOf(year, Number(date.slice(0, 2)), Number(date.slice(3)))),
];

/** NYSE Rule 7.2, and what it was before. */
function holidays(year: number): number[] {
  const newYear = dayOf(year, 1, 1);
  const days = [
    weekday(newYear) === SUNDAY ? newYear + 1 : newYear, // on a Saturday it closes no Friday: 31 December ends the accounting year
    year <= 1970 ? observed(dayOf(year, 2, 22)) : nthWeekday(year, 2, MONDAY, 3), // Washington's Birthday
    easterSunday(year) - 2, // Good Friday
    memorialDay(year),
    observed(dayOf(year, 7, 4)), // Independence Day
    nthWeekday(year, 9, MONDAY, 1), // Labor Day
    nthWeekday(year, 11, THURSDAY, 4), // Thanksgiving
    observed(dayOf(year, 12, 25)), // Christmas
  ];
  // Election Day, the Tuesday after the first Monday: of every year, then of presidents
  if (year <= 1968 || [1972, 1976, 1980].includes(year)) days.push(nthWeekday(year, 11, MONDAY, 1) + 1);
  if (year >= 1998) days.push(nthWeekday(year, 1, MONDAY, 3)); // Martin Luther King, Jr. Day
  if (year >= 2022) days.push(observed(dayOf(year, 6, 19))); // Juneteenth
  return days;
}

function memorialDay(year: number): number {
  if (year > 1970) return lastWeekday(year, 5, MONDAY);
  const day = dayOf(year, 5, 30);
  return year === 1970 ? day : observed(day); // in 1970, on a Saturday, it closed no Friday
}

/** The time of New York at which a day of trading ends, from 1990 on. */
export function closeOf(day: number): string {
  const date = fromDay(day);
  const special = SPECIAL_CLOSES[date];
  if (special) return special;
  const year = Number(date.slice(0, 4));
  const early = [
    dayOf(year, 12, 24),
    ...(year >= 1992 ? [nthWeekday(year, 11, THURSDAY, 4) + 1] : []),
    ...(year >= 1995 ? besideIndependenceDay(year) : []),
  ];
  if (!early.includes(day)) return '16:00';
  return year <= 1992 ? '14:00' : '13:00';
}

/** 3 July where the 4th is from Tuesday to Friday; up to 2012, where it is a Thursday, the Friday after. */
function besideIndependenceDay(year: number): number[] {
  const fourth = dayOf(year, 7, 4);
  if (weekday(fourth) < TUESDAY || weekday(fourth) > FRIDAY) return [];
  return [weekday(fourth) === THURSDAY && year < 2013 ? fourth + 1 : fourth - 1];
}

const SUNDAY = 0;
const MONDAY = 1;
const TUESDAY = 2;
const THURSDAY = 4;
const FRIDAY = 5;
const SATURDAY = 6;

const dayOf = (year: number, month: number, date: number): number => Date.UTC(year, month - 1, date) / 86_400_000;

/** A holiday on Sunday is kept on Monday; one on Saturday on Friday, since July 1959. */
function observed(day: number): number {
  if (weekday(day) === SUNDAY) return day + 1;
  return weekday(day) === SATURDAY && day >= dayOf(1959, 7, 1) ? day - 1 : day;
}

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
