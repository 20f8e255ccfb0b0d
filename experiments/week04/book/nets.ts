import { initLstmAttention, initMlp, lstmAttention, mlp } from '../../../src/models/index.js';
import { binaryCrossEntropy, initLinear, initLstm, linear, lstmLast, meanSquaredError } from '../../../src/nn/index.js';
import { adam, oneCycle } from '../../../src/optim/index.js';
import { fold, type HostArray, key, split } from '../../../src/tensor/index.js';
import { type Net, plainNet, trainer } from '../../train-net.js';
import { all, movesAt, scaledBy } from './closed.js';
import { COLUMNS, F, HORIZONS, type Samples, T } from './sessions.js';

const WIDTH = 32;
const HIDDEN = 64;
const RATE = 0.004; // the peak of Adam's, for all nets, chosen before any was compared
const CHUNK = 5000;

/** The nets by name, with so many outputs; what reads `windows` sees the last events, the others the columns of a row. */
export const NETS: Readonly<Record<string, { readonly title: string; readonly windows: boolean; net(outputs: number): Net<never> }>> = {
  mlp: {
    title: 'MLP',
    windows: false,
    net: (outputs) => plainNet((k) => initMlp(k, [COLUMNS.length, HIDDEN, HIDDEN, outputs]), mlp) as never,
  },
  lstm: {
    title: 'LSTM',
    windows: true,
    net: (outputs) =>
      plainNet(
        (k) => {
          const [forLstm, forHead] = split(k);
          return { lstm: initLstm(forLstm, { inputs: F, width: WIDTH }), head: initLinear(forHead, { inputs: WIDTH, outputs }) };
        },
        (params, x) => linear(params.head as never, lstmLast(params.lstm as never, x)),
      ) as never,
  },
  attention: {
    title: 'LSTM with attention',
    windows: true,
    net: (outputs) =>
      plainNet((k) => initLstmAttention(k, { inputs: F, width: WIDTH, horizons: outputs }), lstmAttention as never) as never,
  },
};
/** Next mid change, or the changes over `HORIZONS`. */
export type Target = 'next' | 'moves';

/** Inputs of the rows of three sets for a net. */
export function inputsFor(name: string, [train, validation, test]: readonly [Samples, Samples, Samples]): HostArray<Float32Array>[] {
  if (NETS[name].windows) return [train, validation, test].map(({ windows, up }) => ({ data: windows, shape: [up.length, T, F] }));
  const [x, held] = scaledBy(all(train), all(validation));
  const [, tested] = scaledBy(all(train), all(test));
  return [x, held, tested].map(({ data, rows, cols }) => ({ data: Float32Array.from(data), shape: [rows, cols] }));
}

/** A trainer of one net on one target: by seed, its forecasts of the test rows and its losses. */
export function learner(
  name: string,
  target: Target,
  [train, validation, test]: readonly HostArray<Float32Array>[],
  samples: { readonly train: Samples; readonly validation: Samples; readonly test: Samples },
  steps: number,
) {
  const scales = HORIZONS.map((events) =>
    Math.sqrt(movesAt(samples.train, events).reduce((sum, m) => sum + m * m, 0) / samples.train.up.length),
  );
  const outputs = target === 'next' ? 1 : HORIZONS.length;
  const labels = (of: Samples): HostArray<Float32Array> => {
    const n = of.up.length;
    if (target === 'next') return { data: Float32Array.from(of.up), shape: [n, 1] };
    const each = HORIZONS.map((events) => movesAt(of, events));
    const data = Float32Array.from({ length: n * outputs }, (_, at) => each[at % outputs][Math.floor(at / outputs)] / scales[at % outputs]);
    return { data, shape: [n, outputs] };
  };
  const train1 = trainer(
    NETS[name].net(outputs),
    { train: { x: train, y: labels(samples.train) }, validation: { x: validation, y: labels(samples.validation) } },
    {
      loss: target === 'next' ? binaryCrossEntropy : meanSquaredError,
      optimizer: (params) => adam(params, { learningRate: oneCycle({ peak: RATE, steps }), clipNorm: 1 }),
      size: 256,
      steps,
      every: Math.ceil(steps / 8),
    },
  );
  return async (seed: number) => {
    const net = await train1(fold(key(400 + seed), target === 'next' ? 0 : 1));
    const n = test.shape[0];
    const per = test.data.length / n;
    const found = new Float64Array(n * outputs);
    for (let from = 0; from < n; from += CHUNK) {
      const rows = Math.min(CHUNK, n - from);
      const x = { data: test.data.subarray(from * per, (from + rows) * per), shape: [rows, ...test.shape.slice(1)] };
      found.set(await net.outputs(x as HostArray<Float32Array>), from * outputs);
    }
    const forecasts = found.map((out, at) => (target === 'next' ? 1 / (1 + Math.exp(-out)) : out * scales[at % outputs]));
    return { validation: net.validation, training: net.training, forecasts };
  };
}
