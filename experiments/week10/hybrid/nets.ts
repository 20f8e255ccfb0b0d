import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { replaceFile } from '../../../src/base/internal.js';
import {
  bayesNetNoise,
  drawWeights,
  type GcnParams,
  gcn,
  initBayesNet,
  initGcn,
  initTransformer,
  type MlpParams,
  mlp,
  negativeElbo,
  type TransformerParams,
  transformer,
} from '../../../src/models/index.js';
import { gaussianNllFromLog, meanSquaredError, normaliseAdjacency } from '../../../src/nn/index.js';
import { adam, oneCycle, trainingStep } from '../../../src/optim/index.js';
import { compile, fold as foldKey, type HostArray, type Key, key, normal, split } from '../../../src/tensor/index.js';
import { fit, minibatches, run } from '../../../src/train/index.js';
import { edgesOf, F, type Fold, G, monthsOf, STEPS, type Task, windowsOf } from './task.js';

/** Seeds of each net; the views are of all together. */
export const SEEDS = [1, 2, 3, 4, 5];
export const NETS = ['Bayesian net', 'transformer', 'GCN'] as const;
export type NetName = (typeof NETS)[number];

/** What a net from one seed says of the test months of a fold, [months, N]; a variance of what is said where the net has its own. */
export interface Said {
  readonly value: readonly number[];
  readonly variance?: readonly number[];
  /** Of the last step. */
  readonly loss: number;
}

const BATCH = 256; // rows
const DAYS = 12; // months of a graph's batch, and of a test year
const DRAWS = 20;
const WIDTHS = [F, 16, 2];
const PRIOR = 0.5;
const STEPS_OF: Record<NetName, number> = { 'Bayesian net': 400, transformer: 200, GCN: 150 };
const RATES: Record<NetName, number> = { 'Bayesian net': 0.005, transformer: 0.002, GCN: 0.01 };
const CONFIG = { inputs: F, outputs: 1, width: 16, heads: 2, layers: 1, hidden: 32 };
/** e^±2 of the quarter's variance is where the graph's forecasts are kept. */
const CLAMP = 2;

/** Layers of the graph's net; the deviation of a weight at first; the longest gradient; the log variance that a net may say of noise, on either side of 0. */
const [GCN_WIDTHS, SPREAD, CLIP_NORM, NOISE] = [[G, 16, 1], 0.05, 1, 4];

/** What was chosen of the nets before anything was looked at: in the log of trials, and the rest. */
export const SETTINGS = { SEEDS, BATCH, DAYS, DRAWS, WIDTHS, PRIOR, STEPS_OF, RATES, CONFIG, CLAMP };
export const MORE_SETTINGS = { GCN_WIDTHS, SPREAD, CLIP_NORM, NOISE };

/** A net of one universe: its graphs are compiled once, and each year and seed starts from weights of its own. */
interface Kind {
  readonly initial: (k: Key) => object;
  /** Batches of a fold, and what the forecasts are made of. */
  readonly batches: (fold: Fold, k: Key) => (i: number) => object;
  readonly loss: (params: never, batch: never) => tf.Tensor;
  readonly predict: (state: Predicting, fold: Fold, k: Key) => Promise<Pick<Said, 'value' | 'variance'>>;
  readonly output: (params: never, x: tf.Tensor, more: tf.Tensor) => tf.Tensor;
}
type Predicting = (x: HostArray<Float32Array>, more: HostArray<Float32Array>) => Promise<Float32Array>;

/** Trains the nets of a universe; what is in the folder already is not trained again. */
export function trainers(task: Task, folder: string, quick: boolean) {
  const built = new Map<NetName, ReturnType<typeof build>>();
  return async (name: NetName, fold: Fold, seed: number): Promise<Said> => {
    const file = join(folder, `${name.replace(' ', '-')}-${fold.year}-${seed}.json`);
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
    const train = built.get(name) ?? build(task, name, quick);
    built.set(name, train);
    const said = await train(fold, foldKey(foldKey(key(10), seed), fold.year));
    if (said.value.some((value) => !Number.isFinite(value))) throw new Error(`hybrid: ${name} diverged in ${fold.year} from seed ${seed}`);
    replaceFile(file, JSON.stringify(said));
    return said;
  };
}

function build(task: Task, name: NetName, quick: boolean) {
  const kind = KINDS[name](task);
  const steps = quick ? 5 : STEPS_OF[name];
  const optimizer = adam(kind.initial(key(0)) as never, { learningRate: oneCycle({ peak: RATES[name], steps }), clipNorm: CLIP_NORM });
  type State = Parameters<typeof optimizer.params>[0];
  const step = compile(trainingStep(optimizer, kind.loss as never), { donate: [0] });
  const predict = compile((state: State, x: tf.Tensor, more: tf.Tensor) => kind.output(optimizer.params(state) as never, x, more));
  return async (fold: Fold, k: Key): Promise<Said> => {
    const [forInit, forBatches, forDraws] = split(k, 3);
    const training = run(optimizer.init(kind.initial(forInit) as never));
    await fit(training, { step: step as never, batch: kind.batches(fold, forBatches) as never, steps });
    const said = await kind.predict(
      async (x, more) => Float32Array.from((await predict(training.state, x as never, more as never)).data()),
      fold,
      forDraws,
    );
    return { ...said, loss: training.losses.at(-1)! };
  };
}

const KINDS: Record<NetName, (task: Task) => Kind> = {
  'Bayesian net': (task) => {
    const N = task.assets.length;
    const parameters = WIDTHS.slice(1).reduce((sum, D, i) => sum + D * (WIDTHS[i] + 1), 0);
    const x = (months: readonly number[]) => Float32Array.from(monthsOf(task.x, months, N * F));
    return {
      initial: (k) => initBayesNet(k, WIDTHS, SPREAD),
      batches: ({ train }, k) => {
        const [forRows, forNoise] = split(k);
        const [own, y] = [x(train), Float32Array.from(monthsOf(task.y, train, N))];
        const rows = minibatches(forRows, y.length, BATCH);
        return (i) => {
          const noise = bayesNetNoise(foldKey(forNoise, i), WIDTHS, [BATCH]);
          return { x: rowsOf(own, [F], rows(i)), y: rowsOf(y, [1], rows(i)), noise, weight: 1 / y.length };
        };
      },
      loss: (q: never, batch) => negativeElbo(q, batch, { prior: PRIOR, likelihood }),
      output: (q: never, x, noise) => tf.split(mlp(drawWeights(q, { noise }) as MlpParams, x), 2, -1)[0],
      predict: async (predict, { test }, k) => {
        const input = { data: x(padded(test)), shape: [DAYS * N, F] };
        const said: Float32Array[] = [];
        for (let s = 0; s < DRAWS; s++) said.push(await predict(input, normal(foldKey(k, s), [parameters])));
        const value = said[0].slice(0, test.length * N).map((_, i) => said.reduce((sum, one) => sum + one[i] / DRAWS, 0));
        const variance = value.map((mean, i) => said.reduce((sum, one) => sum + (one[i] - mean) ** 2 / (DRAWS - 1), 0));
        return { value: Array.from(value), variance: Array.from(variance) };
      },
    };
  },
  transformer: (task) => {
    const N = task.assets.length;
    return {
      initial: (k) => initTransformer(k, CONFIG),
      batches: ({ train }, k) => {
        const [own, y] = [windowsOf(task, train), Float32Array.from(monthsOf(task.y, train, N))];
        const rows = minibatches(k, y.length, BATCH);
        return (i) => ({ x: rowsOf(own, [STEPS, F], rows(i)), y: rowsOf(y, [1], rows(i)) });
      },
      loss: (params: TransformerParams, { x, y }: { x: tf.Tensor; y: tf.Tensor }) => meanSquaredError(transformer(params, x, CONFIG), y),
      output: (params: TransformerParams, x) => transformer(params, x, CONFIG),
      predict: async (predict, { test }) => {
        const said = await predict({ data: windowsOf(task, padded(test)), shape: [DAYS * N, STEPS, F] }, NOTHING);
        return { value: Array.from(said.subarray(0, test.length * N)) };
      },
    };
  },
  GCN: (task) => {
    const N = task.assets.length;
    const x = (months: readonly number[]) => ({
      data: Float32Array.from(monthsOf(task.nodes, months, N * G)),
      shape: [months.length * N, G],
    });
    // A batch is one graph in which each month has its own copy of the edges.
    const graphOf = (fold: Fold) => {
      const edges = edgesOf(task, fold);
      const copies = Array.from({ length: DAYS }, (_, b) => edges.map(([i, j]): [number, number] => [b * N + i, b * N + j])).flat();
      return normaliseAdjacency(DAYS * N, copies);
    };
    return {
      initial: (k) => initGcn(k, GCN_WIDTHS),
      batches: (fold, k) => {
        const graph = graphOf(fold);
        const chosen = minibatches(k, fold.train.length, DAYS);
        return (i) => {
          const months = Array.from(chosen(i), (at) => fold.train[at]);
          return { graph, x: x(months), y: { data: Float32Array.from(monthsOf(task.ratio, months, N)), shape: [DAYS * N, 1] } };
        };
      },
      loss: (params: GcnParams, { graph, x, y }: Record<'graph' | 'x' | 'y', tf.Tensor>) => {
        const f = gcn(params, x, { graph }).clipByValue(-CLAMP, CLAMP);
        return f.add(y.mul(f.neg().exp())).mean();
      },
      output: (params: GcnParams, x, graph) => gcn(params, x, { graph }).clipByValue(-CLAMP, CLAMP),
      predict: async (predict, fold) => {
        const said = await predict(x(padded(fold.test)), graphOf(fold));
        return { value: Array.from(said.subarray(0, fold.test.length * N)) };
      },
    };
  },
};

const NOTHING = { data: new Float32Array(1), shape: [1] };

function likelihood(output: tf.Tensor, y: tf.Tensor): tf.Tensor {
  const [mean, logVariance] = tf.split(output, 2, -1);
  return gaussianNllFromLog({ mean, logVariance: logVariance.clipByValue(-NOISE, NOISE) }, y);
}

/** A year that is cut by the end of the data, filled with its last month: what is compiled has one shape. */
const padded = (months: readonly number[]): number[] => Array.from({ length: DAYS }, (_, i) => months[Math.min(i, months.length - 1)]);

function rowsOf(data: Float32Array, shape: readonly number[], rows: ArrayLike<number>): HostArray<Float32Array> {
  const size = shape.reduce((a, b) => a * b, 1);
  const out = new Float32Array(rows.length * size);
  for (let i = 0; i < rows.length; i++) out.set(data.subarray(rows[i] * size, (rows[i] + 1) * size), i * size);
  return { data: out, shape: [rows.length, ...shape] };
}
