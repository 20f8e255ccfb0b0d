import { fold, key } from '../../base/index.js';
import { checkOptions, checkWhole } from '../../base/internal.js';
import type { Panel } from '../panel/panel.js';
import { type Change, changesOf, DROP, stretchOf } from './future.js';

/** What a pipeline makes of data: one row of numbers per date. A panel is one. */
export interface Dated {
  /** [T'] a subset of the data's dates */
  readonly dates: readonly string[];
  /** [T', K] row-major */
  readonly values: ArrayLike<number>;
  /** [K] the names of its columns, where they have names */
  readonly assets?: readonly string[];
}

/** Which changes `assertNoLookahead` tries; `seed` makes the random ones. */
export interface LookaheadOptions {
  /** rows that an output may look ahead: 0 for features and signals, the label's horizon for labels */
  readonly horizon?: number;
  /** dates after which the future of the whole data is changed, in every way; those that `assertNoLookahead` names unless told */
  readonly at?: readonly string[];
  readonly seed?: number;
}

type Pipeline = (data: Panel) => Dated | Promise<Dated>;

/**
 * Demands that nothing a pipeline says about the past depends on the future.
 *
 * For many dates s it changes what comes after s; then no output of a date t with t + horizon ≤ s may come, go or differ in a single bit, nor
 * a column of it. The changes: rows are dropped, so that the pipeline of a prefix must be the prefix of the pipeline; values are multiplied
 * by ½ to 1½, change sign and size, change places, go missing, and appear where they were missing. It finds full-sample means, centred
 * windows, negative lags, backward filling, labels among the features and a universe that is chosen with the future. It cannot find a leak
 * that these changes do not reach: data revised at the source, or what the pipeline reads elsewhere.
 *
 * Dates, unless told: of the whole data, rows after three fifths are dropped, or later where the pipeline fails there, and after a tenth,
 * three tenths and the dates of missing values below, where it runs and says something: a choice by coverage shows on the whole only. Else
 * it works on stretches of 378 rows, since a leak in one stretch is one in all: 21 consecutive dates, among them every weekday and a month's
 * end; the last dates; and, in the history of up to six assets, the date before a missing value is followed by one, or one by a missing
 * value. A stretch on which the pipeline says nothing or fails is doubled, up to the whole.
 *
 * @param pipeline pure and deterministic: it is run on changed copies of `data`. It may refuse missing and negative values by an error;
 *                 then those changes tell nothing.
 * @throws         naming the first date that changed, what it was and what it became
 */
export async function assertNoLookahead(pipeline: Pipeline, data: Panel, options: LookaheadOptions = {}): Promise<void> {
  checkOptions('assertNoLookahead', options, ['horizon', 'at', 'seed']);
  const { horizon = 0, seed = 0 } = options;
  checkWhole('assertNoLookahead', 'horizon', horizon, { from: 0 });
  const T = data.dates.length;
  const trial = { pipeline: onceOn(data, pipeline), horizon, seed };
  const changes = changesOf(data);
  if (options.at) {
    const cuts = options.at.map((date) => indexOf(data, date));
    await tryCuts(
      trial,
      data,
      cuts.map((cut) => [cut, [DROP, ...changes]]),
    );
    return;
  }
  const edges = missingEdges(data);
  await tryMonth(trial, data);
  await tryPrefixes(trial, data, [Math.floor(0.1 * (T - 1)), Math.floor(0.3 * (T - 1)), ...edges]);
  await tryStretch(trial, data, [[Math.max(0, T - 2), [DROP, changes[0]]]]);
  for (const cut of edges) await tryStretch(trial, data, [[cut, [DROP, ...changes]]], true);
}

/** The pipeline, run once on the whole data however often it is asked. */
function onceOn(data: Panel, pipeline: Pipeline): Pipeline {
  let whole: ReturnType<Pipeline> | undefined;
  return (given) => {
    if (given !== data) return pipeline(given);
    whole ??= pipeline(data);
    return whole;
  };
}

/** Drops rows of the whole data, where the pipeline says something before and runs on so few. */
async function tryPrefixes(trial: Trial, data: Panel, rows: readonly number[]): Promise<void> {
  const base = await trial.pipeline(data);
  for (const row of new Set(rows)) {
    const last = data.dates[row - trial.horizon];
    if (last === undefined || !saysSomething(base, last)) continue;
    try {
      await tryCuts(trial, data, [[row, [DROP]]]);
    } catch (error) {
      if (error instanceof Lookahead) throw error;
    }
  }
}

/** After three fifths of the data, or later where the pipeline needs more rows before it. */
async function tryMonth(trial: Trial, data: Panel, fractions: readonly number[] = [0.6, 0.8, 0.95]): Promise<void> {
  const [fraction, ...later] = fractions;
  const month = consecutive(data.dates.length, fraction);
  const changes = changesOf(data);
  try {
    if (data.dates.length > LENGTH) await tryCuts(trial, data, [[month[0], [DROP]]]);
    await tryStretch(
      trial,
      data,
      month.map((cut, i) => [cut, [DROP, changes[i % changes.length]]]),
    );
  } catch (error) {
    if (error instanceof Lookahead || later.length === 0) throw error;
    await tryMonth(trial, data, later);
  }
}

const LENGTH = 378;

interface Trial {
  readonly pipeline: Pipeline;
  readonly horizon: number;
  readonly seed: number;
}
/** A row after which the future is changed, and how. */
type Cut = readonly [row: number, changes: readonly Change[]];

/** Consecutive rows, so that a leak at a month's end or on one day of the week is met. */
function consecutive(T: number, fraction: number): number[] {
  const start = Math.max(0, Math.floor(fraction * (T - 1)));
  return Array.from({ length: Math.max(1, Math.min(21, T - 1 - start)) }, (_, i) => start + i);
}

/** For some assets, spread over all: the rows where a missing value is followed by one, first and last, or one by a missing value. */
function missingEdges({ dates, assets, values }: Panel): number[] {
  const N = assets.length;
  const found: number[][] = [];
  for (let n = 0; n < N; n++) {
    const edges: number[] = [];
    for (let t = 0; t + 1 < dates.length; t++) if (Number.isNaN(values[t * N + n]) !== Number.isNaN(values[(t + 1) * N + n])) edges.push(t);
    if (edges.length > 0) found.push([edges[0], edges.at(-1)!]);
  }
  const some = Array.from(
    { length: Math.min(6, found.length) },
    (_, i) => found[Math.floor((i * found.length) / Math.min(6, found.length))],
  );
  return [...new Set(some.flat())];
}

/**
 * Tries cuts on a stretch around them, on longer ones where the pipeline needs more rows. An `early` cut may come before all that the
 * pipeline says, and leave it too few rows.
 */
async function tryStretch(trial: Trial, data: Panel, cuts: readonly Cut[], early = false): Promise<void> {
  for (let length = LENGTH; cuts.length > 0; length *= 2) {
    const rows = cuts.map(([row]) => row);
    const [first, last] = [Math.min(...rows), Math.max(...rows)];
    const room = Math.max(0, length - (last - first));
    const start = Math.max(0, first - Math.ceil(0.85 * room));
    const end = Math.min(data.dates.length, Math.max(start + length, last + 2));
    const whole = start === 0 && end === data.dates.length;
    const stretch = whole ? data : stretchOf(data, start, end);
    try {
      if (
        await tryCuts(
          trial,
          stretch,
          cuts.map(([row, changes]) => [row - start, changes]),
          whole,
          early,
        )
      )
        return;
    } catch (error) {
      if (whole || error instanceof Lookahead) throw error;
    }
  }
}

class Lookahead extends Error {}

/** Whether the outputs before the cuts say anything; on the whole data that is not asked, and no output at all is an error. */
async function tryCuts(
  { pipeline, horizon, seed }: Trial,
  data: Panel,
  cuts: readonly Cut[],
  whole = true,
  early = false,
): Promise<boolean> {
  const base = await pipeline(data);
  const latest = data.dates[Math.max(...cuts.map(([row]) => row)) - horizon];
  if (base.dates.length === 0 || latest === undefined || base.dates[0] > latest) {
    if (!whole) return false;
    if (early) return true;
    throw new Error(
      `assertNoLookahead: the pipeline's first output is dated ${base.dates[0]}, after every date tried, ` +
        'so nothing would be checked; give more data or later dates',
    );
  }
  const earliest = data.dates[Math.min(...cuts.map(([row]) => row)) - horizon];
  if (!whole && (earliest === undefined || !saysSomething(base, earliest))) return false;
  for (const [i, [row, changes]] of cuts.entries()) {
    const last = data.dates[row - horizon];
    if (last === undefined) continue;
    for (const [j, { what, make, refusable }] of changes.entries()) {
      const changed = make(data, row, fold(fold(key(seed), i), j));
      let answer: Dated;
      try {
        answer = await pipeline(changed);
      } catch (error) {
        if (refusable || (early && !saysSomething(base, last))) continue;
        throw error;
      }
      compare(base, answer, last, what(data.dates[row]));
    }
  }
  return true;
}

function saysSomething({ dates, values }: Dated, last: string): boolean {
  const width = values.length / dates.length;
  const rows = dates.filter((date) => date <= last).length;
  for (let i = 0; i < rows * width; i++) if (!Number.isNaN(values[i])) return true;
  return false;
}

function compare(base: Dated, changed: Dated, last: string, change: string): void {
  const [before, after] = [until(base, last), until(changed, last)];
  const who = 'assertNoLookahead: the pipeline looks ahead: its';
  const fix = 'use rows up to that date only (no full-sample statistics or choices, centred windows, fills from later or negative lags)';
  const name = (t: number) => `${who} output of ${before.dates[t] ?? after.dates[t]}`;
  const T = Math.max(before.dates.length, after.dates.length);
  for (let t = 0; t < T; t++)
    if (before.dates[t] !== after.dates[t]) throw new Lookahead(`${name(t)} comes or goes when ${change}; ${fix}`);
  if (T > 0 && (before.width !== after.width || before.names.join() !== after.names.join()))
    throw new Lookahead(`${who} columns up to ${last} go from ${columns(before)} to ${columns(after)} when ${change}; ${fix}`);
  for (let t = 0; t < T; t++)
    for (let k = 0; k < before.width; k++) {
      const [was, is] = [before.values[t * before.width + k], after.values[t * before.width + k]];
      if (!Object.is(was, is))
        throw new Lookahead(`${name(t)}, column ${before.names[k] ?? k}, goes from ${was} to ${is} when ${change}; ${fix}`);
    }
}

const columns = ({ names, width }: { names: readonly string[]; width: number }) =>
  names.length > 0 ? names.join(', ') : `${width} of them`;

function until({ dates, values, assets = [] }: Dated, last: string) {
  return { dates: dates.filter((date) => date <= last), values, width: dates.length ? values.length / dates.length : 0, names: assets };
}

function indexOf({ dates, source }: Panel, date: string): number {
  const t = dates.indexOf(date);
  if (t < 0) throw new Error(`assertNoLookahead: ${date} is no date of ${source}; choose one of ${dates[0]} … ${dates.at(-1)}`);
  return t;
}
