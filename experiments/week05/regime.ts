import * as tf from '@tensorflow/tfjs';
import { mean } from '../../src/linalg/index.js';
import { record } from '../../src/trade/index.js';
import type { Experiment, Found, RunOptions } from '../experiment.js';
import { SOURCE, type VolatilityTask } from '../volatility.js';
import { columnOf, gathered, judged, leave, meansOf, measuresOf } from './baselines/judge.js';
import { onTests } from './baselines/linear.js';
import { answersOf, FEW_STEPS, NETS, type NetName, recordRates } from './baselines/nets.js';
import { CLASSES, mixed, type Probabilities, type RegimeFold, regimeFolds, regimeRivals } from './baselines/regime-rivals.js';
import { purgedTask, WEEK, windowsOf } from './baselines/task.js';

/*
 * Whether the next week of a stock will be calm, usual or restless, between the terciles of its own training years, walking forward through 2005 to 2016.
 */
const experiment: Experiment = {
  name: 'week05/regime',
  about:
    "The tercile of the next week's volatility of twenty stocks by closed forms and by nets that look at windows, 2005 to 2016: log score.",
  seed: 5,
  data: [SOURCE],
  parts: ['closed', ...NETS],
  sanity: { 'log.equal-chances': { atLeast: 1.0985, atMost: 1.0987 }, 'log.lstm': { atMost: 1.2 } },
  async run(options) {
    const task = await purgedTask(options.quick);
    const regimes = await regimeFolds(task);
    const begun = process.cpuUsage();
    const { forecasts, trials, rates } = await (options.part === 'closed'
      ? closed(task, regimes)
      : nets(options.part as NetName, task, regimes, options));
    const { user, system } = process.cpuUsage(begun);
    if (!options.quick) await recordRates('week05-regime', options.part, task, rates);
    // A stock's thresholds differ by fold, and so does its label.
    const labels = {
      ...regimes[0].label,
      values: onTests(
        task,
        regimes.map(({ label }) => label.values),
      ),
    };
    const measured = forecasts.map(({ model, seed, p }) => {
      const of = measuresOf(task, {
        log: [labels, (cell) => -Math.log(mixed(p[labels.values[cell]][cell]))],
        hits: [labels, (cell) => Number(p.every((one) => one[cell] <= p[labels.values[cell]][cell]))],
      });
      return { model, seed, of };
    });
    const { dates } = measured[0].of.log;
    if (!options.quick)
      for (const { model, seed, of } of measured)
        await record(
          'week05-regime',
          { model, seed, rates },
          {
            selection: { from: dates[0], to: dates[dates.length - 1] },
            scores: { log: mean(of.log.values), hits: mean(of.hits.values) },
          },
        );
    return leave(
      {
        columns: measured.map(({ model, seed, of }) => columnOf(model, seed, of)),
        dates: { log: dates, hits: dates },
        folds: task.folds.map(({ name, test }) => ({ name, start: task.dates[test.start] })),
        rates: rates.map((one) => ({ model: options.part, ...one })),
        trials,
        ...(options.part === 'closed' && { tables: { shares: sharesOf(task, regimes) } }),
      },
      { [options.part]: (user + system) / 6e7 },
    );
  },
  collect,
};
export default experiment;

/** Probabilities of a model from a seed, 0 of a closed form. */
interface Forecasts {
  readonly forecasts: readonly { readonly model: string; readonly seed: number; readonly p: Probabilities }[];
  readonly trials: number;
  readonly rates: { readonly rate: number; readonly validation: number | null }[];
}

const byClass = (task: VolatilityTask, folds: readonly Probabilities[]): Probabilities =>
  Array.from({ length: CLASSES }, (_, k) =>
    onTests(
      task,
      folds.map((one) => one[k]),
    ),
  );

async function closed(task: VolatilityTask, regimes: readonly RegimeFold[]): Promise<Forecasts> {
  const byFold = task.folds.map((fold, f) => regimeRivals(task, fold, regimes[f]));
  const forecasts = Object.keys(byFold[0]).map((model) => ({
    model,
    seed: 0,
    p: byClass(
      task,
      byFold.map((forms) => forms[model]),
    ),
  }));
  return { forecasts, trials: forecasts.length, rates: [] };
}

async function nets(name: NetName, task: VolatilityTask, regimes: readonly RegimeFold[], options: RunOptions): Promise<Forecasts> {
  const asked = regimes.map(({ label, features }, f) => ({
    samples: windowsOf(task, task.folds[f], features, label),
    outputs: CLASSES,
    label: (cells: Int32Array) => {
      const data = new Float32Array(CLASSES * cells.length);
      for (const [i, cell] of cells.entries()) data[CLASSES * i + label.values[cell]] = 1;
      return { data, shape: [cells.length, CLASSES] };
    },
    // What is judged: of the mixed probabilities.
    loss: (output: tf.Tensor, y: tf.Tensor) => tf.mean(y.mul(mixedTensor(output.softmax())).sum(-1).log().neg()),
  }));
  const { bySeed, rates, trials } = await answersOf(name, asked, options, FEW_STEPS);
  const forecasts = bySeed.map((answers, s) => {
    const folds = answers.map(({ outputs }, f) => softmaxOn(task, asked[f].samples.test.cells, outputs));
    return { model: name, seed: s + 1, p: byClass(task, folds) };
  });
  return { forecasts, trials, rates };
}

const mixedTensor = (p: tf.Tensor): tf.Tensor => p.mul(mixed(1) - mixed(0)).add(mixed(0));

function softmaxOn({ target }: VolatilityTask, cells: Int32Array, logits: readonly number[]): Probabilities {
  const out = Array.from({ length: CLASSES }, () => new Float64Array(target.values.length).fill(Number.NaN));
  for (const [i, cell] of cells.entries()) {
    const own = logits.slice(CLASSES * i, CLASSES * (i + 1));
    const most = Math.max(...own);
    const weights = own.map((logit) => Math.exp(logit - most));
    const total = weights.reduce((sum, w) => sum + w, 0);
    for (let k = 0; k < CLASSES; k++) out[k][cell] = weights[k] / total;
  }
  return out;
}

/** How often each regime came in the test rows of a fold: a third each in training, by its making. */
function sharesOf(task: VolatilityTask, regimes: readonly RegimeFold[]) {
  return task.folds.map(({ name, test }, f) => {
    const N = task.assets.length;
    const labels = regimes[f].label.values.subarray(test.start * N, test.end * N).filter((label) => !Number.isNaN(label));
    const [calm, usual, restless] = [0, 1, 2].map((k) => labels.filter((label) => label === k).length / labels.length);
    return { fold: name, calm, usual, restless };
  });
}

function collect(parts: Readonly<Record<string, Found>>): Found {
  const { left, rest } = gathered(parts);
  const { numbers, tables } = judged(left, { measure: 'log', name: 'log score', horizon: WEEK, unit: 'nat' });
  return { ...rest, numbers, tables: { ...tables, ...left.tables, hits: meansOf(left, 'hits', WEEK), rates: left.rates! } };
}
