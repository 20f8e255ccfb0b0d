import { type Matrix, standardDeviation } from '../../src/linalg/index.js';
import { bayesianLinearRegression, posteriorPredictive, proportionInterval } from '../../src/stats/index.js';
import { RESEARCH } from '../../src/trade/index.js';
import type { Experiment, Found, RunOptions } from '../experiment.js';
import { CLIPS, type LinearName, linearOpinion, PRIORS } from './hybrid/opinions.js';
import { F, monthsOf, type Task, taskOf, UNIVERSES, type UniverseName, windowsOf } from './hybrid/task.js';

/*
 * Which prior the evidence chose for the closed forms' views of week10/hybrid, fold by fold, in the years to 2016: the experiment keeps what they say, and
 * not this. The fits are made again and must say the same to the last digit. The folds of the sealed years are not among them.
 */

const END: Record<UniverseName, string> = { stocks: RESEARCH.to, etfs: '2016-06-30' };

/** What each of them looks at, row by row. */
const LOOKS: Record<LinearName, (task: Task, months: readonly number[]) => Matrix> = {
  momentum: (task, months) => rowsOf(features(task, months), F, (x) => [x[0]]),
  'linear regression': (task, months) =>
    rowsOf(features(task, months), F, (x) => [...x, ...[...x].flatMap((a, i) => [...x.subarray(i)].map((b) => (a * b) / 2))]),
  'regression on windows': (task, months) => {
    const windows = Float64Array.from(windowsOf(task, months));
    return rowsOf(windows, windows.length / months.length / task.assets.length, (x) => [...x]);
  },
};

const features = (task: Task, months: readonly number[]) => monthsOf(task.x, months, task.assets.length * F);

const rowsOf = (data: Float64Array, size: number, columns: (row: Float64Array) => readonly number[]): Matrix => {
  const rows = Array.from({ length: data.length / size }, (_, i) => columns(data.subarray(i * size, (i + 1) * size)));
  return { rows: rows.length, cols: rows[0].length, data: Float64Array.from(rows.flat()) };
};

const experiment: Experiment = {
  name: 'week10/priors',
  about: 'The prior that the evidence of the training months chose for each closed form’s view, year by year.',
  seed: 10,
  data: [UNIVERSES.stocks.source],
  parts: ['stocks', 'etfs'],
  sanity: { 'stocks.apart': { atMost: 0 }, 'etfs.apart': { atMost: 0 } },
  run,
};
export default experiment;

async function run({ part, quick }: RunOptions): Promise<Found> {
  const whole = await taskOf(part as UniverseName, { to: END[part as UniverseName] });
  const task = quick ? { ...whole, folds: whole.folds.slice(-1) } : whole;
  const picks: { model: string; year: number; prior: number; 'evidence beyond the next': number }[] = [];
  let apart = 0;
  for (const model of (quick ? ['momentum'] : Object.keys(LOOKS)) as LinearName[]) {
    const said = linearOpinion(task, model);
    for (const { year, train, test } of task.folds) {
      const y = monthsOf(task.y, train, task.assets.length);
      const x = LOOKS[model](task, train);
      const fits = PRIORS.map((prior) => ({ prior, fit: bayesianLinearRegression(x, y, { noise: standardDeviation(y), prior }) }));
      const [best, second] = fits.toSorted((a, b) => b.fit.logEvidence - a.fit.logEvidence);
      picks.push({ model, year, prior: best.prior, 'evidence beyond the next': best.fit.logEvidence - second.fit.logEvidence });
      const own = posteriorPredictive(best.fit, LOOKS[model](task, test)).mean;
      const kept = monthsOf(said.mean, test, task.assets.length);
      for (const [i, value] of own.entries())
        apart = Math.max(apart, Math.abs(Math.min(CLIPS.deviations, Math.max(-CLIPS.deviations, value)) - kept[i]));
    }
  }
  const ends = picks.filter(({ prior }) => prior === PRIORS[0] || prior === PRIORS.at(-1)).length;
  return {
    numbers: {
      [`${part}.ends`]: {
        ...{ value: ends / picks.length, uncertainty: proportionInterval(ends, picks.length), unit: '1', tolerance: 0.05 },
        description: `${part}: share of the picks of a prior that are at an end of its grid`,
      },
      [`${part}.apart`]: {
        ...{ value: apart, uncertainty: 'exact: a distance', unit: '1', tolerance: 0 },
        description: `${part}: largest distance of a view by these fits from that of week10/hybrid`,
      },
    },
    tables: {
      [part]: picks,
      [`${part}Counts`]: [...new Set(picks.map(({ model }) => model))].map((model) => ({
        model,
        ...Object.fromEntries(
          PRIORS.map((prior) => [`${prior}`, picks.filter((one) => one.model === model && one.prior === prior).length]),
        ),
      })),
    },
    pinned: { [part]: picks[0]['evidence beyond the next'] },
  };
}
