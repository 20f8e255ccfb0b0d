import type { Row } from '../../../src/base/index.js';
import { mean } from '../../../src/linalg/index.js';
import { type Finding, type Judged, verdict } from '../../../src/report/index.js';
import { confidenceInterval, dieboldMariano, hacMean } from '../../../src/stats/index.js';
import { bartlettDegreesOfFreedom, overlapLags } from '../../../src/stats/internal.js';
import { key } from '../../../src/tensor/index.js';
import type { Found } from '../../experiment.js';
import type { VolatilityTask } from '../../volatility.js';
import { byDate, type Dated } from './task.js';

/** One model from one seed, 0 of a closed form: what each measure comes to on each test date. */
export interface Column {
  readonly model: string;
  readonly seed: number;
  readonly measures: Readonly<Record<string, readonly number[]>>;
}

/** What a part leaves for `collect`. */
export interface Left {
  readonly columns: readonly Column[];
  /** Of each measure [T]. */
  readonly dates: Readonly<Record<string, readonly string[]>>;
  /** Names of the folds and the first date of each. */
  readonly folds: readonly { readonly name: string; readonly start: string }[];
  /** Of a net: the rates that were looked at, with the validation loss of each. */
  readonly rates?: readonly Row[];
  readonly trials: number;
  /** What else a question has. */
  readonly tables?: Readonly<Record<string, readonly Row[]>>;
}

/** The measures of a model on the test dates. */
export function columnOf(model: string, seed: number, measured: Readonly<Record<string, Dated>>): Column {
  return { model, seed, measures: Object.fromEntries(Object.entries(measured).map(([name, { values }]) => [name, values])) };
}

/** A cell's measure averaged by date, for several measures. */
export const measuresOf = (
  task: VolatilityTask,
  of: Readonly<Record<string, readonly [label: Parameters<typeof byDate>[1], of: (cell: number) => number]>>,
): Record<string, Dated> => Object.fromEntries(Object.entries(of).map(([name, [label, f]]) => [name, byDate(task, label, f)]));

/** What a part found, for `collect`: tables hold records, so that it travels as text. */
export function leave(left: Left, minutes: Readonly<Record<string, number>>): Found {
  const pinned = left.columns.flatMap(({ model, seed, measures }) =>
    Object.entries(measures).map(([name, values]) => [`${name}.${model}.${seed}`, mean(values)] as const),
  );
  return {
    numbers: {},
    tables: { left: [{ json: JSON.stringify(left) }] },
    trials: left.trials,
    pinned: Object.fromEntries(pinned),
    minutes,
  };
}

/** What all parts left, as one. */
export function gathered(parts: Readonly<Record<string, Found>>): { left: Left; rest: Pick<Found, 'pinned' | 'minutes' | 'trials'> } {
  const found = Object.values(parts);
  const lefts = found.map(({ tables }) => JSON.parse(String(tables!.left[0].json)) as Left);
  const [{ dates, folds }] = lefts;
  for (const other of lefts)
    for (const [measure, all] of Object.entries(other.dates))
      if (all.join() !== dates[measure]?.join()) throw new Error(`baselines: two parts have ${measure} on different dates`);
  const trials = lefts.reduce((sum, left) => sum + left.trials, 0);
  const left = {
    ...{ dates, folds, trials },
    columns: lefts.flatMap(({ columns }) => columns),
    rates: lefts.flatMap(({ rates = [] }) => rates),
    tables: Object.assign({}, ...lefts.map(({ tables }) => tables)),
  };
  const pinned = Object.assign({}, ...found.map((one) => one.pinned));
  return { left, rest: { trials, pinned, minutes: Object.assign({}, ...found.map(({ minutes }) => minutes)) } };
}

/** How a loss is judged. */
export interface Loss {
  /** Which of the measures. */
  readonly measure: string;
  /** What it is, for sentences: `QLIKE`. */
  readonly name: string;
  /** Steps ahead. */
  readonly horizon?: number;
  readonly decimals?: number;
  readonly unit?: string;
}

/** The verdict on a loss: its sentence, its numbers, and tables by model, and by model, seed and fold. */
export function judged({ columns, dates, folds, trials }: Left, { measure, name, horizon = 1, decimals = 4, unit = '1' }: Loss) {
  const own = columns.map(({ model, seed, measures }) => ({ model, seed, losses: measures[measure] }));
  const seedsOf = (model: string) => own.filter((column) => column.model === model).map(({ losses }) => losses);
  const closed = own.filter(({ seed }) => seed === 0);
  const nets = [...new Set(own.filter(({ seed }) => seed > 0).map(({ model }) => model))];
  const rivals = {
    dates: dates[measure],
    closedForms: Object.fromEntries(closed.map(({ model, losses }) => [model, losses])),
    nets: Object.fromEntries(nets.map((model) => [model, seedsOf(model)])),
  };
  const said = verdict(rivals, { key: key(5), loss: name, trials, horizon, decimals });
  const lags = overlapLags(dates[measure].length, horizon);
  const average = (model: string) => averaged(seedsOf(model));
  const benchmark = rivals.closedForms[said.benchmark];
  const numbers: Record<string, Finding> = {};
  for (const { model, loss } of said.rows) {
    const losses = average(model);
    const error = losses.some((value) => value !== losses[0]) && hacMean(losses, { lags }).standardError;
    const description = `${model}: mean ${name} over test dates${seedsOf(model).length > 1 ? ' and seeds' : ''}, HAC error over dates`;
    const uncertainty = error || 'exact: the same on every date';
    numbers[`${measure}.${slug(model)}`] = { value: loss, uncertainty, unit, description, tolerance: 3 * (error || 1e-9) };
  }
  for (const [what, number] of Object.entries(said.numbers)) numbers[`${measure}.${what}`] = { ...number, unit };
  const spans = folds.map(({ name, start }, f) => {
    const until = folds[f + 1]?.start;
    const rows = dates[measure].flatMap((date, t) => (date >= start && (!until || date < until) ? [t] : []));
    return { name, from: rows[0], to: rows[rows.length - 1] + 1 };
  });
  const byFold = said.rows
    .filter(({ model }) => model !== said.benchmark)
    .flatMap(({ model, seeds }) =>
      spans.map(({ name: fold, from, to }): Row => {
        const pair = { model: average(model).subarray(from, to), benchmark: benchmark.slice(from, to) };
        const { mean: gain, interval } = dieboldMariano(pair, { horizon });
        return { model, seeds, fold, gain, low: interval.low, high: interval.high };
      }),
    );
  const signs = own
    .filter(({ model }) => model !== said.benchmark)
    .map(({ model, seed, losses }): Row => {
      const gain = (from: number, to: number) => mean(benchmark.slice(from, to)) - mean(losses.slice(from, to));
      return { model, seed, ...Object.fromEntries(spans.map(({ name, from, to }) => [name, gain(from, to)])), all: gain(0, losses.length) };
    });
  const tables = {
    [`${measure}Verdict`]: said.rows.map((row) => ({
      ...row,
      ...intervalOf(row, average(row.model), benchmark, seedsOf(row.model), horizon),
    })),
    [`${measure}Sentence`]: [{ sentence: said.sentence, benchmark: said.benchmark, net: said.net, pays: said.pays, trials }],
    [`${measure}ByFold`]: byFold,
    [`${measure}Signs`]: signs,
  };
  return { said, numbers, tables };
}

/** The interval of a gain over dates and seeds, with the degrees of freedom that `verdict` takes: those of Satterthwaite's rule. */
function intervalOf(
  { gain, error }: Judged,
  losses: Float64Array,
  benchmark: readonly number[],
  seeds: readonly (readonly number[])[],
  horizon: number,
): Row {
  if (gain === undefined || error === undefined) return {};
  const { standardError, lags } = dieboldMariano({ model: losses, benchmark }, { horizon });
  const [overDates, S] = [standardError ** 2, seeds.length];
  const overSeeds = Math.max(0, error ** 2 - overDates);
  const df = error ** 4 / (overDates ** 2 / bartlettDegreesOfFreedom(losses.length, lags) + (S > 1 ? overSeeds ** 2 / (S - 1) : 0));
  const { low, high } = confidenceInterval(gain, error, { df });
  return { t: gain / error, low, high };
}

/** The mean of a measure of each model over dates and seeds, with its HAC interval over dates; without models for which it never varies. */
export function meansOf({ columns, dates }: Left, measure: string, horizon: number): Row[] {
  const lags = overlapLags(dates[measure].length, horizon);
  return [...new Set(columns.map(({ model }) => model))].flatMap((model) => {
    const own = averaged(columns.filter((column) => column.model === model).map(({ measures }) => measures[measure]));
    if (own.every((value) => value === own[0])) return [];
    const { mean: value, interval } = hacMean(own, { lags });
    return [{ model, value, low: interval.low, high: interval.high }];
  });
}

/** The mean of seeds, by date. */
export const averaged = (seeds: readonly (readonly number[])[]): Float64Array =>
  Float64Array.from(seeds[0], (_, t) => mean(seeds.map((one) => one[t])));

/** As a name of a number has it: `gamma-regression`. */
export const slug = (model: string): string => model.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
