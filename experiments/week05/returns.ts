import type * as tf from '@tensorflow/tfjs';
import type { Row } from '../../src/base/index.js';
import { mean, standardDeviation } from '../../src/linalg/index.js';
import { meanSquaredError } from '../../src/nn/index.js';
import { record, trialsOf } from '../../src/trade/index.js';
import type { Experiment, Found, RunOptions } from '../experiment.js';
import { SOURCE } from '../volatility.js';
import { type Column, columnOf, gathered, judged, type Left, leave } from './baselines/judge.js';
import { onTests, spread } from './baselines/linear.js';
import { answersOf, FEW_STEPS, NETS, type NetName, recordRates } from './baselines/nets.js';
import { deflated, portfolioOf, portfolioRow } from './baselines/portfolio.js';
import { type Both, pastMeans, type ReturnTask, returnRivals, returnTask } from './baselines/return-rivals.js';
import { returnMeasures, skillRows } from './baselines/skill.js';
import { type Dated, WEEK, windowsOf } from './baselines/task.js';

/*
 * The next day's and the next week's return of twenty stocks, walking forward through 2005 to 2016, and what a portfolio makes of the latter.
 */
const experiment: Experiment = {
  name: 'week05/returns',
  about: "The next day's and the next week's returns of twenty stocks by closed forms and by nets that look at windows, 2005 to 2016.",
  seed: 5,
  data: [SOURCE],
  parts: ['closed', ...NETS],
  sanity: { 'day.historical-mean': { atLeast: 1, atMost: 10 }, 'day.lstm': { atMost: 10 } },
  async run(options) {
    const returns = await returnTask(options.quick);
    const begun = process.cpuUsage();
    const { forecasts, trials, rates } =
      options.part === 'closed' ? closed(returns) : await nets(options.part as NetName, returns, options);
    const { user, system } = process.cpuUsage(begun);
    if (!options.quick) await recordRates('week05-returns', options.part, returns.task, rates);
    const measured = forecasts.map((one) => ({ ...one, of: measures(returns, one.both) }));
    const { dates } = measured[0].of.week;
    const portfolios: Row[] = [];
    for (const { model, seed, both, of } of [...measured, ...averageOverSeeds(forecasts)]) {
      const run = portfolioOf(returns, both.week);
      // What the seeds forecast together is what would be held.
      if (run && (seed === 0 || seed === 'mean')) portfolios.push(portfolioRow(model, run));
      if (options.quick) continue;
      const evaluation = { selection: { from: dates[0], to: dates[dates.length - 1] }, ...(run && { returns: run }) };
      const scores = of && { day: mean(of.day.values), week: mean(of.week.values) };
      await record('week05-returns', { model, seed, rates }, { ...evaluation, ...(scores && { scores }) });
    }
    return leave(
      {
        columns: measured.map(({ model, seed, of }) => columnOf(model, seed, of)),
        dates: Object.fromEntries(['day', 'week', 'dayMisses', 'weekMisses'].map((horizon) => [horizon, measured[0].of[horizon].dates])),
        folds: returns.task.folds.map(({ name, test }) => ({ name, start: returns.task.dates[test.start] })),
        rates: rates.map((one) => ({ model: options.part, ...one })),
        trials,
        tables: { [options.part]: portfolios },
      },
      { [options.part]: (user + system) / 6e7 },
    );
  },
  collect,
};
export default experiment;

/** Both forecasts [T · N] of a model from a seed, 0 of a closed form. */
interface Forecast {
  readonly model: string;
  readonly seed: number;
  readonly both: Both;
}
interface Forecasts {
  readonly forecasts: readonly Forecast[];
  readonly trials: number;
  readonly rates: { readonly rate: number; readonly validation: number | null }[];
}

function measures(returns: ReturnTask, both: Both): Record<string, Dated> {
  const past = pastMeans(returns.features[0]);
  return {
    ...returnMeasures(returns.task, 'day', returns.day, both.day, past),
    ...returnMeasures(
      returns.task,
      'week',
      returns.week,
      both.week,
      past.map((m) => WEEK * m),
    ),
  };
}

function closed(returns: ReturnTask): Forecasts {
  const byFold = returns.task.folds.map((fold) => returnRivals(returns, fold));
  const forecasts = Object.keys(byFold[0]).map((model) => ({
    model,
    seed: 0,
    both: joined(
      returns,
      byFold.map((forms) => forms[model]),
    ),
  }));
  return { forecasts, trials: forecasts.length, rates: [] };
}

const joined = ({ task }: ReturnTask, folds: readonly Both[]): Both => ({
  day: onTests(
    task,
    folds.map(({ day }) => day),
  ),
  week: onTests(
    task,
    folds.map(({ week }) => week),
  ),
});

/** A net has an output for each horizon, in deviations of the training rows' returns, and is held within one. */
async function nets(name: NetName, returns: ReturnTask, options: RunOptions): Promise<Forecasts> {
  const { task, features, day, week } = returns;
  const labels = [day, week];
  const folds = task.folds.map((fold) => {
    const samples = windowsOf(task, fold, features, week);
    const units = labels.map(({ values }) => standardDeviation(Float64Array.from(samples.train.cells, (cell) => values[cell])));
    return { samples, units };
  });
  const asked = folds.map(({ samples, units }) => ({
    samples,
    outputs: 2,
    label: (cells: Int32Array) => ({
      data: Float32Array.from({ length: 2 * cells.length }, (_, i) => labels[i % 2].values[cells[i >> 1]] / units[i % 2]),
      shape: [cells.length, 2],
    }),
    loss: (output: tf.Tensor, y: tf.Tensor) => meanSquaredError(output.clipByValue(-1, 1), y),
  }));
  const { bySeed, rates, trials } = await answersOf(name, asked, options, FEW_STEPS);
  const forecasts = bySeed.map((answers, s) => {
    const of = (k: number) =>
      answers.map(({ outputs }, f) => {
        const { samples, units } = folds[f];
        const { cells } = samples.test;
        const kept = (i: number) => units[k] * Math.max(-1, Math.min(1, outputs[2 * i + k]));
        return spread(
          day.values.length,
          cells,
          Float64Array.from(cells, (_, i) => kept(i)),
        );
      });
    return { model: name, seed: s + 1, both: { day: onTests(task, of(0)), week: onTests(task, of(1)) } };
  });
  return { forecasts, trials, rates };
}

/** The mean of what the seeds of a net forecast; none of closed forms. */
function averageOverSeeds(forecasts: readonly Forecast[]) {
  const seeds = forecasts.filter(({ seed }) => seed > 0);
  if (seeds.length === 0) return [];
  const of = (horizon: 'day' | 'week') => seeds[0].both[horizon].map((_, at) => mean(seeds.map(({ both }) => both[horizon][at])));
  return [{ model: seeds[0].model, seed: 'mean' as const, both: { day: of('day'), week: of('week') }, of: undefined }];
}

/** Without the closed forms that say on every date what one before them says: two means of the past have the same signs. */
function apart(left: Left, measure: string): Left {
  const same = (one: Column, other: Column) => one.measures[measure].every((value, t) => value === other.measures[measure][t]);
  return { ...left, columns: left.columns.filter((one, i, all) => one.seed > 0 || all.findIndex((other) => same(one, other)) === i) };
}

function collect(parts: Readonly<Record<string, Found>>): Found {
  const { left, rest } = gathered(parts);
  const day = judged(left, { measure: 'day', name: "squared error of the next day's return", unit: '%²' });
  const week = judged(left, { measure: 'week', name: "squared error of the next week's return", unit: '%²', horizon: WEEK, decimals: 3 });
  const [dayMisses, weekMisses] = [
    judged(apart(left, 'dayMisses'), { measure: 'dayMisses', name: "wrong signs of the next day's return" }),
    judged(apart(left, 'weekMisses'), { measure: 'weekMisses', name: "wrong signs of the next week's return", horizon: WEEK }),
  ];
  const portfolios = deflated(Object.values(left.tables!).flat(), trialsOf('week05-returns').length > 0);
  return {
    ...rest,
    numbers: { ...day.numbers, ...week.numbers, ...dayMisses.numbers, ...weekMisses.numbers },
    tables: {
      ...day.tables,
      ...week.tables,
      ...dayMisses.tables,
      ...weekMisses.tables,
      skill: skillRows(left),
      portfolio: portfolios,
      rates: left.rates!,
    },
  };
}
