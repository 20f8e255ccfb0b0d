import { fold, key } from '../../base/index.js';
import { checkOneOf, checkOptions, checkWhole } from '../../base/internal.js';
import { ACTION_FIELDS, type Frame } from '../frame/frame.js';
import type { Panel } from '../panel/panel.js';
import { CHANGE, CHANGES, type ChangeName, stretchOf } from './changes.js';
import { compare, type Dated, firstRow, Lookahead, rowsUntil } from './compare.js';
import { type Cut, localCuts, wholeCuts } from './plan.js';
import { asFrame, type Pipeline, runner } from './run.js';

/** How `assertNoLookahead` looks; `seed` makes the random changes. */
export interface LookaheadOptions {
  /** rows that an output may look ahead: 0 for features and signals, the label's horizon for labels, −1 for what must be known a row earlier, as positions that earn the row's return */
  readonly horizon?: number;
  /** dates after which the future of the whole data is changed, in every way; those that `assertNoLookahead` names unless told */
  readonly at?: readonly string[];
  /** the changes to try; all unless told */
  readonly changes?: readonly ChangeName[];
  /** in how many parts of the history the whole data are changed, 24 unless told; it runs the pipeline about 2.5 times as often on all rows */
  readonly cuts?: number;
  readonly seed?: number;
}

/**
 * Demands that nothing a pipeline says about the past depends on the future: features, labels, signals, a strategy's positions and profit,
 * what an agent observes.
 *
 * For many dates s it changes what comes after s; then no output of a date t with t + horizon ≤ s may come, go or differ in a single bit, nor
 * a column of it. The changes: rows are dropped, so that the pipeline of a prefix must be the prefix of the pipeline (`truncate`); values are
 * multiplied by ½ to 1½ (`shock`), fall to a hundredth or rise a hundredfold for good (`crash`), change sign and size (`flip signs`), become
 * zero (`set to zero`), go missing (`delist`), never come (`list late`), appear where they were missing (`fill gaps`), change places (`permute
 * the tail`). Of a frame the fields of a bar change together, `listed` with them, and series by the date on which they were known. Two more
 * may change no output at all: an asset's whole history of adjusted prices by a factor, as its next split or dividend rescales it (`rescale
 * history`), and values where `listed` is 0 (`unlisted values`).
 *
 * Fields `split` and `dividend` change with `truncate` alone, since moves without their splits are no market. Begin after `adjust`: it divides
 * the past by later splits, which is a level that knows them, so a pipeline that calls it is another one on fewer rows.
 *
 *     await assertNoLookahead(strategy, adjust(raw))
 *
 * It finds full-sample means, also of one early year, centred windows, negative lags, backward filling, labels among the features, a
 * universe that is chosen with the future, and levels of back-adjusted prices where the data say `adjusted`. It cannot find a leak that these changes do not reach: data
 * revised at the source, what the pipeline reads elsewhere, or profit that is earned on the row that decided it, which `assertNextBar` finds.
 *
 * Dates, unless told: one in each of `cuts` equal parts of the history, on the whole data; and on stretches of 378 rows, or longer ones where
 * the pipeline says less than on the whole, every month's end, every edge of a gap, and 21 consecutive rows, or as many of each as are not
 * more work than the first. Where a part of history is set apart by its dates, as the folds of a validation are, a leak over an edge of it
 * is met only by cuts there: `at: folds.map(({ test }) => dates[test.start])`.
 *
 * @param pipeline pure and deterministic: it is run on changed copies of `data`. It may refuse missing, zero and negative values, and too
 *                 short a history, by an error; then those changes tell nothing.
 * @throws         `Lookahead`, naming the first date that changed, what it was and what it became; another error where the pipeline fails
 */
export async function assertNoLookahead<D extends Frame | Panel>(
  pipeline: Pipeline<D>,
  data: D,
  options: LookaheadOptions = {},
): Promise<void> {
  const who = 'assertNoLookahead';
  checkOptions(who, options, ['horizon', 'at', 'changes', 'cuts', 'seed']);
  const { horizon = 0, seed = 0, cuts = 24, changes = CHANGES } = options;
  checkWhole(who, 'horizon', horizon, { from: -1 });
  checkWhole(who, 'cuts', cuts);
  for (const name of changes) checkOneOf(who, 'changes', name, CHANGES);
  const trial = { run: runner(pipeline, data), horizon, seed };
  const frame = asFrame(data);
  const base = await trial.run(frame);
  for (const name of changes) if (CHANGE[name].everywhere) await tryCut(trial, frame, base, { row: frame.dates.length - 1, change: name });

  if (options.at) {
    const rows = options.at.map((date) => indexOf(frame, date));
    requireOutput(base, frame.dates[Math.max(...rows) - Math.max(0, horizon)]);
    const ways = changes.filter((name) => !CHANGE[name].everywhere);
    const each = rows.flatMap((row) => ways.map((change) => ({ row, change })));
    await tryAll(trial, frame, base, each);
    return;
  }
  const first = requireOutput(base, frame.dates[frame.dates.length - 2 - Math.max(0, horizon)]);
  const earliest = Math.max(0, frame.dates.indexOf(first) + horizon);
  await tryAll(trial, frame, base, wholeCuts(frame, changes, earliest, cuts));
  const length = await stretchLength(trial, frame, base);
  const budget = Math.floor((cuts * frame.dates.length) / length);
  await tryStretches(trial, frame, length, localCuts(frame, changes, earliest, budget));
}

interface Trial {
  readonly run: ReturnType<typeof runner>;
  readonly horizon: number;
  readonly seed: number;
}

/** The first date on which the outputs say something. Throws when it comes after the last date that could be compared. */
function requireOutput(base: readonly Dated[], latest: string | undefined): string {
  const dates = base.flatMap((output) => (firstRow(output) < 0 ? [] : [output.dates[firstRow(output)]])).sort();
  const [first] = dates;
  if (first !== undefined && latest !== undefined && first <= latest) return first;
  throw new Error(
    `assertNoLookahead: the pipeline's first output is dated ${first ?? 'never'}, after every date tried, ` +
      'so nothing would be checked; give more data or later dates',
  );
}

/** Tries cuts of the whole data. An error on a shorter history is none of its, unless each shorter one ends in an error. */
async function tryAll(trial: Trial, frame: Frame, base: readonly Dated[], cuts: readonly Cut[]): Promise<void> {
  let [failure, passed]: [unknown, number] = [undefined, 0];
  for (const cut of cuts) {
    try {
      await tryCut(trial, frame, base, cut);
      if (cut.change === 'truncate') passed++;
    } catch (error) {
      if (error instanceof Lookahead || cut.change !== 'truncate') throw error;
      failure = error;
    }
  }
  if (failure !== undefined && passed === 0) throw failure;
}

/** Changes the data once, and compares all outputs that were known before. */
async function tryCut({ run, horizon, seed }: Trial, frame: Frame, base: readonly Dated[], { row, change }: Cut): Promise<void> {
  const { make, what, refusable, everywhere } = CHANGE[change];
  const last = frame.dates[everywhere ? frame.dates.length - 1 : Math.min(row - horizon, frame.dates.length - 1)];
  if (last === undefined || base.every(({ dates }) => rowsUntil(dates, last) === 0)) return;
  const changed = make(frame, row, fold(fold(key(seed), row), CHANGES.indexOf(change)));
  if (!changed) return;
  const hint = ACTION_FIELDS.some((field) => field in frame.fields) ? AFTER_ADJUST : undefined;
  let answer: readonly Dated[];
  try {
    answer = await run(changed);
  } catch (error) {
    if (refusable) return;
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`assertNoLookahead: the pipeline fails when ${what(frame.dates[row])}: ${why}${hint ? `; ${hint}` : ''}`, {
      cause: error,
    });
  }
  if (answer.length !== base.length)
    throw new Lookahead(`assertNoLookahead: the pipeline has ${base.length} outputs, and ${answer.length} when ${what(frame.dates[row])}`);
  for (const [i, output] of base.entries()) {
    const name = base.length === 1 ? 'output' : (output.field ?? `output ${i}`);
    // At a horizon of −1 a prefix says nothing of the row after it.
    const until = change === 'truncate' && horizon < 0 ? frame.dates[row] : last;
    compare(output, answer[i], { last: until, change: what(frame.dates[row]), hint, rounding: everywhere ? 1e-9 : 0 }, name);
  }
}

const AFTER_ADJUST = 'where it calls adjust, begin after that: assertNoLookahead(pipeline, adjust(frame))';

/** The shortest stretch, 378 rows or twice, four times … as many, on whose later part the pipeline says all that it says on the whole. */
async function stretchLength({ run }: Trial, frame: Frame, base: readonly Dated[]): Promise<number> {
  const T = frame.dates.length;
  for (let length = 378; 2 * length < T; length *= 2) {
    const start = Math.floor((T - length) / 2);
    try {
      const said = await run(stretchOf(frame, start, start + length));
      const from = frame.dates[start + Math.floor(BEFORE * length)];
      if (base.every((output, i) => saysAsMuch(output, said[i], from, frame.dates[start + length - 1]))) return length;
    } catch {
      // too short for it
    }
  }
  return T;
}

/** The share of a stretch that comes before its cuts, and that in which they lie. */
const [BEFORE, AMONG] = [0.6, 0.25];

function saysAsMuch(whole: Dated, part: Dated | undefined, from: string, to: string): boolean {
  if (!part || part.dates.length === 0) return false;
  const [width, narrow] = [whole.values.length / whole.dates.length, part.values.length / part.dates.length];
  const row = new Map(part.dates.map((date, t) => [date, t]));
  for (let t = rowsUntil(whole.dates, from); t < rowsUntil(whole.dates, to) - 1; t++) {
    const at = row.get(whole.dates[t]);
    if (at === undefined || width !== narrow) return false;
    for (let k = 0; k < width; k++)
      if (!Number.isNaN(whole.values[t * width + k]) && Number.isNaN(part.values[at * width + k])) return false;
  }
  return true;
}

/** Tries cuts, in the order of their rows, on stretches that hold several each. What a stretch is too short for, the whole has shown. */
async function tryStretches(trial: Trial, frame: Frame, length: number, cuts: readonly Cut[]): Promise<void> {
  const T = frame.dates.length;
  for (let i = 0; i < cuts.length; ) {
    const start = length >= T ? 0 : Math.max(0, Math.min(cuts[i].row - Math.floor(BEFORE * length), T - length));
    const end = Math.min(T, start + length);
    const stretch = length >= T ? frame : stretchOf(frame, start, end);
    const reach = end === T ? T : start + Math.floor((BEFORE + AMONG) * length);
    const mine = cuts.slice(i).filter(({ row }) => row <= Math.max(reach, cuts[i].row));
    i += mine.length;
    let base: readonly Dated[];
    try {
      base = await trial.run(stretch);
    } catch (error) {
      if (length >= T) throw error;
      continue;
    }
    for (const { row, change } of mine) {
      try {
        await tryCut(trial, stretch, base, { row: row - start, change });
      } catch (error) {
        if (error instanceof Lookahead || change !== 'truncate') throw error;
      }
    }
  }
}

function indexOf({ dates, source }: Frame, date: string): number {
  const t = dates.indexOf(date);
  if (t < 0) throw new Error(`assertNoLookahead: ${date} is no date of ${source}; choose one of ${dates[0]} … ${dates.at(-1)}`);
  return t;
}
