import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs';
import { pgd, type Raised, randomStart } from '../../../src/attack/index.js';
import { type LabelledImages, loadMnist } from '../../../src/datasets/index.js';
import { crossEntropy } from '../../../src/nn/index.js';
import { adam, cosine, oneCycle, type Tensors, trainingStep } from '../../../src/optim/index.js';
import { compile, fold, key, normal, split, toTf } from '../../../src/tensor/index.js';
import { fit, minibatches, resume, run } from '../../../src/train/index.js';
import { EPSILON, initNet, logitsOf, type NetParams, PIXEL, SIDE, worstOf } from './nets.js';

const PIXELS = SIDE * SIDE;

/**
 * How a net is trained. Nothing of it was chosen on the test images, but for the net of the intervals: with 16 and 32 filters and 12 epochs it
 * had left 17.4 % of them open, and was then made wider and trained for longer.
 */
export const RECIPES = {
  natural: { epochs: 3, peak: 0.002, batch: 128, filters: [16, 32] },
  // One step of 1.25 ε from a random start: Wong, Rice & Kolter 2020, algorithm 3.
  fast: { epochs: 10, peak: 0.002, batch: 128, filters: [16, 32] },
  // Steps of ε / 3, which cross the ball from a random start: Madry et al. 2018 with fewer and longer ones.
  pgd: { epochs: 16, peak: 0.002, batch: 128, filters: [16, 32] },
  // ε rises to more than it is tested with, and half of the loss stays that of the images themselves: Gowal et al. 2018.
  ibp: { epochs: 40, peak: 0.001, batch: 100, filters: [32, 64] },
  // Images with the noise that smoothing draws: Cohen, Rosenfeld & Kolter 2019.
  noisy: { epochs: 4, peak: 0.002, batch: 128, filters: [16, 32] },
} as const;
/** What there is to compare. */
export type Recipe = keyof typeof RECIPES;

/** Steps of an attack in training and their size; ε at the end of a training by intervals. */
export const [STEPS, STEP_SIZE, EPSILON_IBP] = [7, 0.1, 0.36];
/** Of a training, the part after which the ball begins to grow and that after which it has its size. */
const GROWTH = { natural: [0, 0], fast: [0, 0.25], pgd: [0, 0.25], ibp: [0.03, 0.45], noisy: [0, 0] } as const;
/** σ of the noise on each pixel. */
export const SIGMA = 0.5;
/** How often a training stops to look at the test images, and how many of them are attacked then, by how many steps of PGD. */
const [LOOKS, ATTACKED, LOOK_STEPS] = [10, 1000, 20];

/** What a net could do at some time of its training. */
export interface Look {
  readonly epochs: number;
  /** Processor minutes of training until then. */
  readonly minutes: number;
  /** Errors on all test images, that under attack on the first of them, and that which interval bounds leave open. */
  readonly error: number;
  readonly attackedError: number;
  readonly verifiedError: number;
}

/** The first weights of a recipe, its step and the batch of each. */
export function learner(recipe: Recipe, { seed, slice }: { seed: number; slice?: number }) {
  const { train } = loadMnist();
  const { epochs, peak, batch: size, filters } = RECIPES[recipe];
  const [forNet, forRows, forNoise] = split(fold(key(seed), Object.keys(RECIPES).indexOf(recipe)), 3);
  const initial = initNet(forNet, filters);
  const perEpoch = Math.floor(train.labels.length / size);
  const steps = slice ?? epochs * perEpoch;
  const optimizer = adam(initial, { learningRate: recipe === 'ibp' ? cosine({ from: peak, steps }) : oneCycle({ peak, steps }) });
  type Params = Tensors<typeof initial>;
  type State = Parameters<typeof optimizer.params>[0];
  type Batch = { x: tf.Tensor; y: tf.Tensor; start: tf.Tensor; risen: tf.Tensor };

  const lossOf = (params: Params, x: tf.Tensor, y: tf.Tensor) => crossEntropy(logitsOf(params, x), y);
  const attack = (loss: Raised, { x, start }: Batch) =>
    recipe === 'fast'
      ? pgd(loss, x, { epsilon: EPSILON, box: PIXEL, stepSize: 1.25 * EPSILON, steps: 1, start })
      : pgd(loss, x, { epsilon: EPSILON, box: PIXEL, stepSize: STEP_SIZE, steps: STEPS, start });
  const attacked = (state: State, batch: Batch) => {
    const { x, y, risen } = batch;
    const worst = attack((x) => lossOf(optimizer.params(state), x, y), batch);
    // At full size from the first step on the net learns nothing: its loss stays that of a guess.
    const near = x.add(worst.sub(x).mul(risen));
    return trainingStep(optimizer, (params: Params) => lossOf(params, near, y))(state);
  };
  const learn = {
    natural: trainingStep(optimizer, (params: Params, { x, y }: Batch) => lossOf(params, x, y)),
    fast: attacked,
    pgd: attacked,
    ibp: trainingStep(optimizer, (params: Params, { x, y, risen }: Batch) => {
      const [own, worst] = [lossOf(params, x, y), crossEntropy(worstOf(params, x, y, risen.mul(EPSILON_IBP)), y)];
      return own.add(worst.sub(own).mul(risen.div(2)));
    }),
    noisy: trainingStep(optimizer, (params: Params, { x, y, start }: Batch) => lossOf(params, x.add(start.mul(SIGMA)), y)),
  }[recipe];

  const rows = minibatches(forRows, train.labels.length, size);
  const noise = (i: number) => {
    const shape = [size, SIDE, SIDE, 1];
    if (recipe === 'noisy') return normal(fold(forNoise, i), shape);
    return recipe === 'natural' || recipe === 'ibp' ? 0 : randomStart(fold(forNoise, i), 'linf', shape);
  };
  const [from, to] = GROWTH[recipe];
  const batch = (i: number) => ({
    ...imagesAt(train, rows(i)),
    start: noise(i),
    risen: Math.min(Math.max((i / steps - from) / (to - from || 1), 0), 1),
  });
  const step = compile((state: State, batch: Batch) => learn(state, batch), { donate: [0] });
  const paramsOf = (state: State) => optimizer.params(state) as NetParams;
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
  const { epochs, peak } = RECIPES[recipe];
  const { first, paramsOf, step, batch, steps, perEpoch } = learner(recipe, { seed, slice: quick ? 4 : undefined });
  const files = { run: join(folder, `${recipe}.safetensors`), looks: join(folder, `${recipe}-looks.json`) };
  const training = resume(files.run, run(first, { name: recipe, seed, config: { epochs, peak } }));
  const looks: Look[] = existsSync(files.looks) ? JSON.parse(readFileSync(files.looks, 'utf8')) : [];
  const look = lookAt(paramsOf, loadMnist().test, quick);
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

/** What a net can do: whether it is right, whether it withstands some steps of PGD from the image, and whether the intervals say that it does. */
function lookAt<S>(paramsOf: (state: S) => NetParams, test: LabelledImages, quick: boolean) {
  const [group, all, attacked] = quick ? [100, 100, 100] : [500, test.labels.length, ATTACKED];
  const counts = compile((state: S, x: tf.Tensor, y: tf.Tensor) => {
    const params = paramsOf(state);
    const count = (hits: tf.Tensor) => hits.cast('float32').sum();
    return {
      wrong: count(logitsOf(params, x).argMax(1).notEqual(y)),
      open: count(worstOf(params, x, y, EPSILON).greaterEqual(0).sum(1).greater(1)),
    }; // the label's own 0 beside another
  });
  const fooled = compile((state: S, x: tf.Tensor, y: tf.Tensor) => {
    const params = paramsOf(state);
    const raised = (x: tf.Tensor) => crossEntropy(logitsOf(params, x), y);
    const worst = pgd(raised, x, { epsilon: EPSILON, box: PIXEL, steps: quick ? 2 : LOOK_STEPS });
    return logitsOf(params, worst).argMax(1).notEqual(y).cast('float32').sum();
  });
  return async (state: never): Promise<Pick<Look, 'error' | 'attackedError' | 'verifiedError'>> => {
    let [wrong, open, lost] = [0, 0, 0];
    for (let from = 0; from < all; from += group) {
      const { x, y } = imagesAt(
        test,
        Array.from({ length: group }, (_, i) => from + i),
      );
      const found = await counts(state, x, y);
      wrong += found.wrong.item();
      open += found.open.item();
      if (from < attacked) lost += (await fooled(state, x, y)).item();
    }
    return { error: wrong / all, attackedError: lost / attacked, verifiedError: open / all };
  };
}

/** Images [n, 28, 28, 1] and labels [n] of some rows. */
export function imagesAt({ images, labels }: LabelledImages, rows: ArrayLike<number>) {
  const x = new Float32Array(rows.length * PIXELS);
  Array.from(rows, (row, b) => x.set(images.data.subarray(row * PIXELS, (row + 1) * PIXELS), b * PIXELS));
  return { x: { data: x, shape: [rows.length, SIDE, SIDE, 1] }, y: Int32Array.from(rows, (row) => labels[row]) };
}
