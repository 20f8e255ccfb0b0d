import type * as tf from '@tensorflow/tfjs';
import type { RowRange } from '../../../src/market/index.js';
import { initLstmAttention, initMlp, type LstmAttentionParams, lstmAttention, type MlpParams, mlp } from '../../../src/models/index.js';
import {
  binaryCrossEntropy,
  initLinear,
  initLstm,
  type LinearParams,
  type LstmParams,
  linear,
  lstmLast,
  meanSquaredError,
} from '../../../src/nn/index.js';
import { adam } from '../../../src/optim/index.js';
import type { HostArray, Key } from '../../../src/tensor/index.js';
import { split } from '../../../src/tensor/index.js';
import { type Net, plainNet, type Rows, trainer } from '../../train-net.js';
import { LOOKBACK } from './ordered.js';
import { AHEAD, changes, rises, type Tape } from './tape.js';

const WIDTH = 32;
const BATCH = 256;
/** Every so manieth row to stop and to choose by; its neighbours wait for the same change of the mid. */
const THINNED = 4;
const CHUNK = 2048;

/** What a net forecasts: the direction of the next change, or the price changes ahead. */
export type Task = 'direction' | 'changes';

interface Kind {
  readonly lookback: number;
  net(inputs: number, outputs: number): Net<never>;
}
interface Recurrent<T = tf.Tensor> {
  readonly cell: LstmParams<T>;
  readonly head: LinearParams<T>;
}

/** By name: one that sees what is known now, and two that also see what was. */
export const KINDS: Readonly<Record<string, Kind>> = {
  MLP: {
    lookback: 1,
    net: (inputs, outputs) =>
      plainNet(
        (k) => initMlp(k, [inputs, WIDTH, WIDTH, outputs]),
        (params: MlpParams, x) => mlp(params, x),
      ) as never,
  },
  LSTM: {
    lookback: LOOKBACK,
    net: (inputs, outputs) =>
      plainNet(
        (k: Key) => {
          const [forCell, forHead] = split(k);
          const cell = initLstm(forCell, { inputs, width: WIDTH, forgetBias: 1 });
          return { cell, head: initLinear(forHead, { inputs: WIDTH, outputs }) };
        },
        ({ cell, head }: Recurrent, x) => linear(head, lstmLast(cell, x)),
      ) as never,
  },
  'LSTM with attention': {
    lookback: LOOKBACK,
    net: (inputs, outputs) =>
      plainNet(
        (k) => initLstmAttention(k, { inputs, width: WIDTH, horizons: outputs }),
        (params: LstmAttentionParams, x) => lstmAttention(params, x),
      ) as never,
  },
};

/** The last L events up to each of these rows: [n, L, F], or [n, F] of one. */
function seen({ features: { data, cols }, labels }: Tape, rows: readonly number[], L: number): HostArray<Float32Array> {
  const out = new Float32Array(rows.length * L * cols);
  for (const [at, i] of rows.entries()) {
    const to = (labels.starts[i] + 1) * cols;
    const from = Math.max(0, to - L * cols);
    out.set(data.subarray(from, to), (at + 1) * L * cols - (to - from)); // zeros before the tape begins
  }
  return { data: out, shape: L === 1 ? [rows.length, cols] : [rows.length, L, cols] };
}

const numbers = ({ start, end }: RowRange, step = 1): number[] =>
  Array.from({ length: Math.ceil((end - start) / step) }, (_, i) => start + step * i);

/** How a net was trained, and what it said. */
export interface Trial {
  readonly validation: number;
  /** By output, [n] each on the test rows: chances of a rise, or ticks. */
  readonly forecasts: readonly Float64Array[];
}

/** A trainer of one kind of net for one task at one rate: call it with the key of a seed. */
export function learner(tape: Tape, kind: string, task: Task, rate: number, quick: boolean): (k: Key) => Promise<Trial> {
  const { lookback, net } = KINDS[kind];
  const outputs = task === 'direction' ? 1 : AHEAD.length;
  const units = AHEAD.map((ahead) => {
    const y = changes(tape, tape.train, ahead);
    return Math.sqrt(y.reduce((sum, v) => sum + v * v, 0) / y.length);
  });
  const targets = (range: RowRange, rows: readonly number[]): Float32Array => {
    const all = task === 'direction' ? [rises(tape, range)] : AHEAD.map((ahead, h) => changes(tape, range, ahead).map((v) => v / units[h]));
    return Float32Array.from(rows.flatMap((i) => all.map((y) => y[i - range.start])));
  };
  const sample = (range: RowRange, step: number): Rows => {
    const rows = numbers(range, step);
    return { x: seen(tape, rows, lookback), y: { data: targets(range, rows), shape: [rows.length, outputs] } };
  };
  const train = trainer(
    net(tape.features.cols, outputs),
    { train: sample(tape.train, 1), validation: sample(tape.validation, THINNED) },
    {
      loss: (output, y) => (task === 'direction' ? binaryCrossEntropy(output, y) : meanSquaredError(output, y)),
      optimizer: (params) => adam(params, { learningRate: rate, clipNorm: 1 }),
      size: BATCH,
      steps: quick ? 6 : 2000,
      every: quick ? 3 : 50,
      ...(!quick && { patience: 10 }),
    },
  );
  return async (k) => {
    const { validation, outputs: forecast } = await train(k);
    const rows = numbers(tape.test);
    const forecasts = Array.from({ length: outputs }, () => new Float64Array(rows.length));
    for (let from = 0; from < rows.length; from += CHUNK) {
      // The last rows are filled up, so that one graph serves all.
      const some = Array.from({ length: CHUNK }, (_, i) => rows[Math.min(from + i, rows.length - 1)]);
      const said = await forecast(seen(tape, some, lookback));
      for (let i = from; i < Math.min(from + CHUNK, rows.length); i++)
        for (let h = 0; h < outputs; h++) {
          const value = said[(i - from) * outputs + h];
          forecasts[h][i] = task === 'direction' ? 1 / (1 + Math.exp(-value)) : units[h] * value;
        }
    }
    return { validation, forecasts };
  };
}
