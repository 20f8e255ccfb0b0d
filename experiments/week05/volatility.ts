import { mean } from '../../src/linalg/index.js';
import { record } from '../../src/trade/index.js';
import type { Experiment, Found, RunOptions } from '../experiment.js';
import { closedForms, type FoldSamples, qlikeOf, SOURCE, type VolatilityFold, type VolatilityTask, varianceOf } from '../volatility.js';
import { columnOf, gathered, judged, leave, measuresOf } from './baselines/judge.js';
import { nLinearOf, onTests } from './baselines/linear.js';
import { answersOf, NETS, type NetName, recordRates } from './baselines/nets.js';
import { purgedTask, windowsOf } from './baselines/task.js';

/*
 * Tomorrow's variance of twenty stocks, walking forward through 2005 to 2016: what stands between yesterday's square and a transformer.
 */
const experiment: Experiment = {
  name: 'week05/volatility',
  about: "Tomorrow's variance of twenty stocks by closed forms and by nets that look at windows, 2005 to 2016: QLIKE and squared error.",
  seed: 5,
  data: [SOURCE],
  parts: ['closed', ...NETS],
  sanity: { 'qlike.gamma-regression': { atLeast: -7.6, atMost: -7.2 }, 'qlike.lstm': { atMost: -7.2 } },
  async run(options) {
    const task = await purgedTask(options.quick);
    const samples = task.folds.map((fold) => windowsOf(task, fold, task.features, task.target));
    const begun = process.cpuUsage();
    const { forecasts, trials, rates } = await (options.part === 'closed'
      ? closed(task, samples)
      : nets(options.part as NetName, task, samples, options));
    const { user, system } = process.cpuUsage(begun);
    if (!options.quick) await recordRates('week05-volatility', options.part, task, rates);
    const measured = forecasts.map(({ model, seed, h }) => {
      const y = task.target.values;
      const of = measuresOf(task, {
        qlike: [task.target, (cell) => Math.log(h[cell]) + y[cell] / h[cell]],
        mse: [task.target, (cell) => 1e8 * (y[cell] - h[cell]) ** 2],
      });
      return { model, seed, of };
    });
    const { dates } = measured[0].of.qlike;
    if (!options.quick)
      for (const { model, seed, of } of measured)
        await record(
          'week05-volatility',
          { model, seed, rates },
          {
            selection: { from: dates[0], to: dates[dates.length - 1] },
            scores: { qlike: mean(of.qlike.values), mse: mean(of.mse.values) },
          },
        );
    return leave(
      {
        columns: measured.map(({ model, seed, of }) => columnOf(model, seed, of)),
        dates: { qlike: dates, mse: measured[0].of.mse.dates },
        folds: task.folds.map(({ name, test }) => ({ name, start: task.dates[test.start] })),
        rates: rates.map((one) => ({ model: options.part, ...one })),
        trials,
      },
      { [options.part]: (user + system) / 6e7 },
    );
  },
  collect,
};
export default experiment;

/** Variances h [T · N] of a model from a seed, 0 of a closed form. */
interface Forecasts {
  readonly forecasts: { readonly model: string; readonly seed: number; readonly h: Float64Array }[];
  readonly trials: number;
  readonly rates: { readonly rate: number; readonly validation: number | null }[];
}

async function closed(task: VolatilityTask, samples: readonly FoldSamples[]): Promise<Forecasts> {
  const byFold = task.folds.map((fold, f) => rivalsOf(task, fold, samples[f]));
  const forecasts = Object.keys(byFold[0]).map((model) => ({
    ...{ model, seed: 0 },
    h: onTests(
      task,
      byFold.map((forms) => forms[model]),
    ),
  }));
  return { forecasts, trials: forecasts.length, rates: [] };
}

/** The closed forms of a fold, held within what a net is held within. */
function rivalsOf(task: VolatilityTask, fold: VolatilityFold, { unit, clamp }: FoldSamples): Record<string, Float64Array> {
  const [low, high] = clamp.map((f) => unit * Math.exp(f));
  const held = (h: Float64Array) => h.map((value) => Math.min(high, Math.max(low, value)));
  const [squares] = task.features; // log r², of the day itself
  const [logs] = nLinearOf(task, fold, squares, [{ ...squares, values: nextOf(squares.values, task.assets.length) }]);
  const forms: Record<string, Float64Array> = {
    'last value': squares.values.map(Math.exp),
    'mean of the past': squares.values.map(() => unit),
    ...closedForms(task, fold),
    NLinear: scaled(task, fold, held(logs.map(Math.exp))),
  };
  return Object.fromEntries(Object.entries(forms).map(([model, h]) => [model, held(h)]));
}

/** The next row's values. */
const nextOf = (values: Float64Array, N: number): Float64Array => values.map((_, at) => values[at + N] ?? Number.NaN);

/** Exponentials of forecast logarithms times the factor with the least QLIKE on the training rows. They are held within bounds before: one
 * week of prices that did not move, and the jump after it, would be a factor of their own. */
function scaled({ target, assets }: VolatilityTask, { train }: VolatilityFold, h: Float64Array): Float64Array {
  const [from, to] = [train.start * assets.length, train.end * assets.length];
  const ratios = h.subarray(from, to).map((one, i) => target.values[from + i] / one);
  const factor = mean(ratios.filter((ratio) => !Number.isNaN(ratio)));
  return h.map((one) => factor * one);
}

async function nets(name: NetName, task: VolatilityTask, samples: readonly FoldSamples[], options: RunOptions): Promise<Forecasts> {
  const asked = samples.map((one) => ({
    samples: one,
    outputs: 1,
    label: (cells: Int32Array) => ({
      data: Float32Array.from(cells, (cell) => task.target.values[cell] / one.unit),
      shape: [cells.length, 1],
    }),
    loss: qlikeOf(one.clamp),
  }));
  const { bySeed, rates, trials } = await answersOf(name, asked, options);
  const forecasts = bySeed.map((folds, s) => ({
    ...{ model: name, seed: s + 1 },
    h: onTests(
      task,
      folds.map(({ outputs }, f) => varianceOf(task, samples[f], samples[f].test, outputs)),
    ),
  }));
  return { forecasts, trials, rates };
}

function collect(parts: Readonly<Record<string, Found>>): Found {
  const { left, rest } = gathered(parts);
  const qlike = judged(left, { measure: 'qlike', name: 'QLIKE' });
  const mse = judged(left, { measure: 'mse', name: 'squared error', unit: '%⁴', decimals: 2 });
  return {
    ...rest,
    numbers: { ...qlike.numbers, ...mse.numbers },
    tables: { ...qlike.tables, ...mse.tables, rates: left.rates! },
  };
}
