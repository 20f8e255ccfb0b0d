const DAY = String.raw`\d{1,2}`;
const MONTH = '(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const TIME = String.raw`([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?( ?(Z|[+-]\d{2}:?\d{2}))?)?`;

/** The format of dates that keep their time. */
export const TIMED = 'YYYY-MM-DDTHH:MM';

/** What each way to write a date looks like, and what `strptime` calls it. A month without a day is its first. */
export const DATE_FORMATS = {
  'YYYY-MM-DD': [String.raw`\d{4}-\d{2}-\d{2}${TIME}`, '%Y-%m-%d'],
  'YYYY/M/D': [String.raw`\d{4}/${DAY}/${DAY}`, '%Y/%m/%d'],
  YYYYMMDD: [String.raw`\d{8}`, '%Y%m%d'],
  'M/D/YYYY': [String.raw`${DAY}/${DAY}/\d{4}`, '%m/%d/%Y'],
  'D/M/YYYY': [String.raw`${DAY}/${DAY}/\d{4}`, '%d/%m/%Y'],
  'D.M.YYYY': [String.raw`${DAY}\.${DAY}\.\d{4}`, '%d.%m.%Y'],
  'D-MMM-YYYY': [String.raw`${DAY}-${MONTH}-\d{4}`, '%d-%b-%Y'],
  'MMM D, YYYY': [String.raw`${MONTH} ${DAY}, \d{4}`, '%b %d, %Y'],
  YYYYMM: [String.raw`\d{6}`, '%Y%m'],
  'YYYY-MM': [String.raw`\d{4}-\d{2}`, '%Y-%m'],
  [TIMED]: [String.raw`\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:00(\.0+)?)?( ?(Z|[+-]\d{2}:?\d{2}))?`, '%Y-%m-%d'],
} as const;

/** A way to write dates. */
export type DateFormat = keyof typeof DATE_FORMATS;

/** All of them. */
export const dateFormats = Object.keys(DATE_FORMATS) as [DateFormat, ...DateFormat[]];

/** The other formats in which a text could be a date. */
export const formatsLike = (text: string, than: DateFormat): string[] =>
  Object.entries(DATE_FORMATS).flatMap(([format, [pattern]]) => (format !== than && new RegExp(`^${pattern}$`).test(text) ? [format] : []));

/** SQL of a cell without the white space around it; numbers are read past all of it, so texts are compared without it. */
export const trimmed = (cell: string): string => `trim(${cell}, E' \\t\\n\\v\\f\\r')`;

/** SQL of the date that a text is, in days since 1970-01-01, or in minutes of UTC where the format keeps the time; NULL where it is none of this form. */
export function dateIn(text: string, format: DateFormat, monthEnd: boolean): string {
  const [pattern, strptime] = DATE_FORMATS[format];
  const matches = `regexp_full_match(${text}, '${pattern}')`;
  if (format === TIMED)
    return `CASE WHEN ${matches} THEN epoch_us(TRY_CAST(left(${text}, 16) AS TIMESTAMP)) / 60000000 - ${offsetIn(text)} END`;
  // Its own cast takes a fifth of the time of `strptime`; what it would take beyond this form, the pattern keeps out.
  const day = format === 'YYYY-MM-DD' ? `TRY_CAST(left(${text}, 10) AS DATE)` : `CAST(try_strptime(${text}, '${strptime}') AS DATE)`;
  const date = `CASE WHEN ${matches} THEN ${day} END`;
  return `${monthEnd ? `last_day(${date})` : date} - DATE '1970-01-01'`;
}

/** SQL of the minutes by which the clock of a time is ahead of UTC, by the `+02:00` at its end; 0 where there is none. */
function offsetIn(text: string): string {
  const part = (pattern: string) => `regexp_extract(${text}, '${pattern}$', 1)`;
  const [sign, hours, minutes] = ['([+-])\\d{2}:?\\d{2}', '([+-]\\d{2}):?\\d{2}', '[+-]\\d{2}:?(\\d{2})'].map(part);
  return `coalesce(60 * TRY_CAST(${hours} AS INTEGER) + TRY_CAST(${sign} || ${minutes} AS INTEGER), 0)`;
}
