import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs';
import { replaceFile } from '../src/base/internal.js';
import {
  type BatchNormParams,
  batchNorm,
  batchNormEval,
  fanInUniform,
  initBatchNorm,
  kaimingNormal,
  type LinearParams,
  layerNorm,
  linear,
  type RunningAverages,
  xavierNormal,
} from '../src/nn/index.js';
import { type AnyOptimizer, adam, adamW, amsgrad, rmsProp, sgd } from '../src/optim/index.js';
import { fold, type HostArray, type Key, key, normal, randint, split, uniform } from '../src/tensor/index.js';
import { type Net, type Rows, type Trained, trainer } from './train-net.js';

/*
 * What of a multilayer perceptron matters: one factor at a time, each level at its own best rate, and a random search over all of them.
 */

/** A perceptron and how it is trained. */
export interface Config {
  readonly optimiser: keyof typeof OPTIMISERS;
  readonly rate: number;
  readonly normalisation: 'none' | 'batch' | 'layer';
  readonly weights: keyof typeof WEIGHTS;
  /** Hidden layers. */
  readonly depth: number;
  readonly width: number;
}

/** What each optimiser makes of a rate, and the rate to look around at first. */
const OPTIMISERS = {
  SGD: { start: 0.1, make: (rate: number) => (params: Params) => sgd(params, { learningRate: rate }) },
  momentum: { start: 0.03, make: (rate: number) => (params: Params) => sgd(params, { learningRate: rate, momentum: 0.9 }) },
  Nesterov: { start: 0.03, make: (rate: number) => (params: Params) => sgd(params, { learningRate: rate, momentum: 0.9, nesterov: true }) },
  RMSProp: { start: 0.001, make: (rate: number) => (params: Params) => rmsProp(params, { learningRate: rate }) },
  Adam: { start: 0.001, make: (rate: number) => (params: Params) => adam(params, { learningRate: rate }) },
  AMSGrad: { start: 0.001, make: (rate: number) => (params: Params) => amsgrad(params, { learningRate: rate }) },
  AdamW: { start: 0.001, make: (rate: number) => (params: Params) => adamW(params, { learningRate: rate }) },
} satisfies Record<string, { start: number; make: (rate: number) => (params: Params) => AnyOptimizer<Params> }>;

/** How weights start. */
const WEIGHTS = {
  He: (k: Key, shape: number[]) => kaimingNormal(k, shape),
  Xavier: (k: Key, shape: number[]) => xavierNormal(k, shape),
  PyTorch: (k: Key, shape: number[]) => fanInUniform(k, shape),
  'N(0, 0.01²)': (k: Key, shape: number[]) => scaledNormal(k, shape, 0.01),
};

const scaledNormal = (k: Key, shape: number[], deviation: number): HostArray<Float32Array> => ({
  data: normal(k, shape).data.map((z) => deviation * z),
  shape,
});

/** Adam, no normalisation, He's weights, two hidden layers: what one factor at a time is changed of. */
export const BASE: Omit<Config, 'rate' | 'width'> = { optimiser: 'Adam', normalisation: 'none', weights: 'He', depth: 2 };

/** The levels of each factor, that of `BASE` first. */
export const LEVELS = {
  optimiser: ['Adam', 'SGD', 'momentum', 'Nesterov', 'RMSProp', 'AMSGrad', 'AdamW'],
  normalisation: ['none', 'batch', 'layer'],
  weights: ['He', 'Xavier', 'PyTorch', 'N(0, 0.01²)'],
  depth: [2, 1, 3, 5],
} as const;
export type Factor = keyof typeof LEVELS;

interface Weights<T> {
  readonly layers: readonly LinearParams<T>[];
  readonly norms: readonly BatchNormParams<T>[];
}
type Params = Weights<HostArray<Float32Array>>;
type Averages = readonly RunningAverages<HostArray<Float32Array>>[];

/** The perceptron of a configuration; a norm stands before each ReLU. */
export function netOf(
  { normalisation, weights, depth, width }: Config,
  { inputs, outputs }: { inputs: number; outputs: number },
): Net<Params, Averages> {
  const widths = [inputs, ...Array.from({ length: depth }, () => width), outputs];
  const through = (
    { layers, norms }: Weights<tf.Tensor>,
    x: tf.Tensor,
    norm: (params: BatchNormParams, h: tf.Tensor, l: number) => tf.Tensor,
  ) =>
    layers.reduce((h, layer, l) => {
      const z = linear(layer, h);
      if (l === layers.length - 1) return z;
      return (normalisation === 'none' ? z : norm(norms[l], z, l)).relu();
    }, x);
  return {
    init(k) {
      const keys = split(k, depth + 1);
      const layers = keys.map((one, l) => ({
        w: WEIGHTS[weights](one, [widths[l], widths[l + 1]]),
        b: { data: new Float32Array(widths[l + 1]), shape: [widths[l + 1]] },
      }));
      const norms = normalisation === 'none' ? [] : widths.slice(1, -1).map((width) => initBatchNorm({ width }));
      return {
        params: { layers, norms: norms.map(({ params }) => params) },
        averages: normalisation === 'batch' ? norms.map(({ averages }) => averages) : [],
      };
    },
    train(params, averages, x) {
      const next = [...averages];
      const y = through(params, x, (norm, h, l) => {
        if (normalisation === 'layer') return layerNorm(norm, h);
        const normed = batchNorm(norm, h, { averages: averages[l] });
        next[l] = normed.averages;
        return normed.y;
      });
      return { y, averages: next };
    },
    predict: (params, averages, x) =>
      through(params, x, (norm, h, l) =>
        normalisation === 'layer' ? layerNorm(norm, h) : batchNormEval(norm, h, { averages: averages[l] }),
      ),
  };
}

/** Data, and how long a perceptron is trained on them. */
export interface AblationTask {
  readonly inputs: number;
  readonly outputs: number;
  readonly width: number;
  readonly train: Rows;
  readonly validation: Rows;
  readonly loss: (output: tf.Tensor, y: tf.Tensor) => tf.Tensor;
  readonly size: number;
  readonly steps: number;
  readonly every: number;
  /** What a trained net is ranked by, and what only reports see; less is better. */
  score(net: Trained): Promise<Pick<Trial, 'validation' | 'test'>>;
}

/** One training, of what it was part, and its losses; null where it diverged. */
export interface Trial {
  readonly factor: Factor | 'search' | 'chosen' | 'straw man';
  readonly level: string;
  readonly config: Config;
  readonly seed: number;
  readonly validation: number | null;
  readonly test: number | null;
  /** Of the last training step. */
  readonly loss: number | null;
}

/** Trains configurations, each once whatever asks for it, and remembers in a folder what a killed run had. */
export function laboratory(task: AblationTask, folder: string, onTrial: (trial: Trial, done: number) => void) {
  const file = join(folder, 'trials.json');
  const trials: Trial[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
  let built: { id: string; train: (k: Key) => Promise<Trained> } | undefined;
  const net = (config: Config, seed: number) => {
    const id = JSON.stringify(config);
    if (built?.id !== id)
      built = { id, train: trainer(netOf(config, task), task, { ...task, optimizer: OPTIMISERS[config.optimiser].make(config.rate) }) };
    return built.train(key(seed));
  };
  const scored = async (trained: Trained) => ({ ...(await task.score(trained)), loss: trained.training });
  const trial = async (what: Pick<Trial, 'factor' | 'level'>, config: Config, seed: number): Promise<Trial> => {
    const same = ({ config: other, seed: s }: Trial) => s === seed && JSON.stringify(other) === JSON.stringify(config);
    const known = trials.find((one) => same(one) && one.factor === what.factor && one.level === what.level);
    if (known) return known;
    const equal = trials.find(same);
    const { validation, test, loss } = equal ?? (await scored(await net(config, seed)));
    const made: Trial = { ...what, config, seed, validation: finite(validation), test: finite(test), loss: finite(loss) };
    trials.push(made);
    replaceFile(file, JSON.stringify(trials));
    onTrial(made, trials.length);
    return made;
  };
  return { trials, trial, net };
}

const finite = (value: number | null): number | null => (value !== null && Number.isFinite(value) ? value : null);
export type Laboratory = ReturnType<typeof laboratory>;

/** Half a power of ten between rates. */
const STEP = Math.sqrt(10);
/** Rates looked at, at most: an optimum is inside the grid, which grows at the end where it is. */
const RATES = 8;

/**
 * A level at its own best rate: the mean validation loss of two seeds over a grid that grows until its best is inside; then all seeds there.
 *
 * @param everywhere  all seeds at every rate, for a curve; the rate is chosen by the same two seeds all the same, so that no level has it easier
 */
export async function tuned(
  { trial }: Laboratory,
  what: Pick<Trial, 'factor' | 'level'>,
  config: Omit<Config, 'rate'>,
  { seeds, everywhere = false, quick = false }: { seeds: readonly number[]; everywhere?: boolean; quick?: boolean },
): Promise<{ rate: number; inside: boolean; trials: Trial[] }> {
  const { start } = OPTIMISERS[config.optimiser];
  const found = new Map<number, number>();
  const look = async (power: number) => {
    const rate = rateAt(start, power);
    const of = await sequence(everywhere ? seeds : seeds.slice(0, 2), (seed) => trial(what, { ...config, rate }, seed));
    const [a, b] = of.map(({ validation }) => validation ?? Infinity);
    found.set(power, (a + b) / 2);
  };
  await sequence(quick ? [0] : [-1, 0, 1], look);
  const best = () => [...found].reduce((a, b) => (b[1] < a[1] ? b : a))[0];
  const ends = () => [Math.min(...found.keys()), Math.max(...found.keys())];
  while (!quick && found.size < RATES && ends().includes(best())) await look(best() === ends()[0] ? best() - 1 : best() + 1);
  const rate = rateAt(start, best());
  return { rate, inside: !ends().includes(best()), trials: await sequence(seeds, (seed) => trial(what, { ...config, rate }, seed)) };
}

const rateAt = (start: number, power: number) => Number((start * STEP ** power).toPrecision(3));

/** One after the other. */
export async function sequence<X, Y>(items: readonly X[], f: (item: X) => Promise<Y>): Promise<Y[]> {
  const out: Y[] = [];
  for (const item of items) out.push(await f(item));
  return out;
}

/** All levels of a factor, the others as in `BASE`. */
export const levelsOf = (factor: Factor, width: number): { level: string; config: Omit<Config, 'rate'> }[] =>
  LEVELS[factor].map((level) => ({ level: String(level), config: { ...BASE, width, [factor]: level } }));

/** Configuration i of a random search: every factor drawn alike, rates over two powers of ten around the first, widths halved or doubled. */
export function drawn(k: Key, i: number, width: number): Config {
  const [forChoices, forRate] = split(fold(k, i));
  const choices = randint(forChoices, [5], 0, 5040).data;
  const one = <T>(list: readonly T[], c: number): T => list[choices[c] % list.length];
  const optimiser = one(LEVELS.optimiser, 0);
  const power = 2 * uniform(forRate, [1]).data[0] - 1;
  return {
    optimiser,
    rate: Number((OPTIMISERS[optimiser].start * 10 ** power).toPrecision(3)),
    normalisation: one(LEVELS.normalisation, 1),
    weights: one(LEVELS.weights, 2),
    depth: one([1, 2, 3, 4], 3),
    width: width * one([0.5, 1, 2], 4),
  };
}

/** A random search of n configurations, one seed each; then the best on validation from all seeds. */
export async function search(
  laboratory: Laboratory,
  { key: k, n, width, seeds }: { key: Key; n: number; width: number; seeds: readonly number[] },
): Promise<{ trials: Trial[]; chosen: Trial[] }> {
  const all = Array.from({ length: n }, (_, i) => i);
  const trials = await sequence(all, (i) => laboratory.trial({ factor: 'search', level: `${i}` }, drawn(k, i, width), 1000 + i));
  const best = trials.reduce((a, b) => ((b.validation ?? Infinity) < (a.validation ?? Infinity) ? b : a));
  const chosen = await sequence(seeds, (seed) => laboratory.trial({ factor: 'chosen', level: 'chosen' }, best.config, seed));
  return { trials, chosen };
}
