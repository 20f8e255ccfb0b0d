/** Rows of a history that fall into one year or month: `start` to `end`, half-open, under the name `2008` or `2008-09`. */
export interface Period {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** The years or months of ascending dates [T]. */
export function periodsOf(dates: readonly string[], by: 'year' | 'month'): Period[] {
  const length = by === 'year' ? 4 : 7;
  const periods: Period[] = [];
  for (let start = 0, end = 0; start < dates.length; start = end) {
    const name = dates[start].slice(0, length);
    while (end < dates.length && dates[end].startsWith(name)) end++;
    periods.push({ name, start, end });
  }
  return periods;
}

/** Years of a long history, months of one of three years or less. */
export const periodsToShow = (dates: readonly string[]): { by: 'year' | 'month'; periods: Period[] } => {
  const years = periodsOf(dates, 'year');
  return years.length > 4 ? { by: 'year', periods: years } : { by: 'month', periods: periodsOf(dates, 'month') };
};

/** Σ of values [T] over a period. */
export const sumOver = (values: Float64Array, { start, end }: Period): number =>
  values.subarray(start, end).reduce((sum, value) => sum + value, 0);

/** Π (1 + r) − 1 of returns [T] over a period. */
export const compoundOver = (returns: Float64Array, { start, end }: Period): number =>
  returns.subarray(start, end).reduce((wealth, r) => wealth * (1 + r), 1) - 1;
