/** What a pipeline makes of data: one row of numbers per date. A panel is one. */
export interface Dated {
  /** [T'] a subset of the data's dates */
  readonly dates: readonly string[];
  /** [T', K] row-major */
  readonly values: ArrayLike<number>;
  /** [K] the names of its columns, where they have names */
  readonly assets?: readonly string[];
  /** what it is, where a pipeline has several outputs: `profit` */
  readonly field?: string;
}

/** The error of `assertNoLookahead` where an output changed which must not: its name is `Lookahead`, that of a pipeline that fails is not. */
export class Lookahead extends Error {
  override readonly name = 'Lookahead';
}

/** How an output may differ. */
export interface Comparison {
  /** the last date that is compared */
  readonly last: string;
  /** what was done to the data, in words */
  readonly change: string;
  /** another cause, and its fix, where the data make one likely */
  readonly hint?: string;
  /** the relative difference that is rounding, where it is not bit for bit */
  readonly rounding?: number;
}

const FIX = 'use rows up to that date only (no full-sample statistics or choices, centred windows, fills from later or negative lags)';
const FIX_EVERYWHERE: Readonly<Record<string, string>> = {
  rescaled: 'the level of an adjusted price knows what came later: take returns or ratios of prices that are adjusted alike',
  listed: 'leave out what the frame does not list on the date',
};

/**
 * Throws `Lookahead` unless two outputs agree on all dates up to the last: dates, columns, and every bit.
 *
 * @param base     on the data as they are
 * @param changed  on changed data
 */
export function compare(base: Dated, changed: Dated, { last, change, hint, rounding = 0 }: Comparison, name = 'output'): void {
  const [before, after] = [until(base, last), until(changed, last)];
  const who = 'assertNoLookahead: the pipeline looks ahead: its';
  const known = Object.entries(FIX_EVERYWHERE).find(([word]) => change.includes(word))?.[1] ?? FIX;
  const fix = hint ? `${known}; ${hint}` : known;
  const named = (t: number) => `${who} ${name} of ${base.dates[t] ?? changed.dates[t]}`;
  const T = Math.max(before.rows, after.rows);
  for (let t = 0; t < T; t++)
    if (t >= before.rows || t >= after.rows || base.dates[t] !== changed.dates[t])
      throw new Lookahead(`${named(t)} comes or goes when ${change}; ${fix}`);
  if (T > 0 && (before.width !== after.width || before.names.join() !== after.names.join()))
    throw new Lookahead(
      `${who} ${name === 'output' ? '' : `${name}'s `}columns up to ${last} go from ${columns(before)} to ${columns(after)} when ${change}; ${fix}`,
    );
  const { width } = before;
  const [was, is] = [base.values, changed.values];
  for (let i = 0; i < T * width; i++) {
    if (Object.is(was[i], is[i])) continue;
    if (rounding > 0 && Math.abs(was[i] - is[i]) <= rounding * (Math.abs(was[i]) + typical(base, i % width, width))) continue;
    throw new Lookahead(
      `${named(Math.floor(i / width))}, column ${before.names[i % width] ?? i % width}, goes from ${was[i]} to ${is[i]} when ${change}; ${fix}`,
    );
  }
}

/** The mean size of a column. */
function typical({ values }: Dated, k: number, width: number): number {
  let [total, count] = [0, 0];
  for (let i = k; i < values.length; i += width)
    if (Number.isFinite(values[i])) {
      total += Math.abs(values[i]);
      count++;
    }
  return count > 0 ? total / count : 0;
}

const columns = ({ names, width }: { names: readonly string[]; width: number }) =>
  names.length > 0 ? names.join(', ') : width > 0 ? `${width} of them` : 'none';

function until({ dates, values, assets = [] }: Dated, last: string) {
  return { rows: rowsUntil(dates, last), width: dates.length ? values.length / dates.length : 0, names: assets };
}

/** How many dates lie at or before the last. */
export function rowsUntil(dates: readonly string[], last: string): number {
  let [low, high] = [0, dates.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (dates[middle] <= last) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first of the dates whose row holds a number, by its place among the output's; −1 where all are missing. */
export function firstRow({ dates, values }: Dated): number {
  const width = values.length / dates.length;
  for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i])) return Math.floor(i / width);
  return -1;
}
