import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs';
import { initLinear, initLstm, linear, lstmLast, meanSquaredError } from '../../src/nn/index.js';
import { adam, cosine, type ParamsOf, trainingStep } from '../../src/optim/index.js';
import { hacMean } from '../../src/stats/index.js';
import { compile, fold, type Key, key, randint, split, uniform } from '../../src/tensor/index.js';
import { fit, resume, run } from '../../src/train/index.js';
import type { Experiment } from '../experiment.js';

const T = 100;
const WIDTH = 64;
const SEED = 1;

/** Random numbers, of which two are marked, one in each half of the sequence; and the sum of the two. */
function sequences(k: Key, B: number) {
  const [forNumbers, forMarks] = split(k);
  const numbers = uniform(forNumbers, [B, T]).data;
  const marks = randint(forMarks, [B, 2], 0, T / 2).data;
  const x = Float32Array.from({ length: 2 * B * T }, (_, i) => (i % 2 === 0 ? numbers[i / 2] : 0));
  const y = Float32Array.from({ length: B }, (_, b) => {
    const places = [b * T + marks[2 * b], b * T + T / 2 + marks[2 * b + 1]];
    for (const place of places) x[2 * place + 1] = 1;
    return numbers[places[0]] + numbers[places[1]];
  });
  return { x: { data: x, shape: [B, T, 2] }, y: { data: y, shape: [B, 1] } };
}

const recurrent = (k: Key) => {
  const params = initLstm(k, { inputs: 2, width: WIDTH });
  params.b.data.fill(1, WIDTH, 2 * WIDTH); // gates that begin open remember from the start (Jozefowicz et al. 2015)
  return params;
};

export default {
  name: 'library/adding',
  about:
    'An LSTM adds the two marked ones of 100 numbers (Hochreiter & Schmidhuber 1997); a constant guess has a mean squared error of 1/6.',
  seed: SEED,
  sanity: { error: { atMost: 0.003 } },
  async run({ quick, onStep, folder }) {
    const steps = quick ? 5 : 2500;
    const [forLstm, forHead, forBatches, forTest] = split(key(SEED), 4);
    const initial = { recurrent: recurrent(forLstm), head: initLinear(forHead, { inputs: WIDTH, outputs: 1 }) };
    const optimizer = adam(initial, { learningRate: cosine({ from: 0.01, steps }), clipNorm: 1 });
    type Params = ParamsOf<typeof optimizer>;
    type State = Parameters<typeof optimizer.params>[0];
    interface Batch {
      readonly x: tf.Tensor;
      readonly y: tf.Tensor;
    }
    const loss = ({ recurrent, head }: Params, { x, y }: Batch) => meanSquaredError(linear(head, lstmLast(recurrent, x)), y);
    const step = compile(trainingStep(optimizer, loss), { donate: [0] });
    const file = join(folder, 'adding.safetensors');
    const training = resume(file, run(optimizer.init(initial), { seed: SEED, config: { steps } }));
    await fit(training, {
      step,
      batch: (k) => sequences(fold(forBatches, k), 64),
      steps,
      checkpoint: { file, every: 500 },
      onStep: (done, note) => onStep(done, steps, note),
    });
    const errors = compile((state: State, { x, y }: Batch) => {
      const { recurrent, head } = optimizer.params(state);
      return linear(head, lstmLast(recurrent, x)).sub(y).square().flatten();
    });
    const squares = (await errors(training.state, sequences(forTest, 1000))).data();
    const { mean, standardError } = hacMean(squares, { lags: 0 });
    return {
      numbers: {
        error: {
          value: mean,
          uncertainty: standardError,
          unit: '1',
          description: 'mean squared error on 1,000 new sequences',
          tolerance: 0.001,
        },
      },
      pinned: { loss: training.losses.at(-1)! },
      minutes: { training: training.seconds / 60 },
    };
  },
} satisfies Experiment;
