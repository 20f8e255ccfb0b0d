import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs';
import { type LabelledImages, loadMnist } from '../../../src/datasets/index.js';
import { crossEntropy } from '../../../src/nn/index.js';
import { adam, averaged, oneCycle, trainingStep } from '../../../src/optim/index.js';
import { compile, fold, key, split, toTf } from '../../../src/tensor/index.js';
import { fit, minibatches, resume, run } from '../../../src/train/index.js';
import { EPSILON, SIDE } from '../digits/nets.js';
import { imagesAt } from '../digits/train.js';
import { type Form, initNet, type NetParams, netOf } from './net.js';

/** How a net is trained. */
export interface Recipe {
  readonly form: Form;
  readonly epochs: number;
  readonly peak: number;
  readonly batch: number;
  /** ε at the end, and the part of the training in which it grows. */
  readonly epsilon: number;
  readonly growth: readonly [from: number, to: number];
  /** Of the loss at the end, the part which is that of the images themselves. */
  readonly own: number;
}

/** Training images at the end of the set that nothing learns from: what is chosen is chosen on them. */
export const HELD_BACK = 5000;
const DECAY = 0.999;
/** How often a training stops to look at the images held back. */
const LOOKS = 10;

/** What a net could do on the images held back at some time of its training. */
export interface Look {
  readonly epochs: number;
  /** Of the processor. */
  readonly minutes: number;
  readonly error: number;
  readonly verifiedError: number;
}

/** The training images without those held back, and these. */
export function parted(): { learnt: LabelledImages; heldBack: LabelledImages } {
  const { train } = loadMnist();
  const [n, one] = [train.labels.length - HELD_BACK, SIDE * SIDE];
  const some = (from: number, to?: number) => {
    const labels = train.labels.slice(from, to);
    return { images: { data: train.images.data.slice(from * one, to && to * one), shape: [labels.length, SIDE, SIDE, 1] }, labels };
  };
  return { learnt: some(0, n) as never, heldBack: some(n) as never };
}

/** The first weights, the step and the batch of each. */
export function learner({ form, epochs, peak, batch: size, epsilon, growth, own: part }: Recipe, seed: number, slice?: number) {
  const { learnt } = parted();
  const [forNet, forRows] = split(fold(key(seed), 70));
  const initial = initNet(forNet, form);
  const perEpoch = Math.floor(learnt.labels.length / size);
  const steps = slice ?? epochs * perEpoch;
  const optimizer = averaged(initial, adam(initial, { learningRate: oneCycle({ peak, steps }) }), { decay: DECAY });
  type State = Parameters<typeof optimizer.params>[0];
  type Batch = { x: tf.Tensor; y: tf.Tensor; risen: tf.Tensor };
  const net = netOf(form);
  const learn = trainingStep(optimizer, (params: NetParams, { x, y, risen }: Batch) => {
    const own = crossEntropy(net.logits(params, x), y);
    const worst = crossEntropy(net.worst(params, x, y, risen.mul(epsilon)), y);
    return own.add(worst.sub(own).mul(risen.mul(1 - part)));
  });
  const rows = minibatches(forRows, learnt.labels.length, size);
  const [from, to] = growth;
  const batch = (i: number) => {
    const { x, y } = imagesAt(learnt, rows(i));
    return { x, y, risen: Math.min(Math.max((i / steps - from) / (to - from || 1), 0), 1) };
  };
  const step = compile((state: State, batch: Batch) => learn(state, batch), { donate: [0] });
  const paramsOf = (state: State) => optimizer.average(state) as NetParams;
  return { first: optimizer.init(initial), paramsOf, step, batch, steps, perEpoch };
}

/** The net of a recipe after all its epochs, or after some steps. */
export async function trained(
  recipe: Recipe,
  {
    seed,
    quick,
    folder,
    onStep,
  }: { seed: number; quick: boolean; folder: string; onStep: (done: number, total: number, note?: string) => void },
): Promise<{ params: NetParams; loss: number; looks: readonly Look[] }> {
  const { epochs } = recipe;
  const { first, paramsOf, step, batch, steps, perEpoch } = learner(recipe, seed, quick ? 4 : undefined);
  const files = { run: join(folder, 'net.safetensors'), looks: join(folder, 'looks.json') };
  const training = resume(files.run, run(first, { name: 'intervals', seed, config: { epochs, peak: recipe.peak } }));
  const looks: Look[] = existsSync(files.looks) ? JSON.parse(readFileSync(files.looks, 'utf8')) : [];
  const look = lookAt(netOf(recipe.form), paramsOf, parted().heldBack, quick ? 100 : HELD_BACK);
  const parts = quick ? 1 : Math.min(LOOKS, epochs);
  for (let part = looks.length; part < parts; part++) {
    const begun = process.cpuUsage();
    const until = Math.round((steps * (part + 1)) / parts);
    await fit(training, {
      ...{ step, batch, steps: until },
      checkpoint: { file: files.run, every: perEpoch },
      onStep: (done, note) => onStep(done, steps, note),
    });
    const { user, system } = process.cpuUsage(begun);
    const minutes = (looks.at(-1)?.minutes ?? 0) + (user + system) / 6e7;
    looks.push({ epochs: until / perEpoch, minutes, ...(await look(training.state as never)) });
    writeFileSync(files.looks, JSON.stringify(looks));
  }
  return { params: paramsOf(toTf(training.state) as never), loss: training.losses.at(-1)!, looks };
}

/** The errors of a net on images, and those that its intervals leave open. */
function lookAt<S>(net: ReturnType<typeof netOf>, paramsOf: (state: S) => NetParams, images: LabelledImages, all: number) {
  const counts = compile((state: S, x: tf.Tensor, y: tf.Tensor) => {
    const params = paramsOf(state);
    const count = (hits: tf.Tensor) => hits.cast('float32').sum();
    return {
      wrong: count(net.logits(params, x).argMax(1).notEqual(y)),
      open: count(net.worst(params, x, y, EPSILON).greaterEqual(0).sum(1).greater(1)), // the label's own 0 beside another
    };
  });
  return async (state: never): Promise<Pick<Look, 'error' | 'verifiedError'>> => {
    let [wrong, open] = [0, 0];
    const group = Math.min(500, all);
    for (let from = 0; from < all; from += group) {
      const rows = Array.from({ length: group }, (_, i) => from + i);
      const { x, y } = imagesAt(images, rows);
      const found = await counts(state, x, y);
      wrong += found.wrong.item();
      open += found.open.item();
    }
    return { error: wrong / all, verifiedError: open / all };
  };
}
