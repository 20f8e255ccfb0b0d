import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as tf from '@tensorflow/tfjs';
import { type LabelledImages, loadMnist, type Mnist } from '../../src/datasets/index.js';
import { cnn, initCnn, initMlp, mlp } from '../../src/models/index.js';
import { crossEntropy } from '../../src/nn/index.js';
import { adam, oneCycle, type Tensors, trainingStep } from '../../src/optim/index.js';
import { compile, fold, type Key, key, randint, split } from '../../src/tensor/index.js';
import { fit, minibatches, resume, run } from '../../src/train/index.js';
import type { Experiment, Found, RunOptions } from '../experiment.js';
import { share } from '../share.js';

const SIDE = 28;
const PIXELS = SIDE * SIDE;
const BATCH = 128;
const PER_EPOCH = Math.floor(60_000 / BATCH);

/** A classifier of images [B, 28, 28], and how it is trained. */
interface Recipe<P> {
  readonly name: 'mlp' | 'cnn';
  readonly initial: P;
  logits(params: Tensors<P>, x: tf.Tensor): tf.Tensor;
  readonly epochs: number;
  /** The peak of the one-cycle schedule. */
  readonly peak: number;
}

// Widths, epochs, peaks and the shift were chosen on the last 10,000 training images, with the first 50,000 to train on.
const perceptron = (k: Key): Recipe<ReturnType<typeof initMlp>> => ({
  name: 'mlp',
  initial: initMlp(k, [PIXELS, 512, 256, 10]),
  logits: (params, x) => mlp(params, x.reshape([-1, PIXELS])),
  epochs: 12,
  peak: 0.002,
});
const convolutional = (k: Key): Recipe<ReturnType<typeof initCnn>> => ({
  name: 'cnn',
  initial: initCnn(k, { side: SIDE, channels: [1, 16, 32], size: 3, widths: [128, 10] }),
  logits: (params, x) => cnn(params, x.reshape([-1, SIDE, SIDE, 1])),
  epochs: 8,
  peak: 0.004,
});

const experiment: Experiment = {
  name: 'library/mnist',
  about:
    'A perceptron and a small convolutional network on all of MNIST, digits shifted by up to one pixel, beside PyTorch where it is installed.',
  seed: 1,
  parts: ['mlp', 'cnn'],
  sanity: { mlpAccuracy: { atLeast: 0.983 }, cnnAccuracy: { atLeast: 0.99 } },
  run(options) {
    const [forMlp, forCnn, forBatches] = split(key(this.seed), 3);
    const data = loadMnist();
    return options.part === 'mlp'
      ? measure(perceptron(forMlp), data, forBatches, options)
      : measure(convolutional(forCnn), data, forBatches, options);
  },
};
export default experiment;

async function measure<P>(
  { name, initial, logits, epochs, peak }: Recipe<P>,
  { train, test }: Mnist,
  k: Key,
  { quick, onStep, folder }: RunOptions,
): Promise<Found> {
  const steps = quick ? 20 : epochs * PER_EPOCH;
  const optimizer = adam(initial, { learningRate: oneCycle({ peak, steps }) });
  type State = Parameters<typeof optimizer.params>[0];
  const loss = (params: Tensors<P>, { x, y }: { x: tf.Tensor; y: tf.Tensor }) => crossEntropy(logits(params, x), y);
  const step = compile(trainingStep(optimizer, loss), { donate: [0] });
  const [forRows, forShifts] = split(k);
  const rows = minibatches(forRows, train.labels.length, BATCH);
  const file = join(folder, `${name}.safetensors`);
  const training = resume(file, run(optimizer.init(initial), { name, config: { epochs, peak } }));
  await fit(training, {
    step,
    batch: (i) => shifted(train, rows(i), fold(forShifts, i)),
    steps,
    checkpoint: { file, every: PER_EPOCH },
    onStep: (done, note) => onStep(done, steps, note),
  });

  const hits = compile((state: State, x: tf.Tensor, y: tf.Tensor) =>
    logits(optimizer.params(state), x).argMax(1).equal(y).cast('float32').sum(),
  );
  let right = 0;
  for (let i = 0; i < test.labels.length; i += 1000) {
    const x = { data: test.images.data.subarray(i * PIXELS, (i + 1000) * PIXELS), shape: [1000, SIDE, SIDE] };
    right += (await hits(training.state, x, test.labels.subarray(i, i + 1000))).item();
  }
  const n = test.labels.length;
  const theirs = quick ? undefined : peer(name, epochs, peak);
  return {
    numbers: {
      [`${name}Accuracy`]: share(right / n, n, `${name}: accuracy on the 10,000 test images`),
      ...(theirs && { [`${name}AccuracyPyTorch`]: share(theirs.accuracy, n, `${name}: PyTorch's accuracy after the same training`) }),
    },
    pinned: { [name]: training.losses.at(-1)! },
    minutes: { [name]: training.seconds / 60, ...(theirs && { [`${name}PyTorch`]: theirs.minutes }) },
  };
}

/** The rows of a step, each moved by up to one pixel down or up and to a side. */
function shifted({ images, labels }: LabelledImages, rows: Int32Array, k: Key) {
  const x = new Float32Array(rows.length * PIXELS);
  const by = randint(k, [rows.length, 2], -1, 2).data;
  rows.forEach((row, b) => {
    const [down, right] = [by[2 * b], by[2 * b + 1]];
    for (let r = Math.max(0, down); r < SIDE + Math.min(0, down); r++)
      for (let c = Math.max(0, right); c < SIDE + Math.min(0, right); c++)
        x[b * PIXELS + r * SIDE + c] = images.data[row * PIXELS + (r - down) * SIDE + c - right];
  });
  return { x: { data: x, shape: [rows.length, SIDE, SIDE] }, y: Int32Array.from(rows, (row) => labels[row]) };
}

/** The same training in PyTorch, in the Python that `LEMMATA_TORCH_PYTHON` names, or the first that has it. */
function peer(model: string, epochs: number, peak: number): { accuracy: number; minutes: number } | undefined {
  const script = fileURLToPath(new URL('mnist.peer.py', import.meta.url));
  const pythons = [process.env.LEMMATA_TORCH_PYTHON ?? [], '.venv/bin/python', 'python3'].flat();
  const python = pythons.find((name) => spawnSync(name, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0);
  if (!python) return undefined;
  const { status, stdout } = spawnSync(python, [script, model, `${epochs}`, `${peak}`, `${availableParallelism()}`], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`mnist: ${python} ${script} failed`);
  return JSON.parse(stdout);
}
