import { mean } from '../../src/linalg/index.js';
import { record } from '../../src/trade/index.js';
import type { Experiment, Found, RunOptions } from '../experiment.js';
import { SOURCE } from '../volatility.js';
import { type Market, market } from './markets/closes.js';
import type { Series } from './markets/judge.js';
import { exactly } from './markets/linear-part.js';
import type { ModelName, TrainingName } from './markets/models.js';
import { reported } from './markets/report.js';
import { attackerOf, closedForms, EPSILON, EPSILONS, measured, nets } from './markets/study.js';

/*
 * Forecasts of the next day's variance when the closes behind them are off by what a spread and rounding allow, 2005 to 2016.
 */

/** Which trainings of a model are looked at; the linear form starts at the gamma regression, and is trained on as it is to be told apart from it. */
const TRAINED: Readonly<Record<ModelName, readonly TrainingName[]>> = {
  linear: ['as it is', 'worst'],
  MLP: ['as it is', 'bounced', 'worst'],
  TCN: ['as it is', 'worst'],
};

const experiment: Experiment = {
  name: 'week08/markets',
  about:
    'Variance forecasts of twenty stocks when each close is off by at most five basis points, by chance and at worst, and what training for it does.',
  seed: 8,
  data: [SOURCE],
  parts: ['closed', 'linear', 'TCN', 'MLP'],
  sanity: { 'gamma-regression.fitted.loss': { atLeast: -7.6, atMost: -7.2 }, 'mlp.as-it-is.loss': { atMost: -7.2 } },
  async run(options) {
    const begun = process.cpuUsage();
    const place = await market(options.quick);
    const { series, pinned, rest = {} } = await (options.part === 'closed' ? closed(place, options) : trained(place, options));
    const { user, system } = process.cpuUsage(begun);
    if (!options.quick) for (const one of series) await recordOf(place, one);
    const trials = new Set(series.map(({ model, training, seed }) => JSON.stringify([model, training, seed]))).size;
    return {
      numbers: {},
      tables: { left: [{ json: JSON.stringify({ series, rest }) }] },
      trials,
      pinned,
      minutes: { [options.part]: (user + system) / 6e7 },
    };
  },
  collect(parts) {
    const found = Object.values(parts);
    const left = found.map(({ tables }) => JSON.parse(String(tables!.left[0].json)) as Left);
    const { numbers, tables } = reported(left.flatMap(({ series }) => series));
    const rest = Object.assign({}, ...left.map((one) => one.rest));
    return {
      numbers,
      tables: { ...tables, ...rest },
      trials: found.reduce((sum, { trials = 0 }) => sum + trials, 0),
      pinned: Object.assign({}, ...found.map(({ pinned }) => pinned)),
      minutes: Object.assign({}, ...found.map(({ minutes }) => minutes)),
    } as Found;
  },
};
export default experiment;

/** What a part leaves for `collect`. */
interface Left {
  readonly series: readonly Series[];
  /** Tables of the part's own. */
  readonly rest: Readonly<Record<string, unknown>>;
}
type Part = { series: Series[]; pinned: Record<string, number>; rest?: Record<string, unknown> };

async function closed(all: Market, { quick, onStep }: RunOptions): Promise<Part> {
  const attack = attackerOf('linear', quick);
  const series: Series[] = [];
  const rest: Record<string, Record<string, unknown>[]> = {};
  for (const [f, fold] of all.folds.entries()) {
    const place = { market: all, fold };
    for (const [model, params] of Object.entries(closedForms(place))) {
      const measures = await measured(attack, place, params, { epsilons: quick ? [EPSILON] : EPSILONS, quick });
      series.push({ model, training: 'fitted', seed: 0, fold: fold.name, measures });
    }
    for (const [name, rows] of Object.entries(await exactly(place, attack, closedForms(place).EWMA, quick)))
      rest[name] = [...(rest[name] ?? []), ...rows];
    onStep(f + 1, all.folds.length, fold.name);
  }
  return { series, rest, pinned: pins(series) };
}

async function trained(all: Market, options: RunOptions): Promise<Part> {
  const model = options.part as ModelName;
  const { series, validations } = await nets(model, TRAINED[model], all, options);
  return { series, pinned: { ...pins(series), ...validations } };
}

const pins = (series: readonly Series[]): Record<string, number> =>
  Object.fromEntries(
    series.map(({ model, training, seed, fold, measures }) => [`${model}.${training}.${seed}.${fold}`, mean(measures[`worst ${EPSILON}`])]),
  );

/** One trial for each fold of a series: what it came to as it is and at worst. */
async function recordOf({ folds, task }: Market, { model, training, seed, fold, measures }: Series): Promise<void> {
  const { test } = folds.find(({ name }) => name === fold)!;
  await record(
    'week08-markets',
    { model, training, seed, fold },
    {
      selection: { from: task.dates[test.start], to: task.dates[test.end - 1] },
      scores: { qlike: mean(measures.clean), worst: mean(measures[`worst ${EPSILON}`]) },
    },
  );
}
