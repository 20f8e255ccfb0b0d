import { checkNumber } from '../../base/internal.js';

/** Zones that RFC 822 names, in hours from UTC. */
const ZONES: Readonly<Record<string, number>> = {
  UT: 0,
  UTC: 0,
  GMT: 0,
  Z: 0,
  EST: -5,
  EDT: -4,
  CST: -6,
  CDT: -5,
  MST: -7,
  MDT: -6,
  PST: -8,
  PDT: -7,
};
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** When something was published, and how times without a zone are meant. */
export interface TimeOptions {
  /** Of times without a zone, by its IANA name: `America/New_York`. Such times are an error when it is left out. */
  readonly timeZone?: string;
  /** Later times are refused as future: milliseconds since 1970 in UTC; now when left out. */
  readonly now?: number;
}

/**
 * A time of publication in UTC, `YYYY-MM-DDTHH:MM:SSZ` or with milliseconds where it has some, of what feeds and files have: RFC 3339 (`2024-05-03T08:30:00-04:00`, also with a space for the T and without
 * seconds) or RFC 822 (`Fri, 03 May 2024 08:30:00 EDT`).
 *
 * @param where  the place, for the message
 * @throws       when it is no time, is of a year before 1000, has no zone where none is told, is skipped or doubled by a change of the clock, or lies in the future
 */
export function publicationTime(where: string, written: string, { timeZone, now = Date.now() }: TimeOptions): string {
  const text = written.trim();
  const parts = ofRfc3339(text) ?? ofRfc822(text);
  if (!parts)
    throw new Error(
      `${where}: ${text ? `'${text}' is no time` : 'no time of publication'}; one is written 2024-05-03T08:30:00Z or Fri, 03 May 2024 08:30:00 GMT`,
    );
  const { clock, minutes } = parts;
  if (new Date(clock).getUTCFullYear() < 1000)
    throw new Error(`${where}: '${text}' is of a year before 1000; programs write 0001-01-01 where there is no date`);
  if (minutes === undefined && timeZone === undefined)
    throw new Error(`${where}: '${text}' has no zone; say which is meant by timeZone: 'America/New_York' or 'UTC'`);
  const time = minutes === undefined ? inZone(where, clock, timeZone!) : clock - 60_000 * minutes;
  const utc = new Date(time).toISOString().replace('.000Z', 'Z');
  if (time > now)
    throw new Error(
      `${where}: '${text}' is ${utc}, in the future of ${new Date(now).toISOString().slice(0, 19)}Z; a wrong zone, or a day and a month that changed places`,
    );
  return utc;
}

/** Throws unless what is later than now can be told: a NaN would let all of it pass. */
export function checkNow(who: string, { now }: TimeOptions): void {
  if (now !== undefined) checkNumber(who, 'now', now, {}, 'milliseconds since 1970 in UTC, as Date.now() or Date.parse(…)');
}

interface Clock {
  /** The time on the clock, as if it were UTC. */
  readonly clock: number;
  /** Of the zone, east of Greenwich. */
  readonly minutes: number | undefined;
}

function ofRfc3339(text: string): Clock | undefined {
  const found = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?\s*(Z|z|[+-]\d\d:?\d\d)?$/.exec(text);
  if (!found) return undefined;
  const [year, month, day, hour, minute, second = 0] = found.slice(1, 7).map((part) => part && Number(part)) as number[];
  const parts = clockOf([year, month, day, hour, minute, second], found[8]);
  return parts && { ...parts, clock: parts.clock + Number((found[7] ?? '').padEnd(3, '0').slice(0, 3)) };
}

function ofRfc822(text: string): Clock | undefined {
  const found =
    /^(?:[A-Za-z]{3}\s*,\s*)?(\d{1,2})\s+([A-Za-z]{3})[a-z]*\s+(\d{4}|\d\d)\s+(\d\d):(\d\d)(?::(\d\d))?(?:\s+([A-Z]{1,3}|[+-]\d\d:?\d\d))?$/.exec(
      text,
    );
  if (!found) return undefined;
  const [, day, name, written, hour, minute, second = '0', zone] = found;
  // RFC 2822, section 4.3: of two digits, those below 50 are of this century.
  const year = written.length === 4 ? Number(written) : Number(written) + (Number(written) < 50 ? 2000 : 1900);
  return clockOf([year, MONTHS.indexOf(name.toLowerCase()) + 1, Number(day), Number(hour), Number(minute), Number(second)], zone);
}

function clockOf([year, month, day, hour, minute, second]: readonly number[], zone: string | undefined): Clock | undefined {
  const clock = new Date(0).setUTCFullYear(year, month - 1, day) + 1000 * (second + 60 * (minute + 60 * hour));
  const back = new Date(clock);
  if (back.getUTCMonth() !== month - 1 || back.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59) return undefined;
  if (zone === undefined) return { clock, minutes: undefined };
  const offset = /^([+-])(\d\d):?(\d\d)$/.exec(zone);
  if (offset) {
    const minutes = 60 * Number(offset[2]) + Number(offset[3]);
    return Number(offset[3]) > 59 || minutes > 14 * 60 ? undefined : { clock, minutes: offset[1] === '-' ? -minutes : minutes };
  }
  const hours = ZONES[zone.toUpperCase()];
  return hours === undefined ? undefined : { clock, minutes: 60 * hours };
}

/** The time at which a clock in a zone shows this. */
function inZone(where: string, clock: number, timeZone: string): number {
  const shown = (time: number): number => {
    const parts = formatOf(where, timeZone).formatToParts(time);
    const [year, month, day, hour, minute, second] = ['year', 'month', 'day', 'hour', 'minute', 'second'].map((type) =>
      Number(parts.find((part) => part.type === type)!.value),
    );
    return Date.UTC(year, month - 1, day, hour, minute, second);
  };
  const [day, part] = [86_400_000, clock % 1000];
  clock -= part;
  const offsets = new Set([clock - day, clock, clock + day].map((time) => shown(time) - time));
  const times = [...offsets].map((offset) => clock - offset).filter((time) => shown(time) === clock);
  if (times.length === 1) return times[0] + part;
  const local = new Date(clock).toISOString().slice(0, 19);
  throw new Error(
    `${where}: ${local} is ${times.length === 0 ? 'no time' : 'two times'} in ${timeZone}, where the clock was changed; write times with their zone, as ${local}-05:00`,
  );
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(where: string, timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format) return format;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    throw new Error(`${where}: there is no time zone '${timeZone}'; name one as America/New_York, Europe/London or UTC`);
  }
  formats.set(timeZone, format);
  return format;
}
