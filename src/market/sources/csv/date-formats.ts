const DAY = String.raw`\d{1,2}`;
const MONTH = '(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const TIME = String.raw`([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?( ?(Z|[+-]\d{2}:?\d{2}))?)?`;

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

/** SQL of the date that a text is, NULL where it is none of this form. */
export function dateIn(text: string, format: DateFormat, monthEnd: boolean): string {
  const [pattern, strptime] = DATE_FORMATS[format];
  const day = format === 'YYYY-MM-DD' ? `left(${text}, 10)` : text;
  const date = `CASE WHEN regexp_full_match(${text}, '${pattern}') THEN CAST(try_strptime(${day}, '${strptime}') AS DATE) END`;
  return monthEnd ? `last_day(${date})` : date;
}
