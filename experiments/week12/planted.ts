import type { Row } from '../../src/base/index.js';
import { fromColumns, type Matrix } from '../../src/linalg/index.js';
import { type RowRange, stack } from '../../src/market/index.js';
import { initMlp, mlp } from '../../src/models/index.js';
import { adam } from '../../src/optim/index.js';
import { type Finding, verdict } from '../../src/report/index.js';
import { gammaRegression, hacMean, lossesOf, predictGamma, scaler } from '../../src/stats/index.js';
import { fold as foldKey, key, uniform } from '../../src/tensor/index.js';
import type { Experiment, Found } from '../experiment.js';
import { plainNet, trainer } from '../train-net.js';
import {
  foldSamples,
  lossesOn,
  qlikeOf,
  SOURCE,
  type VolatilityFold,
  type VolatilityTask,
  varianceOf,
  volatilityTask,
} from '../volatility.js';

/*
 * What depth would have to find in tomorrow's variance to be found: the panel's own dates, inputs and noise, with an interaction planted that no
 * regression on these inputs can express. One net, set before the first run: that of week 2 at its base levels.
 */

const SEEDS = [1, 2, 3, 4, 5];
/** Deviations of what is planted in log variance, in percent. */
const SIZES = [0, 5, 10, 20, 30, 40];
/** The panel as it is: the same net where nobody planted anything. */
const REAL = 'real';
const HIDDEN = [32, 32];
const FLOOR = 1e-6;

const experiment: Experiment = {
  name: 'week12/planted',
  about:
    'An interaction planted in tomorrow’s variance of twenty stocks: how large it must be for a perceptron to beat a gamma regression, 2005 to 2016.',
  seed: 12,
  data: [SOURCE],
  parts: [...SIZES.map(String), REAL],
  sanity: { 'gain.40': { atLeast: 0 } },
  async run({ part, quick, onStep }): Promise<Found> {
    const begun = process.cpuUsage();
    const whole = await volatilityTask();
    const { task, truth } = part === REAL ? { task: whole, truth: undefined } : planted(whole, Number(part) / 100, this.seed);
    const folds = quick ? [shortened(task.folds[2])] : task.folds;
    const seeds = quick ? SEEDS.slice(0, 2) : SEEDS;
    const losses: { dates: readonly string[]; regression: number[]; truth: number[]; nets: number[][] }[] = [];
    for (const [f, fold] of folds.entries()) {
      const nets = await netsOf(task, fold, { seeds, quick, onSeed: (s) => onStep(f * seeds.length + s, folds.length * seeds.length) });
      const named = {
        regression: regressionOf(task, fold),
        ...(truth && { truth }),
        ...Object.fromEntries(nets.map((h, s) => [`${s}`, h])),
      };
      const found = lossesOn(task, fold.test, named);
      const of = (model: string) => [...lossesOf(found, model)];
      losses.push({
        dates: found.dates,
        regression: of('regression'),
        truth: truth ? of('truth') : [],
        nets: nets.map((_, s) => of(`${s}`)),
      });
    }
    const all = (pick: (one: (typeof losses)[number]) => readonly number[]) => losses.flatMap(pick);
    const regression = all((one) => one.regression);
    const judged = verdict(
      {
        dates: losses.flatMap(({ dates }) => dates),
        closedForms: { 'gamma regression': regression },
        nets: { perceptron: seeds.map((_, s) => all((one) => one.nets[s])) },
      },
      { key: key(this.seed), loss: 'QLIKE', trials: SIZES.length + 1 },
    );
    const truths = all((one) => one.truth);
    const possible = truth && hacMean(regression.map((loss, t) => loss - truths[t]));
    const { user, system } = process.cpuUsage(begun);
    return told(part, judged, { possible, minutes: (user + system) / 6e7 });
  },
  collect: (parts) => ({
    numbers: Object.assign({}, ...Object.values(parts).map(({ numbers }) => numbers)),
    tables: { sizes: [...SIZES.map(String), REAL].flatMap((part) => parts[part]?.tables?.sizes ?? []) },
    trials: SIZES.length + 1,
    pinned: Object.assign({}, ...Object.values(parts).map(({ pinned }) => pinned)),
    minutes: Object.assign({}, ...Object.values(parts).map(({ minutes }) => minutes)),
  }),
};
export default experiment;

/**
 * The task with another target: y* = h₀ exp(κ s) u / cosh κ, where h₀ is a gamma regression's variance of all rows, s = ±1 says whether the day stands to
 * its week as the week stands to its year, and u is the real y / h₀ of another date, one for all stocks, so that they go on moving together.
 */
function planted(task: VolatilityTask, size: number, seed: number): { task: VolatilityTask; truth: Float64Array } {
  const { features, target, dates, assets } = task;
  const N = assets.length;
  const { x, y, cells } = stack(features, { label: target, rows: { start: 0, end: dates.length } });
  const base = predictGamma(gammaRegression(withOnes(x), floored(y)), withOnes(x));
  const ratio = new Float64Array(target.values.length).fill(Number.NaN);
  for (const [i, cell] of cells.entries()) ratio[cell] = y[i] / base[i];
  const whole = dates.map((_, t) => t).filter((t) => assets.every((_, n) => !Number.isNaN(ratio[t * N + n])));
  const draws = uniform(foldKey(key(seed), 0), [whole.length], 'float64').data;
  const shuffled = whole.map((t, i) => [draws[i], t]).sort(([a], [b]) => a - b);
  const from = new Map(whole.map((t, i) => [t, shuffled[i][1]]));
  const [rise, level] = [centred(difference(x, 0, 1)), centred(difference(x, 1, 4))];
  const [values, truth] = [0, 1].map(() => new Float64Array(target.values.length).fill(Number.NaN));
  for (const [i, cell] of cells.entries()) {
    const t = from.get(Math.floor(cell / N));
    if (t === undefined) continue;
    truth[cell] = (base[i] * Math.exp(size * Math.sign(rise[i] * level[i]))) / Math.cosh(size);
    values[cell] = truth[cell] * ratio[t * N + (cell % N)];
  }
  return { task: { ...task, target: { ...target, values } }, truth };
}

const floored = (y: ArrayLike<number>) => Array.from(y, (one) => Math.max(FLOOR, one));

/** log of one variance less log of another. */
const difference = ({ rows, cols, data }: Matrix, a: number, b: number): Float64Array =>
  Float64Array.from({ length: rows }, (_, i) => data[i * cols + a] - data[i * cols + b]);

/** A column less its median. */
const centred = (column: Float64Array): Float64Array => {
  const middle = column.toSorted()[Math.floor(column.length / 2)];
  return column.map((value) => value - middle);
};

const withOnes = ({ rows, cols, data }: Matrix): Matrix => {
  const columns = Array.from({ length: cols }, (_, j) => Float64Array.from({ length: rows }, (_, i) => data[i * cols + j]));
  return fromColumns([new Float64Array(rows).fill(1), ...columns]);
};

/** The last 600 rows of training, for a slice. */
const shortened = (fold: VolatilityFold): VolatilityFold => ({ ...fold, train: { start: fold.train.end - 600, end: fold.train.end } });

/** Variances h [T · N] of the gamma regression, fitted to the training rows. */
function regressionOf({ features, target }: VolatilityTask, { train, test }: VolatilityFold): Float64Array {
  const trained = stack(features, { label: target, rows: train });
  const rest = stack(features, { rows: test satisfies RowRange });
  const scale = scaler('standard').fit(trained.x);
  const found = predictGamma(gammaRegression(withOnes(scale.apply(trained.x)), floored(trained.y)), withOnes(scale.apply(rest.x)));
  const h = new Float64Array(target.values.length).fill(Number.NaN);
  for (const [i, cell] of rest.cells.entries()) h[cell] = found[i];
  return h;
}

/** Variances h [T · N] of a perceptron of each seed: 400 steps of Adam at 0.01, its last weights, as week 2's base. */
async function netsOf(
  task: VolatilityTask,
  fold: VolatilityFold,
  { seeds, quick, onSeed }: { seeds: readonly number[]; quick: boolean; onSeed: (done: number) => void },
): Promise<Float64Array[]> {
  const samples = foldSamples(task, fold);
  const { train, validation, test, clamp } = samples;
  const widths = [train.x.shape[1], ...(quick ? [8] : HIDDEN), 1];
  const steps = quick ? 10 : 400;
  const net = plainNet((k) => initMlp(k, widths), mlp);
  const optimizer = (params: ReturnType<typeof initMlp>) => adam(params, { learningRate: 0.01 });
  const learn = trainer(net as never, { train, validation }, { loss: qlikeOf(clamp), optimizer, size: 1024, steps, every: steps } as never);
  const found: Float64Array[] = [];
  for (const seed of seeds) {
    const { outputs } = await learn(key(seed));
    found.push(varianceOf(task, samples, test, await outputs(test.x)));
    onSeed(found.length);
  }
  return found;
}

/** The numbers of one size, its row, and what pins its slice. */
function told(
  part: string,
  { rows, pays }: ReturnType<typeof verdict>,
  { possible, minutes }: { possible: ReturnType<typeof hacMean> | undefined; minutes: number },
): Found {
  const { gain, error, p, detectable } = rows.find(({ seeds }) => seeds > 0) as {
    gain: number;
    error: number;
    p: number;
    detectable: number;
  };
  const of = (value: number, uncertainty: Finding['uncertainty'], description: string): Finding => ({
    ...{ value, uncertainty, unit: '1', tolerance: 0.002 },
    description: `${description}, ${part === REAL ? 'the panel as it is' : `planted deviation of ${part} % in log variance`}`,
  });
  const row: Row = {
    planted: part,
    gain,
    error,
    p,
    detectable,
    pays,
    ...(possible && { possible: possible.mean, possibleError: possible.standardError }),
  };
  return {
    numbers: {
      [`gain.${part}`]: of(gain, error, 'QLIKE that the perceptron gains on the gamma regression, error over dates and seeds'),
      [`p.${part}`]: of(p, 'none: a p-value', 'p of that gain'),
      [`detectable.${part}`]: of(detectable, 'none: of the same error', 'gain found in 80 % of samples'),
      ...(possible && {
        [`possible.${part}`]: of(
          possible.mean,
          possible.standardError,
          'QLIKE that the true variance gains on the gamma regression, HAC error over dates',
        ),
      }),
    },
    tables: { sizes: [row] },
    pinned: { [`gain.${part}`]: gain, ...(possible && { [`possible.${part}`]: possible.mean }) },
    minutes: { [part]: minutes },
  };
}
