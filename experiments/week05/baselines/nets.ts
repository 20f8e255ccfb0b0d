import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs';
import { replaceFile } from '../../../src/base/internal.js';
import {
  initPatchTst,
  initTcn,
  initTransformer,
  type PatchTstParams,
  patchTst,
  type TcnParams,
  type TransformerParams,
  tcn,
  transformer,
} from '../../../src/models/index.js';
import { initLinear, initLstm, type LinearParams, type LstmParams, linear, lstmLast } from '../../../src/nn/index.js';
import { adam, oneCycle } from '../../../src/optim/index.js';
import { fold as foldKey, type HostArray, type Key, key, split } from '../../../src/tensor/index.js';
import { record } from '../../../src/trade/index.js';
import type { RunOptions } from '../../experiment.js';
import { type Net, plainNet, trainer } from '../../train-net.js';
import type { FoldSamples, VolatilityTask } from '../../volatility.js';
import { LOOKBACK } from './task.js';

/** The nets of every question. */
export const NETS = ['LSTM', 'TCN', 'transformer', 'PatchTST'] as const;
export type NetName = (typeof NETS)[number];
export const SEEDS = [1, 2, 3];

/** Rates are half a power of ten apart; the best of one seed on the first validation years, which precede all tests, is inside those looked at. */
const RATES = { start: 0.003, step: Math.sqrt(10), most: 6 };
const TRAINING = { size: 256, steps: 400, every: 50 };
/** Of what has less to learn, half as many. */
export const FEW_STEPS = { size: 256, steps: 200, every: 50 };
const SLICE = { size: 64, steps: 10, every: 5 };

/** A net from windows [B, T, F] to K outputs. */
function netOf(name: NetName, F: number, K: number): Net<never> {
  const nets = {
    LSTM: () =>
      plainNet(
        (k: Key) => {
          const [forLstm, forHead] = split(k);
          return { lstm: initLstm(forLstm, { inputs: F, width: 32 }), head: initLinear(forHead, { inputs: 32, outputs: K }) };
        },
        ({ lstm, head }: { lstm: LstmParams; head: LinearParams }, x) => linear(head, lstmLast(lstm, x)),
      ),
    TCN: () => {
      const config = { inputs: F, width: 16, kernel: 3, dilations: [1, 2, 4], outputs: K };
      return plainNet(
        (k: Key) => initTcn(k, config),
        (params: TcnParams, x) => tcn(params, x, config),
      );
    },
    transformer: () => {
      const config = { inputs: F, outputs: K, width: 16, heads: 2, layers: 2, hidden: 32 };
      return plainNet(
        (k: Key) => initTransformer(k, config),
        (params: TransformerParams, x) => transformer(params, x, config),
      );
    },
    // Each feature is a series by itself, and what is forecast of each is weighed at the end.
    PatchTST: () => {
      const config = { lookback: LOOKBACK, horizons: 1, patch: 11, stride: 11, width: 16, heads: 2, layers: 2 };
      return plainNet(
        (k: Key) => {
          const [forBody, forHead] = split(k);
          return { body: initPatchTst(forBody, config), head: initLinear(forHead, { inputs: F, outputs: K }) };
        },
        ({ body, head }: { body: PatchTstParams; head: LinearParams }, x) => linear(head, patchTst(body, x, config).squeeze([1])),
      );
    },
  };
  return nets[name]() as unknown as Net<never>;
}

/** What a net is asked of a fold. */
export interface Asked {
  readonly samples: FoldSamples;
  /** K */
  readonly outputs: number;
  /** y [n, ...] of cells. */
  readonly label: (cells: Int32Array) => HostArray<Float32Array>;
  /** Mean over rows of the outputs [B, K] against y [B, ...]. */
  readonly loss: (output: tf.Tensor, y: tf.Tensor) => tf.Tensor;
}

/** One training: its least validation loss, and the outputs [n, K] of the test rows, row-major. */
export interface Answer {
  readonly validation: number;
  readonly training: number;
  readonly outputs: number[];
}

/** What a net answered, and how it was chosen. */
export interface Answers {
  readonly rate: number;
  /** Every rate that was looked at, with the validation loss of the first fold. */
  readonly rates: { rate: number; validation: number | null }[];
  /** By seed, and for each of its folds. */
  readonly bySeed: readonly (readonly Answer[])[];
  /** Trained configurations: those of the rates, and the seeds. */
  readonly trials: number;
}

/** Chooses a rate on the first fold's validation rows, and trains all seeds on all folds; what is in the folder already is not trained again. */
export async function answersOf(
  name: NetName,
  asked: readonly Asked[],
  { folder, quick, onStep }: RunOptions,
  training = TRAINING,
): Promise<Answers> {
  const seeds = quick ? SEEDS.slice(0, 2) : SEEDS;
  const total = asked.length * seeds.length + (quick ? 0 : 3);
  let done = 0;
  const build = (f: number, rate: number) => {
    const { samples, outputs, label, loss } = asked[f];
    const options = quick ? SLICE : training;
    const learningRate = oneCycle({ peak: rate, steps: options.steps });
    const rows = (part: 'train' | 'validation') => ({ x: samples[part].x, y: label(samples[part].cells) });
    return trainer(
      netOf(name, samples.train.x.shape[2], outputs),
      { train: rows('train'), validation: rows('validation') },
      { ...options, loss, optimizer: (params) => adam(params, { learningRate, clipNorm: 1 }) },
    );
  };
  let built: { id: string; train: ReturnType<typeof build> } | undefined;
  const answer = async (f: number, rate: number, seed: number): Promise<Answer> => {
    const id = `${f}-${rate}`;
    const file = join(folder, `${id}-${seed}.json`);
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
    if (built?.id !== id) built = { id, train: build(f, rate) };
    const { validation, training, outputs } = await built.train(foldKey(foldKey(key(5), seed), f));
    const said = await outputs(asked[f].samples.test.x);
    const made = { validation, training, outputs: Array.from(said, (value) => Number(value.toPrecision(7))) };
    replaceFile(file, JSON.stringify(made));
    onStep(++done, Math.max(total, done), `fold ${f + 1}, rate ${rate}, seed ${seed}: ${validation.toFixed(4)}`);
    return made;
  };
  const { rate, rates } = await rateOf((one) => answer(0, one, seeds[0]), quick);
  const bySeed: Answer[][] = seeds.map(() => []);
  for (let f = 0; f < asked.length; f++) for (const [s, seed] of seeds.entries()) bySeed[s].push(await answer(f, rate, seed));
  const diverged = bySeed.flat().some(({ outputs }) => outputs.some((value) => !Number.isFinite(value)));
  if (diverged) throw new Error(`baselines: ${name} diverged at a rate of ${rate}, which was the best of ${rates.length} on validation`);
  return { rate, rates, bySeed, trials: rates.length - 1 + seeds.length };
}

/** Each rate that was looked at is a trial, which saw the first validation years. */
export async function recordRates(log: string, model: string, { dates, folds }: VolatilityTask, rates: Answers['rates']): Promise<void> {
  const { start, end } = folds[0].validation;
  for (const { rate, validation } of rates)
    await record(
      log,
      { model, rate, seed: SEEDS[0] },
      {
        selection: { from: dates[start], to: dates[end - 1] },
        ...(validation !== null && { scores: { validation } }),
      },
    );
}

/** The rate with the least validation loss, of a grid that grows until it is inside. */
async function rateOf(train: (rate: number) => Promise<Answer>, quick: boolean): Promise<Pick<Answers, 'rate' | 'rates'>> {
  const found = new Map<number, number>();
  const rateAt = (power: number) => Number((RATES.start * RATES.step ** power).toPrecision(3));
  const look = async (power: number) => {
    const { validation } = await train(rateAt(power));
    found.set(power, Number.isFinite(validation) ? validation : Infinity);
  };
  for (const power of quick ? [0] : [-1, 0, 1]) await look(power);
  const best = () => [...found].reduce((a, b) => (b[1] < a[1] ? b : a))[0];
  while (!quick && found.size < RATES.most) {
    const [low, high] = [Math.min(...found.keys()), Math.max(...found.keys())];
    if (best() > low && best() < high) break;
    await look(best() === low ? low - 1 : high + 1);
  }
  const rates = [...found]
    .sort(([a], [b]) => a - b)
    .map(([power, loss]) => ({ rate: rateAt(power), validation: Number.isFinite(loss) ? loss : null }));
  return { rate: rateAt(best()), rates };
}
