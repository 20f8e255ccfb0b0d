import * as tf from '@tensorflow/tfjs';
import {
  conditionalSeriesGenerator,
  type GanBatch,
  type GanState,
  ganStep,
  initMlp,
  initTcn,
  type MlpParams,
  mlp,
  nonSaturating,
  seriesGenerator,
  type TcnParams,
  wassersteinGp,
} from '../../../src/models/index.js';
import { receptiveField } from '../../../src/nn/index.js';
import { adam, averaged } from '../../../src/optim/index.js';
import {
  compile,
  fold as foldKey,
  type HostArray,
  type Key,
  key,
  normal,
  randint,
  split,
  toTf,
  uniform,
} from '../../../src/tensor/index.js';
import { fitGan } from '../../../src/train/index.js';
import { conditionOf, type Fold, type Market, N, startsOf, T } from './setting.js';

/** The nets, from the first game to the one that is told how turbulent the market is. */
export const NETS = ['GAN', 'WGAN-GP', 'conditional'] as const;
export type NetName = (typeof NETS)[number];
export const SEEDS = [1, 2, 3, 4, 5];

export const TRAINING = { width: 16, noise: 7, dilations: [1, 2], critics: 3, batch: 64, steps: 800, rate: 1e-3, decay: 0.98 };
const REACH = receptiveField(2, TRAINING.dilations);
/** No generated move is beyond so many standard deviations. */
const MOST = 25;

/** Days of a week, into which a window is cut for the critic. */
const WEEK = 5;
const SIZES = T + T / WEEK + 1;
/** The mean size of a move in training as the critic sees it, near enough: about it a net of small weights has its kinks. */
const USUAL = 0.62;

/**
 * What the critic reads of windows [B, T, N (+ 1)]: the moves, their mean size of each day, of each week and of the whole, as HAR does, and the condition.
 * Clusters of volatility are in the sizes of weeks; among 120 moves alone a critic of these steps did not find them.
 */
function score(params: MlpParams, x: tf.Tensor): tf.Tensor {
  const B = x.shape[0];
  const y = x.slice([0, 0, 0], [-1, -1, N]);
  const days = y.abs().mean(2).sub(USUAL); // [B, T]
  const weeks = days.reshape([B, T / WEEK, WEEK]).mean(2);
  const sizes = [days.mul(Math.sqrt(N)), weeks.mul(Math.sqrt(N * WEEK)), weeks.mean(1, true).mul(Math.sqrt(N * T))];
  const condition = x.shape[2]! > N ? [x.slice([0, 0, N], [-1, 1, 1]).reshape([B, 1])] : [];
  return mlp(params, tf.concat([y.reshape([B, T * N]), ...sizes, ...condition], 1), { activation: (h) => h.leakyRelu(0.2) }).squeeze([1]);
}

/**
 * N moves and the logarithm of one size for all of them [B, T, N + 1 ..] → their product: what is turbulent for one is so for all. The size begins as a
 * stochastic volatility, the column of the noise that remembers times the spread of log σ in training; what the net adds to it is learnt.
 */
function moves(made: tf.Tensor, noise: tf.Tensor, spread: tf.Tensor): tf.Tensor {
  const slow = noise.slice([0, REACH - 1, TRAINING.noise - 1], [-1, -1, 1]);
  const size = made.slice([0, 0, N], [-1, -1, 1]).add(slow.mul(spread)).clipByValue(-3, 3).exp();
  return made.slice([0, 0, 0], [-1, -1, N]).mul(size);
}

/** Returns in units of their scale, tails drawn in; and back. */
const drawIn = (x: number) => Math.asinh(x);
const letOut = (y: number) => Math.sinh(Math.min(Math.asinh(MOST), Math.max(-Math.asinh(MOST), y)));

/** A trained generator. */
export interface Net {
  readonly name: NetName;
  /** Weights of the averaged generator. */
  readonly weights: TcnParams<HostArray<Float32Array>>;
  /** What is added to a made return, and what it is multiplied by before, so that the mean and the deviation of each asset are those of training [N]. */
  readonly shifts: readonly number[];
  readonly factors: readonly number[];
  readonly criticLosses: readonly number[];
  readonly generatorLosses: readonly number[];
}

/** Steps of noise that a training draws its windows from. */
const TAPE = 200_000;
/** One column of the noise remembers: it halves in a month. The others are independent. */
const SLOW = 0.5 ** (1 / 21);

/** Independent noise of some steps [steps, Z], its last column remembering. */
function tapeOf(key: Key, steps: number): Float32Array {
  const Z = TRAINING.noise;
  const { data } = normal(key, [steps, Z]);
  for (let at = 2 * Z - 1; at < data.length; at += Z) data[at] = SLOW * data[at - Z] + Math.sqrt(1 - SLOW * SLOW) * data[at];
  return data;
}

/**
 * Windows of noise [rows, REACH − 1 + days, Z (+ 2)], each of a tape from a step on; with conditions c [rows] the elapsed days over T and c are the last
 * columns.
 */
function noiseFrom(tape: Float32Array, starts: ArrayLike<number>, days: number, conditions?: ArrayLike<number>): HostArray<Float32Array> {
  const steps = REACH - 1 + days;
  const Z = TRAINING.noise;
  const columns = Z + (conditions ? 2 : 0);
  const data = new Float32Array(starts.length * steps * columns);
  for (let i = 0, at = 0; i < starts.length; i++) {
    if (!conditions) data.set(tape.subarray(starts[i] * Z, (starts[i] + steps) * Z), i * steps * Z);
    else
      for (let t = 0; t < steps; t++, at += columns) {
        data.set(tape.subarray((starts[i] + t) * Z, (starts[i] + t + 1) * Z), at);
        data[at + columns - 2] = (t - REACH + 1) / T;
        data[at + columns - 1] = conditions[i];
      }
  }
  return { data, shape: [starts.length, steps, columns] };
}

/** Windows of a tape that do not overlap; neighbours share some of what is remembered. */
function noiseOf(key: Key, rows: number, days: number, conditions?: ArrayLike<number>): HostArray<Float32Array> {
  const steps = REACH - 1 + days;
  const tape = tapeOf(key, rows * steps);
  return noiseFrom(
    tape,
    Array.from({ length: rows }, (_, i) => i * steps),
    days,
    conditions,
  );
}

/** Trains nets of one kind on the training days of any fold: the step is compiled once. */
export function trainerOf(name: NetName, market: Market) {
  const { width, noise, dilations, batch: B, rate, decay } = TRAINING;
  const conditional = name === 'conditional';
  const K = name === 'GAN' ? 1 : TRAINING.critics;
  const columns = N + Number(conditional);
  const initial = (key: Key) => {
    const [forGenerator, forCritic] = split(key);
    const config = { inputs: noise + (conditional ? 2 : 0), width, kernel: 2, dilations, outputs: N + 1 };
    return { generator: initTcn(forGenerator, config), critic: initMlp(forCritic, [T * N + SIZES + Number(conditional), 64, 64, 1]) };
  };
  const { generator, critic } = initial(key(0));
  const momentum = name === 'GAN' ? { beta1: 0.5 } : { beta1: 0, beta2: 0.9 };
  const optimizers = {
    generator: averaged(generator, adam(generator, { learningRate: rate, ...momentum }), { decay }),
    critic: adam(critic, { learningRate: name === 'GAN' ? rate / 2 : 2 * rate, ...momentum }),
  };
  const game = name === 'GAN' ? nonSaturating : wassersteinGp();
  const step = compile(
    (state: GanState<never, never>, { spread, ...batch }: GanBatch & { readonly spread: tf.Tensor }) => {
      const generate = (params: TcnParams, z: tf.Tensor) => {
        if (!conditional) return moves(seriesGenerator(params, z, { dilations }), z, spread);
        const made = conditionalSeriesGenerator(params, z, { dilations, conditions: 1 });
        return tf.concat([moves(made, z, spread), made.slice([0, 0, N + 1], [-1, -1, 1])], 2);
      };
      return ganStep({ generate, score }, game, optimizers)(state, batch);
    },
    { donate: [0] },
  );
  return async (fold: Fold, seed: Key, steps = TRAINING.steps): Promise<Net> => {
    const [forWeights, forBatches, forMoments, forTape] = split(seed, 4);
    const tape = tapeOf(forTape, TAPE);
    const starts = startsOf(fold.train);
    const batch = (k: number) => {
      const [forRows, forNoise, forMix] = split(foldKey(forBatches, k), 3);
      const days = Array.from(randint(forRows, [(K + 1) * B], 0, starts.length).data, (i) => starts[i]);
      const conditions = conditional ? days.map((day) => conditionOf(fold, market.sigma[day])) : undefined;
      const z = noiseFrom(tape, randint(forNoise, [(K + 1) * B], 0, TAPE - REACH - T).data, T, conditions);
      return {
        real: { data: realWindows(name, market, fold, days.slice(0, K * B)), shape: [K, B, T, columns] },
        noise: { data: z.data, shape: [K + 1, B, ...z.shape.slice(1)] },
        mix: uniform(forMix, [K, B]),
        spread: { data: Float32Array.of(fold.log.deviation), shape: [] },
      };
    };
    const own = initial(forWeights);
    const begin = { generator: optimizers.generator.init(own.generator), critic: optimizers.critic.init(own.critic) };
    const { state, criticLosses, generatorLosses } = await fitGan(begin as never as GanState<never, never>, {
      step: step as never as (state: GanState<never, never>, batch: unknown) => never,
      ...{ batch, steps },
    });
    const weights = tf.tidy(() => hostOf(optimizers.generator.average(toTf(state.generator as never))) as never) as Net['weights'];
    const raw = { name, weights, criticLosses: Array.from(criticLosses), generatorLosses: Array.from(generatorLosses) };
    return { ...raw, ...(await momentsSet(raw, market, fold, forMoments)) };
  };
}

/** Shifts and factors that set mean and deviation of each asset, over windows as they begin in training, to those of the training days. */
async function momentsSet(net: Omit<Net, 'shifts' | 'factors'>, { sigma, returns }: Market, fold: Fold, key: Key) {
  const draw = sampler({ ...net, shifts: new Array(N).fill(0), factors: new Array(N).fill(1) }, fold);
  const starts = startsOf(fold.train).filter((_, i) => i % 2 === 0);
  const made = await draw(key, starts.length, T, net.name === 'conditional' ? starts.map((day) => sigma[day]) : undefined);
  const days = returns.data.subarray(fold.train.start * N, fold.train.end * N);
  const momentsOf = (values: Float64Array, n: number) => {
    let [sum, squares] = [0, 0];
    for (let at = n; at < values.length; at += N) {
      sum += values[at];
      squares += values[at] ** 2;
    }
    const mean = sum / (values.length / N);
    return { mean, deviation: Math.sqrt(squares / (values.length / N) - mean ** 2) };
  };
  const pairs = Array.from(fold.scales, (_, n) => ({ made: momentsOf(made, n), real: momentsOf(days, n) }));
  const factors = pairs.map(({ made, real }) => real.deviation / made.deviation);
  return { factors, shifts: pairs.map(({ made, real }, n) => real.mean - factors[n] * made.mean) };
}

/** Windows as the critic sees them: in units of scale, for the conditional net also of σ on the day before, with the condition beside. */
function realWindows(name: NetName, { returns, sigma }: Market, fold: Fold, days: readonly number[]): Float32Array {
  const conditional = name === 'conditional';
  const columns = N + Number(conditional);
  const out = new Float32Array(days.length * T * columns);
  for (const [i, day] of days.entries()) {
    const size = conditional ? sigma[day] / fold.level : 1;
    const c = conditionOf(fold, sigma[day]);
    for (let t = 0, at = i * T * columns; t < T; t++) {
      for (let n = 0; n < N; n++) out[at++] = drawIn(returns.data[(day + 1 + t) * N + n] / (fold.scales[n] * size));
      if (conditional) out[at++] = c;
    }
  }
  return out;
}

/** One compiled generator for all weights. */
let generate: ReturnType<typeof compileGenerator> | undefined;
const compileGenerator = () =>
  compile((params: TcnParams, z: tf.Tensor, spread: tf.Tensor) =>
    moves(seriesGenerator(params, z, { dilations: TRAINING.dilations }), z, spread),
  );
/** Rows of one call: of one shape, so that it compiles once. */
const CHUNK = 500;

/** Draws returns of a trained net: r [rows, days, N]; a conditional one is told σ of the day before each path. */
export function sampler({ name, weights, shifts, factors }: Omit<Net, 'criticLosses' | 'generatorLosses'>, fold: Fold) {
  const conditional = name === 'conditional';
  const spread = { data: Float32Array.of(fold.log.deviation), shape: [] };
  return async (key: Key, rows: number, days: number, sigma?: ArrayLike<number>): Promise<Float64Array> => {
    if (conditional !== (sigma !== undefined)) throw new Error(`paths: ${name} ${conditional ? 'is told σ' : 'is told nothing'}`);
    generate ??= compileGenerator();
    const out = new Float64Array(rows * days * N);
    const each = rows === 1 ? 1 : CHUNK;
    for (let from = 0; from < rows; from += each) {
      const sizes = sigma && Array.from({ length: each }, (_, i) => sigma[Math.min(rows - 1, from + i)]);
      const z = noiseOf(
        foldKey(key, from),
        each,
        days,
        sizes?.map((s) => conditionOf(fold, s)),
      );
      const y = (await generate(weights as never, z, spread)).data() as Float32Array;
      const count = Math.min(each, rows - from) * days * N;
      for (let at = 0; at < count; at++) {
        const size = sizes ? sizes[Math.floor(at / (days * N))] / fold.level : 1;
        out[from * days * N + at] = shifts[at % N] + factors[at % N] * fold.scales[at % N] * size * letOut(y[at]);
      }
    }
    return out;
  };
}
const hostOf = (tree: unknown): unknown => {
  if (tree instanceof tf.Tensor) return { data: Float32Array.from(tree.dataSync()), shape: tree.shape };
  if (Array.isArray(tree)) return tree.map(hostOf);
  return Object.fromEntries(Object.entries(tree as object).map(([key, value]) => [key, hostOf(value)]));
};

/** A net as text, and back. */
export const written = (net: Net): string => JSON.stringify(net, (_, value) => (value instanceof Float32Array ? Array.from(value) : value));
export const read = (text: string): Net =>
  JSON.parse(text, (_, value) => (value?.shape && value.data ? { ...value, data: Float32Array.from(value.data) } : value));
