import type * as tf from '@tensorflow/tfjs';
import { type LabelledImages, loadMnist } from '../src/datasets/index.js';
import { crossEntropy, meanSquaredError } from '../src/nn/index.js';
import { type HostArray, type Key, randint, split, uniform } from '../src/tensor/index.js';

/** A task on short sequences that a small recurrent net learns in some seconds, or does not. */
export interface Task {
  readonly inputs: number;
  readonly outputs: number;
  readonly width: number;
  readonly batch: number;
  readonly steps: number;
  /** x [B, T, F] and y, fresh ones of a key; of test data where they are not the same. */
  data(k: Key, B: number, of: 'train' | 'test'): { x: HostArray; y: HostArray };
  /** From outputs at every step to a loss, and to a score by which a run has solved the task or not. */
  loss(outputs: tf.Tensor, y: tf.Tensor): tf.Tensor;
  score(outputs: tf.Tensor, y: tf.Tensor): tf.Tensor;
  solved(score: number): boolean;
}
const last = (outputs: tf.Tensor) => outputs.slice([0, outputs.shape[1]! - 1, 0], [-1, 1, -1]).squeeze([1]);

const SIDE = 14;
const ADDING_STEPS = 40;
const [SYMBOLS, DELAY, ALPHABET] = [4, 6, 4];
const COPY_STEPS = 2 * SYMBOLS + DELAY;
const recall = (outputs: tf.Tensor) => outputs.slice([0, COPY_STEPS - SYMBOLS, 0], [-1, -1, -1]).reshape([-1, ALPHABET]);
const accuracy = (logits: tf.Tensor, y: tf.Tensor) => logits.argMax(-1).equal(y.flatten()).cast('float32').mean();

/** Three of them, by name. */
export const TASKS: Readonly<Record<string, Task>> = {
  /** Two marked ones of 40 numbers are added (Hochreiter & Schmidhuber 1997); a constant has a mean squared error of 1/6. */
  adding: {
    inputs: 2,
    outputs: 1,
    width: 16,
    batch: 32,
    steps: 500,
    data(k, B) {
      const [forNumbers, forMarks] = split(k);
      const [T, numbers] = [ADDING_STEPS, uniform(forNumbers, [B, ADDING_STEPS]).data];
      const marks = randint(forMarks, [B, 2], 0, T / 2).data;
      const x = Float32Array.from({ length: 2 * B * T }, (_, i) => (i % 2 === 0 ? numbers[i / 2] : 0));
      const y = Float32Array.from({ length: B }, (_, b) => {
        const places = [b * T + marks[2 * b], b * T + T / 2 + marks[2 * b + 1]];
        for (const place of places) x[2 * place + 1] = 1;
        return numbers[places[0]] + numbers[places[1]];
      });
      return { x: { data: x, shape: [B, T, 2] }, y: { data: y, shape: [B, 1] } };
    },
    loss: (outputs, y) => meanSquaredError(last(outputs), y),
    score: (outputs, y) => last(outputs).sub(y).square().mean(),
    solved: (error) => error < 0.02,
  },
  /** Four symbols of four are said again after six blanks; a guess is right at one of four. */
  copy: {
    inputs: ALPHABET + 2,
    outputs: ALPHABET,
    width: 24,
    batch: 32,
    steps: 1200,
    data(k, B) {
      const symbols = randint(k, [B, SYMBOLS], 0, ALPHABET).data;
      const x = new Float32Array(B * COPY_STEPS * (ALPHABET + 2));
      const set = (b: number, t: number, symbol: number) => {
        x[(b * COPY_STEPS + t) * (ALPHABET + 2) + symbol] = 1;
      };
      for (let b = 0; b < B; b++)
        for (let t = 0; t < COPY_STEPS; t++)
          set(b, t, t < SYMBOLS ? symbols[b * SYMBOLS + t] : t === SYMBOLS + DELAY - 1 ? ALPHABET + 1 : ALPHABET);
      return { x: { data: x, shape: [B, COPY_STEPS, ALPHABET + 2] }, y: { data: symbols, shape: [B, SYMBOLS] } };
    },
    loss: (outputs, y) => crossEntropy(recall(outputs), y.flatten()),
    score: (outputs, y) => accuracy(recall(outputs), y),
    solved: (share) => share > 0.95,
  },
  /** Digits of MNIST, read by rows of halved height and width: 14 steps of 14. */
  digits: {
    inputs: 14,
    outputs: 10,
    width: 24,
    batch: 64,
    steps: 600,
    data: digits,
    loss: (outputs, y) => crossEntropy(last(outputs), y),
    score: (outputs, y) => accuracy(last(outputs), y),
    solved: (share) => share > 0.9,
  },
};

let halves: Record<'train' | 'test', { x: Float32Array; labels: Int32Array }> | undefined;
/** MNIST at half its height and width, each pixel the mean of four. */
function halved() {
  const half = ({ images, labels }: LabelledImages) => {
    const x = new Float32Array(labels.length * SIDE * SIDE);
    for (let i = 0; i < x.length; i++) {
      const [image, row, column] = [Math.floor(i / (SIDE * SIDE)), Math.floor(i / SIDE) % SIDE, i % SIDE];
      const corner = (image * 2 * SIDE + 2 * row) * 2 * SIDE + 2 * column;
      x[i] = (images.data[corner] + images.data[corner + 1] + images.data[corner + 2 * SIDE] + images.data[corner + 2 * SIDE + 1]) / 4;
    }
    return { x, labels };
  };
  if (halves) return halves;
  const { train, test } = loadMnist();
  halves = { train: half(train), test: half(test) };
  return halves;
}

function digits(k: Key, B: number, of: 'train' | 'test') {
  const { x, labels } = halved()[of];
  const rows = randint(k, [B], 0, labels.length).data;
  const data = new Float32Array(B * SIDE * SIDE);
  rows.forEach((row, b) => {
    data.set(x.subarray(row * SIDE * SIDE, (row + 1) * SIDE * SIDE), b * SIDE * SIDE);
  });
  return { x: { data, shape: [B, SIDE, SIDE] }, y: { data: Int32Array.from(rows, (row) => labels[row]), shape: [B] } };
}
