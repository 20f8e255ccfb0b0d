import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs';
import { type LabelledImages, loadMnist } from '../../src/datasets/index.js';
import { crossEntropy, initLinear, initLstm, linear, lstmLast } from '../../src/nn/index.js';
import { adam, oneCycle, type ParamsOf, trainingStep } from '../../src/optim/index.js';
import { compile, key, split } from '../../src/tensor/index.js';
import { fit, minibatches, resume, run } from '../../src/train/index.js';
import type { Experiment } from '../experiment.js';
import { share } from '../share.js';

const [SIDE, CLASSES] = [28, 10];
const [WIDTH, B, EPOCHS] = [128, 128, 4];
const SEED = 1;

/** Images as sequences of 28 rows of 28 pixels. */
function rowsOf({ images, labels }: LabelledImages, chosen: Int32Array) {
  const pixels = SIDE * SIDE;
  const data = new Float32Array(chosen.length * pixels);
  chosen.forEach((row, b) => void data.set(images.data.subarray(row * pixels, (row + 1) * pixels), b * pixels));
  return { x: { data, shape: [chosen.length, SIDE, SIDE] }, y: Int32Array.from(chosen, (row) => labels[row]) };
}

export default {
  name: 'library/mnist-rows',
  about: 'An LSTM reads the digits of MNIST row by row, and names them after the last (Le, Jaitly & Hinton 2015, by rows).',
  seed: SEED,
  sanity: { accuracy: { atLeast: 0.98 } },
  async run({ quick, onStep, folder }) {
    const { train, test } = loadMnist();
    const steps = quick ? 5 : EPOCHS * Math.floor(train.labels.length / B);
    const [forLstm, forHead, forBatches] = split(key(SEED), 3);
    const initial = {
      recurrent: initLstm(forLstm, { inputs: SIDE, width: WIDTH }),
      head: initLinear(forHead, { inputs: WIDTH, outputs: CLASSES }),
    };
    const optimizer = adam(initial, { learningRate: oneCycle({ peak: 0.005, steps }), clipNorm: 1 });
    type Params = ParamsOf<typeof optimizer>;
    type State = Parameters<typeof optimizer.params>[0];
    interface Batch {
      readonly x: tf.Tensor;
      readonly y: tf.Tensor;
    }
    const logits = ({ recurrent, head }: Params, x: tf.Tensor) => linear(head, lstmLast(recurrent, x));
    const loss = (params: Params, { x, y }: Batch) => crossEntropy(logits(params, x), y);
    const step = compile(trainingStep(optimizer, loss), { donate: [0] });
    const rows = minibatches(forBatches, train.labels.length, B);
    const file = join(folder, 'mnist-rows.safetensors');
    const training = resume(file, run(optimizer.init(initial), { seed: SEED, config: { steps } }));
    await fit(training, {
      step,
      batch: (k) => rowsOf(train, rows(k)),
      steps,
      checkpoint: { file, every: 500 },
      onStep: (done, note) => onStep(done, steps, note),
    });
    const rightOnes = compile((state: State, { x, y }: Batch) =>
      logits(optimizer.params(state), x).argMax(-1).equal(y).cast('float32').mean(),
    );
    let accuracy = 0;
    const n = test.labels.length;
    for (let i = 0; i < n; i += 1000) {
      const some = Int32Array.from({ length: 1000 }, (_, j) => i + j);
      accuracy += (await rightOnes(training.state, rowsOf(test, some))).item() * (1000 / n);
    }
    return {
      numbers: { accuracy: share(accuracy, n, 'accuracy on the 10,000 test images') },
      pinned: { loss: training.losses.at(-1)! },
      minutes: { training: training.seconds / 60 },
    };
  },
} satisfies Experiment;
