import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs';
import type { LabelledImages } from '../../../src/datasets/index.js';
import { adam, oneCycle, trainingStep } from '../../../src/optim/index.js';
import { compile, fold, type HostArray, type Key, split } from '../../../src/tensor/index.js';
import { fit, minibatches, resume, run } from '../../../src/train/index.js';
import { rowsOf } from './images.js';
import type { Batch, Net } from './nets.js';

export const BATCH = 256;

/** Class probabilities of one function: [n, 10] of images [n, 784]. */
export type Classifier = (x: HostArray<Float32Array>) => Promise<Float32Array>;

export interface Training {
  readonly k: Key;
  readonly steps: number;
  readonly peak: number;
  /** T: the divergence counts T times. */
  readonly temperature?: number;
  /** A checkpoint of its own. */
  readonly file: string;
  readonly onStep: (done: number, note: string) => void;
}

/** A trained net as functions that can be drawn, with the loss of its last steps and the minutes it took. */
export async function trained(net: Net, data: LabelledImages, rowsOfData: number, training: Training) {
  const { k, steps, peak, temperature = 1, file, onStep } = training;
  const [forInit, forRows, forNoise, forDraws] = split(k, 4);
  const initial = net.initial(forInit);
  const optimizer = adam(initial as never, { learningRate: oneCycle({ peak, steps }) });
  type State = Parameters<typeof optimizer.params>[0];
  const step = compile(trainingStep(optimizer, net.loss as never), { donate: [0] });
  const rows = minibatches(forRows, rowsOfData, BATCH);
  const weight = temperature / rowsOfData;
  const here = resume(file, run(optimizer.init(initial as never), { name: 'digits', config: { steps, peak, temperature } }));
  await fit(here, {
    step: step as never,
    batch: (i) => ({ ...rowsOf(data, rows(i)), noise: net.noise(fold(forNoise, i), BATCH), weight }) as never,
    steps,
    checkpoint: { file, every: 500 },
    onStep,
  });
  const probabilities = compile((state: State, x: tf.Tensor, draw: tf.Tensor[]) =>
    net.logits(optimizer.params(state) as never, x, draw).softmax(-1),
  );
  const drawn =
    (s: number): Classifier =>
    async (x) => {
      const out = (await probabilities(here.state, x as never, (net.draw?.(fold(forDraws, s)) ?? []) as never)) as { data(): Float32Array };
      return out.data().slice();
    };
  return { drawn, loss: here.losses.at(-1)!, minutes: here.seconds / 60 };
}

export type { Batch };
export const checkpointOf = (folder: string, name: string): string => join(folder, `${name}.safetensors`);
