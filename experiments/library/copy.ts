import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { crossEntropy, initLinear, initLstm, linear, lstm } from '../../src/nn/index.js';
import { adam, oneCycle, type ParamsOf, trainingStep } from '../../src/optim/index.js';
import { compile, fold, type Key, key, randint, split, uniform } from '../../src/tensor/index.js';
import { fit, resume, run } from '../../src/train/index.js';
import type { Experiment } from '../experiment.js';
import { share } from '../share.js';

const [SYMBOLS, DELAY, ALPHABET] = [10, 20, 8];
const [BLANK, RECALL] = [ALPHABET, ALPHABET + 1];
const T = SYMBOLS + DELAY + SYMBOLS;
const [WIDTH, B] = [128, 32];
const SEED = 1;

/** Ten symbols, a delay of blanks that ends with the sign to recall, and blanks under which the ten symbols are to be said again. */
function sequences(k: Key, count: number) {
  const symbols = randint(k, [count, SYMBOLS], 0, ALPHABET).data;
  const x = new Int32Array(count * T).fill(BLANK);
  for (let b = 0; b < count; b++) {
    x.set(symbols.subarray(b * SYMBOLS, (b + 1) * SYMBOLS), b * T);
    x[b * T + SYMBOLS + DELAY - 1] = RECALL;
  }
  return { x: { data: x, shape: [count, T] }, y: { data: symbols, shape: [count * SYMBOLS] } };
}

/** Units that begin with memories of 1 to T steps: b_f = log u, b_i = −b_f, u uniform on [1, T − 1] (Tallec & Ollivier 2018). */
function recurrent(k: Key) {
  const [forWeights, forMemories] = split(k);
  const params = initLstm(forWeights, { inputs: ALPHABET + 2, width: WIDTH });
  uniform(forMemories, [WIDTH]).data.forEach((u, i) => {
    const forget = Math.log(1 + u * (T - 2));
    params.b.data[i] = -forget;
    params.b.data[WIDTH + i] = forget;
  });
  return params;
}

export default {
  name: 'library/copy',
  about:
    'An LSTM repeats ten symbols after a delay of 20 steps (the task of Hochreiter & Schmidhuber 1997 in the form of Arjovsky et al. 2016).',
  seed: SEED,
  sanity: { accuracy: { atLeast: 0.99 } },
  async run({ quick, onStep, folder }) {
    const steps = quick ? 5 : 4000;
    const [forLstm, forHead, forBatches, forTest] = split(key(SEED), 4);
    const initial = { recurrent: recurrent(forLstm), head: initLinear(forHead, { inputs: WIDTH, outputs: ALPHABET }) };
    const optimizer = adam(initial, { learningRate: oneCycle({ peak: 0.02, steps }), clipNorm: 1 });
    type Params = ParamsOf<typeof optimizer>;
    type State = Parameters<typeof optimizer.params>[0];
    interface Batch {
      readonly x: tf.Tensor;
      readonly y: tf.Tensor;
    }
    const logits = ({ recurrent, head }: Params, x: tf.Tensor) => {
      const { outputs } = lstm(recurrent, tf.oneHot(x as tf.Tensor2D, ALPHABET + 2).cast('float32'));
      return linear(head, outputs.slice([0, T - SYMBOLS, 0], [-1, -1, -1]).reshape([-1, WIDTH])); // under the last blanks
    };
    const loss = (params: Params, { x, y }: Batch) => crossEntropy(logits(params, x), y);
    const step = compile(trainingStep(optimizer, loss), { donate: [0] });
    const file = join(folder, 'copy.safetensors');
    const training = resume(file, run(optimizer.init(initial), { seed: SEED, config: { steps } }));
    await fit(training, {
      step,
      batch: (k) => sequences(fold(forBatches, k), B),
      steps,
      checkpoint: { file, every: 500 },
      onStep: (done, note) => onStep(done, steps, note),
    });
    const rightOnes = compile((state: State, { x, y }: Batch) =>
      logits(optimizer.params(state), x).argMax(-1).equal(y).cast('float32').mean(),
    );
    const accuracy = (await rightOnes(training.state, sequences(forTest, 1000))).item();
    return {
      numbers: { accuracy: share(accuracy, 1000, 'share of right symbols in 1,000 new sequences') },
      pinned: { loss: training.losses.at(-1)! },
      minutes: { training: training.seconds / 60 },
    };
  },
} satisfies Experiment;
