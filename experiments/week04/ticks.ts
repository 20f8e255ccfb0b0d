import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mean } from '../../src/linalg/index.js';
import { type Finding, type Row, verdict } from '../../src/report/index.js';
import { holm, twoSidedPValue } from '../../src/stats/index.js';
import { fold, key } from '../../src/tensor/index.js';
import { record } from '../../src/trade/index.js';
import type { Experiment, Found, RunOptions } from '../experiment.js';
import { byClock } from './tape/clock.js';
import { directions, priceChanges } from './tape/closed.js';
import { addCurves, facts, foresight } from './tape/curves.js';
import type { Fitted } from './tape/fitted.js';
import { type Estimate, type Intervals, intervalsOf, meanByInterval, saved, summed } from './tape/judge.js';
import { learner, type Task, type Trial } from './tape/nets.js';
import { AHEAD, changes, loadTape, rises, type Tape } from './tape/tape.js';

const NETS: Readonly<Record<string, string>> = { mlp: 'MLP', lstm: 'LSTM', attention: 'LSTM with attention' };
const RATES = [3e-4, 1e-3, 3e-3, 1e-2, 3e-2];
const SEEDS = [1, 2, 3, 4, 5];
const TASKS: readonly Task[] = ['direction', 'changes'];
const SEEN = { from: '2013-09-01', to: '2013-09-03' };

/** What one model said of the test rows, summed by interval [J]. */
interface Column {
  readonly model: string;
  readonly task: Task;
  /** 0 of a closed form. */
  readonly seed: number;
  /** Of a chance −log of what came; of changes squared errors in ticks², one for each number of events. */
  readonly losses: readonly (readonly number[])[];
  readonly hits?: readonly number[];
  /** Ticks that waiting saves, at once and an event later. */
  readonly savings?: readonly (readonly number[])[];
}
interface Left {
  readonly columns: Column[];
  /** Rows of the tables of curves. */
  readonly curves: Record<string, Row[]>;
  readonly counts: number[];
  readonly dates: readonly string[];
  readonly facts: Record<string, Finding>;
}

const experiment: Experiment = {
  name: 'week04/ticks',
  about:
    'The next change of the mid that trades of the E-mini imply, forecast from trades alone: nets beside closed forms and trees, one session.',
  seed: 4,
  parts: ['closed', ...Object.keys(NETS)],
  sanity: { 'nll.logistic-crossed': { atLeast: 0.5, atMost: 0.7 }, 'foresight.oneTick': { atLeast: 0, atMost: 0 } },
  async run(options) {
    const tape = await loadTape(options.quick);
    const intervals = intervalsOf(tape);
    const left: Left = { columns: [], curves: {}, counts: [...intervals.counts], dates: intervals.dates, facts: {} };
    const pinned: Record<string, number> = {};
    const started = performance.now();
    const trials = options.part === 'closed' ? await closed(tape, intervals, left, options) : await deep(tape, intervals, left, options);
    for (const { model, task, seed, losses } of left.columns)
      pinned[`${model}.${task}.${seed}`] = losses.reduce((sum, one) => sum + mean(one), 0);
    // Tables hold records: what is left for the parts to be joined travels as text.
    return {
      numbers: {},
      tables: { left: [{ json: JSON.stringify(left) }] },
      trials,
      pinned,
      minutes: { [options.part]: (performance.now() - started) / 60_000 },
    };
  },
  collect,
};
export default experiment;

async function closed(tape: Tape, intervals: Intervals, left: Left, { quick }: RunOptions): Promise<number> {
  const [found, ahead] = [directions(tape, quick), priceChanges(tape, quick)];
  left.curves.validation = [];
  const keep = async (task: string, model: string, { validation, penalty = 0, tried }: Fitted) => {
    left.curves.validation.push({ task, model, validation, penalty, tried });
    if (!quick) await record('week04-ticks', { task, model, penalty, tried }, { selection: SEEN, scores: { validation } });
  };
  let trials = 0;
  for (const [model, one] of Object.entries(found)) {
    await keep('direction', model, one);
    left.columns.push(judgedDirection(tape, intervals, model, 0, one.forecasts));
    trials += one.tried;
    if (model !== 'even odds') addCurves(left.curves, tape, intervals, model, one.forecasts);
  }
  for (const model of Object.keys(ahead[0])) {
    for (const [h, one] of ahead.entries()) {
      await keep(`change over ${AHEAD[h]}`, model, one[model]);
      trials += one[model].tried;
    }
    left.columns.push(
      judgedChanges(
        tape,
        intervals,
        model,
        0,
        ahead.map((one) => one[model].forecasts),
      ),
    );
  }
  // The signal of the execution rule: of the models that are no nets that with the least loss on the rows to choose by.
  const model = Object.keys(found).reduce((a, b) => (found[b].validation < found[a].validation ? b : a));
  const clock = byClock(tape, intervals, { model, forecasts: found[model].forecasts });
  left.curves.delays = clock.delays;
  Object.assign(left.facts, facts(tape, intervals), clock.facts);
  left.curves.foresight = foresight(tape, intervals);
  return trials;
}

async function deep(tape: Tape, intervals: Intervals, left: Left, options: RunOptions): Promise<number> {
  const { part, quick, folder, onStep } = options;
  const model = NETS[part];
  const [rates, seeds] = quick
    ? [
        [1e-3, 3e-3],
        [1, 2],
      ]
    : [RATES, SEEDS];
  const total = TASKS.length * (rates.length + seeds.length - 1);
  let done = 0;
  for (const task of TASKS) {
    const tried = async (rate: number, seed: number, train: (k: ReturnType<typeof key>) => Promise<Trial>) => {
      const file = join(folder, `${task}-${rate}-${seed}.json`);
      const trial: Trial = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : await train(fold(key(experiment.seed), seed));
      if (!existsSync(file))
        writeFileSync(
          file,
          JSON.stringify({ ...trial, forecasts: trial.forecasts.map((one) => Array.from(one, (v) => Number(v.toPrecision(6)))) }),
        );
      if (!quick) await record('week04-ticks', { task, model, rate, seed }, { selection: SEEN, scores: { validation: trial.validation } });
      onStep(++done, total, `${task}, rate ${rate}`);
      return trial;
    };
    const found: { rate: number; train: (k: ReturnType<typeof key>) => Promise<Trial>; trial: Trial }[] = [];
    for (const rate of rates) {
      const train = learner(tape, model, task, rate, quick);
      found.push({ rate, train, trial: await tried(rate, seeds[0], train) });
    }
    const best = found.reduce((a, b) => (b.trial.validation < a.trial.validation ? b : a));
    left.curves.rates = [
      ...(left.curves.rates ?? []),
      ...found.map(({ rate, trial }) => ({ task, model, rate, validation: trial.validation, chosen: rate === best.rate })),
    ];
    for (const seed of seeds) {
      const { forecasts } = seed === seeds[0] ? best.trial : await tried(best.rate, seed, best.train);
      if (task === 'direction') {
        left.columns.push(judgedDirection(tape, intervals, model, seed, forecasts[0]));
        if (seed === seeds[0]) addCurves(left.curves, tape, intervals, model, forecasts[0]);
      } else left.columns.push(judgedChanges(tape, intervals, model, seed, forecasts));
    }
  }
  return total;
}

function judgedDirection(tape: Tape, intervals: Intervals, model: string, seed: number, p: ArrayLike<number>): Column {
  const y = rises(tape, tape.test);
  const by = (values: ArrayLike<number>) => [...summed(intervals, values)];
  return {
    model,
    task: 'direction',
    seed,
    losses: [by(y.map((up, i) => -Math.log(up ? p[i] : 1 - p[i])))],
    hits: by(y.map((up, i) => (p[i] === 0.5 ? 0.5 : Number(p[i] > 0.5 === up > 0)))),
    savings: [0, 1].map((delay) => by(saved(tape, p, delay))),
  };
}

function judgedChanges(tape: Tape, intervals: Intervals, model: string, seed: number, forecasts: readonly ArrayLike<number>[]): Column {
  const losses = AHEAD.map((ahead, h) => [
    ...summed(
      intervals,
      changes(tape, tape.test, ahead).map((v, i) => (v - forecasts[h][i]) ** 2),
    ),
  ]);
  return { model, task: 'changes', seed, losses };
}

const named = (model: string) => model.replaceAll(', ', '-').replaceAll(' ', '-');

function collect(parts: Readonly<Record<string, Found>>): Found {
  const lefts = Object.values(parts).map(({ tables }) => JSON.parse(String(tables!.left[0].json)) as Left);
  const [{ dates, facts }] = lefts;
  const counts = Float64Array.from(lefts[0].counts);
  const columns = lefts.flatMap((left) => left.columns);
  const trials = Object.values(parts).reduce((sum, { trials = 1 }) => sum + trials, 0);
  const numbers: Record<string, Finding> = { ...facts };
  const tables: Record<string, Row[]> = {};
  for (const name of ['decay', 'before', 'held', 'foresight', 'rates', 'validation', 'delays'])
    tables[name] = lefts.flatMap(({ curves }) => curves[name] ?? []);

  const perRow = counts.length / counts.reduce((a, b) => a + b, 0);
  const judge = (name: string, loss: string, task: Task, which: number, scale: (sum: number, j: number) => number) => {
    const own = columns.filter((column) => column.task === task);
    const of = (column: Column) => column.losses[which].map(scale);
    const nets = [...new Set(own.filter(({ seed }) => seed > 0).map(({ model }) => model))];
    const said = verdict(
      {
        dates,
        closedForms: Object.fromEntries(own.filter(({ seed }) => seed === 0).map((column) => [column.model, of(column)])),
        nets: Object.fromEntries(nets.map((model) => [model, own.filter((column) => column.model === model).map(of)])),
      },
      { key: key(17), loss, trials },
    );
    tables[name] = said.rows.map((row) => ({ ...row }));
    tables[`${name}Sentence`] = [{ sentence: said.sentence }];
    for (const [which, number] of Object.entries(said.numbers)) numbers[`${name}.${which}`] = number;
  };
  judge('direction', 'nats an event', 'direction', 0, (sum) => sum * perRow);
  judge('intervals', 'nats an interval', 'direction', 0, (sum, j) => sum / counts[j]);
  for (const [h, ahead] of AHEAD.entries()) judge(`changes${ahead}`, 'ticks²', 'changes', h, (sum) => sum * perRow);

  const own = columns.filter(({ task }) => task === 'direction');
  tables.scores = [...new Set(own.map(({ model }) => model))].map((model) => {
    const seeds = own.filter((column) => column.model === model);
    const over = (pick: (column: Column) => readonly number[]): Estimate => {
      const each = seeds.map((column) => meanByInterval(Float64Array.from(pick(column)), counts));
      const value = mean(each.map((one) => one.value));
      const spread =
        seeds.length > 1 ? each.reduce((sum, one) => sum + (one.value - value) ** 2, 0) / (seeds.length - 1) / seeds.length : 0;
      return { value, error: Math.sqrt(mean(each.map(({ error }) => error ** 2)) + spread) };
    };
    const found = {
      nll: over(({ losses }) => losses[0]),
      accuracy: over(({ hits }) => hits!),
      saved: over(({ savings }) => savings![0]),
      later: over(({ savings }) => savings![1]),
    };
    const says = {
      nll: '−log of the chance given to what came, mean over events',
      accuracy: 'share of events whose next change of the mid is foretold',
      saved: 'what waiting saves one who must trade, in ticks, mean over events',
      later: 'the same, for a decision that takes effect an event later',
    };
    for (const [name, { value, error }] of Object.entries(found))
      if (error > 0)
        numbers[`${name}.${named(model)}`] = {
          value,
          uncertainty: error,
          unit: name === 'nll' ? 'nats' : name === 'accuracy' ? '1' : 'ticks',
          description: `${model}: ${says[name as keyof typeof says]}; error over intervals${seeds.length > 1 ? ' and seeds' : ''}`,
          tolerance: 3 * error,
        };
    return Object.fromEntries([
      ['model', model],
      ['seeds', seeds[0].seed === 0 ? 0 : seeds.length],
      ...Object.entries(found).flatMap(([name, { value, error }]) => [
        [name, value],
        [`${name}Error`, error],
      ]),
    ]) as Row;
  });
  // Does a signal still save when it takes effect an event later? One test a model.
  const later = tables.scores.filter((row) => Number(row.laterError) > 0);
  const p = holm(later.map((row) => twoSidedPValue(Number(row.later) / Number(row.laterError), counts.length - 1)));
  tables.scores = tables.scores.map((row) => (later.includes(row) ? { ...row, laterP: p[later.indexOf(row)] } : row));
  const together = (pick: (found: Found) => Readonly<Record<string, number>> | undefined) =>
    Object.assign({}, ...Object.values(parts).map(pick)) as Record<string, number>;
  return { numbers, tables, trials, pinned: together(({ pinned }) => pinned), minutes: together(({ minutes }) => minutes) };
}
