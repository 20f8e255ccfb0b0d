import type { Row } from '../../src/base/index.js';
import { mean, standardDeviation } from '../../src/linalg/index.js';
import type { Finding } from '../../src/report/index.js';
import { lossesOf, studentT } from '../../src/stats/index.js';
import { fold as foldKey, key } from '../../src/tensor/index.js';
import type { Experiment, Found } from '../experiment.js';
import { foldSamples, lossesOn, SOURCE, type VolatilityFold, type VolatilityTask, volatilityTask } from '../volatility.js';
import { planting } from './planted/plant.js';
import { NET, nets, PENALTIES, PLAIN, PRODUCTS, RIDGE, regressions, STOPPED } from './planted/rivals.js';

/*
 * What depth would have to find in tomorrow's variance to be found: the panel's own dates and inputs, shocks of other dates, and an interaction that no
 * regression on these inputs can express, beside regressions that are given products of them. Nets and penalties were set before the first run.
 */

const SEEDS = [1, 2, 3, 4, 5];
/** What is planted: a deviation of log variance, in percent, and how many times the panel's rows there are. */
const SOWN = ['0', '5', '10', '20', '30', '40', '20x4', '20x16'];
const CLOSED = [PLAIN, PRODUCTS, RIDGE];
const NETS = [NET, STOPPED];
const TABLES = ['losses', 'gains'];
const TRIALS = SOWN.length * (NETS.length + PENALTIES.length);

const experiment: Experiment = {
  name: 'week12/planted',
  about:
    'An interaction planted in tomorrow’s variance of twenty stocks: when a perceptron beats gamma regressions, with products too, 2013 to 2016.',
  seed: 12,
  data: [SOURCE],
  parts: SOWN,
  sanity: { 'plain.40': { atLeast: 0 } },
  async run({ part, quick, onStep }): Promise<Found> {
    const begun = process.cpuUsage();
    const whole = await volatilityTask();
    const folds = [quick ? shortened(whole.folds[2]) : whole.folds[2]]; // that with the most to train on
    const seeds = quick ? SEEDS.slice(0, 2) : SEEDS;
    const judge = { task: whole, folds, seeds, quick };
    const found = await sown(judge, { part, seed: this.seed }, onStep);
    const { user, system } = process.cpuUsage(begun);
    return { ...found, minutes: { [part]: (user + system) / 6e7 } };
  },
  collect: (parts) => ({
    numbers: Object.assign({}, ...Object.values(parts).map(({ numbers }) => numbers)),
    tables: Object.fromEntries(TABLES.map((name) => [name, Object.values(parts).flatMap(({ tables }) => tables?.[name] ?? [])])),
    trials: TRIALS,
    pinned: Object.assign({}, ...Object.values(parts).map(({ pinned }) => pinned)),
    minutes: Object.assign({}, ...Object.values(parts).map(({ minutes }) => minutes)),
  }),
};
export default experiment;

/** What is judged, on what, from which seeds. */
interface Judge {
  readonly task: VolatilityTask;
  readonly folds: readonly VolatilityFold[];
  readonly seeds: readonly number[];
  readonly quick: boolean;
}

type Step = (done: number, total: number) => void;

/** The last 600 rows of training, for a slice. */
const shortened = (fold: VolatilityFold): VolatilityFold => ({ ...fold, train: { start: fold.train.end - 600, end: fold.train.end } });

/**
 * Each seed has a planting, a net and fits of its own. Losses are taken of the truth, log h + h* / h, so that no luck of the tests' shocks is in them; what
 * is left is that of training, and a mean over seeds has Student's law.
 */
async function sown(
  { task: whole, folds, seeds, quick }: Judge,
  { part, seed }: { part: string; seed: number },
  onStep: Step,
): Promise<Found> {
  const [size, times] = part.split('x').map(Number);
  const plant = planting(whole);
  const rows = plant({ size: 0, times: 1, key: key(seed) }).task; // those that a planting leaves
  const fits = folds.map((fold) => regressions(rows, fold));
  const units = folds.map((fold) => foldSamples(rows, fold).unit);
  const excess: Record<string, number[]> = {};
  for (const [i, s] of seeds.entries()) {
    const { task, truth } = plant({ size: size / 100, times: times ?? 1, key: foldKey(key(seed), s) });
    const judged = { ...task, target: { ...task.target, values: truth } };
    const byDate: Record<string, number[]> = {};
    for (const [f, fold] of folds.entries()) {
      const forecasts = { ...fits[f](task), ...(await nets(task, fold, { seed: s, unit: units[f], quick })) };
      const losses = lossesOn(judged, fold.test, { truth, ...forecasts });
      const lowest = lossesOf(losses, 'truth');
      for (const model of [...CLOSED, ...NETS]) {
        const own = [...lossesOf(losses, model)].map((loss, t) => loss - lowest[t]);
        byDate[model] = [...(byDate[model] ?? []), ...own];
      }
      onStep(i * folds.length + f + 1, seeds.length * folds.length);
    }
    for (const [model, values] of Object.entries(byDate)) excess[model] = [...(excess[model] ?? []), mean(values)];
  }
  return told(part, excess);
}

/** The least mean loss of some models. */
const least = (models: readonly string[], excess: Readonly<Record<string, readonly number[]>>) =>
  models.reduce((a, b) => (mean(excess[b]) < mean(excess[a]) ? b : a));

function told(part: string, excess: Readonly<Record<string, readonly number[]>>): Found {
  const [size, times = '1'] = part.split('x');
  const what = `planted deviation of ${size} % in log variance, ${times === '1' ? 'the panel’s rows' : `${times} times the panel’s rows`}`;
  const numbers: Record<string, Finding> = {};
  const losses: Row[] = Object.entries(excess).map(([model, values]) => {
    const error = standardDeviation(values) / Math.sqrt(values.length);
    const description = `QLIKE of ${model === PRODUCTS || model === RIDGE ? `a gamma regression ${model}` : model} beyond that of the truth, error over seeds; ${what}`;
    numbers[`loss.${slug(model)}.${part}`] = { value: mean(values), uncertainty: error, unit: '1', tolerance: 0.001, description };
    return { planted: size, times: Number(times), model, loss: mean(values), error, seeds: values.length };
  });
  const net = least(NETS, excess);
  const gains: Row[] = [
    ['plain', PLAIN],
    ['gain', least(CLOSED, excess)],
  ].map(([name, rival]) => {
    const each = excess[rival].map((loss, s) => loss - excess[net][s]);
    const [gain, error] = [mean(each), standardDeviation(each) / Math.sqrt(each.length)];
    const law = studentT(each.length - 1);
    const half = law.quantile(0.975) * error;
    const description = `QLIKE that the better net (${net}) gains on ${name === 'gain' ? `the best regression (${rival})` : 'the gamma regression'}, over seeds; ${what}`;
    numbers[`${name}.${part}`] = { value: gain, uncertainty: [gain - half, gain + half], unit: '1', tolerance: 0.001, description };
    const p = 2 * law.survival(Math.abs(gain) / error);
    return { planted: size, times: Number(times), against: name, rival, net, gain, error, low: gain - half, high: gain + half, p };
  });
  return {
    numbers,
    tables: { losses, gains },
    pinned: Object.fromEntries(losses.map(({ model, loss }) => [`${slug(String(model))}.${part}`, Number(loss)])),
  };
}

const slug = (model: string) => model.replace(/\W+/g, '-');
