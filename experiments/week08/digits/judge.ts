import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { type AttackReport, autoAttack, certify, type Masking, maskingChecks, type Samples } from '../../../src/attack/index.js';
import { loadMnist } from '../../../src/datasets/index.js';
import { compile, fold, type Key, key, permutation } from '../../../src/tensor/index.js';
import { type Climb, climber, PACE, standing } from './climb.js';
import { EPSILON, logitsOf, type NetParams, PIXEL, worstOf } from './nets.js';
import { imagesAt, type Recipe, SIGMA, trained } from './train.js';

/** How much is tried. */
export interface Effort {
  /** Test images that are attacked, the first of a random order, and how many at a time. */
  readonly images: number;
  readonly shard: number;
  /** Random starts of PGD, and gradients that it follows. */
  readonly restarts: number;
  readonly steps: readonly number[];
  /** Of AutoAttack: gradients, targets and queries. */
  readonly auto: { readonly steps: number; readonly targets: number; readonly queries: number };
  /** Of the attack in balls of other radii and of the one from another net: images and steps. */
  readonly tried: number;
  readonly gradients: number;
  /** Images that the checks for hidden gradients look at, and their queries. */
  readonly checked: number;
  readonly queries: number;
  /** Images that are smoothed, and draws. */
  readonly smoothed: number;
  readonly draws: number;
}

/** What is left of a net. */
export interface Judged {
  /** Counts of the images that are attacked. */
  readonly images: number;
  /** Of these, those that the intervals certify: they need no attack. */
  readonly sure: number;
  readonly clean: number;
  readonly fgsm: number;
  readonly pgd: readonly number[];
  readonly auto: number;
  readonly attacks: readonly AttackReport[];
  /** Right under what deceives another net, of those tried. */
  readonly transfer: number;
  /** Right under PGD by ε, of those tried. */
  readonly radii: readonly { readonly epsilon: number; readonly right: number }[];
  /** Right and left open by the intervals, of all test images. */
  readonly right: number;
  readonly open: readonly { readonly epsilon: number; readonly count: number }[];
  readonly masking: Masking;
}

const RADII = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4];
const GROUP = 500;
/** An upper bound of a margin below this is a certificate whatever its sums are rounded to. */
const SURE = -1e-3;

export interface JudgeOptions {
  readonly recipe: Recipe;
  readonly seed: number;
  readonly folder: string;
  readonly effort: Effort;
  readonly quick: boolean;
  readonly onPart: (note: string) => void;
}

/** Test images in a random order, which is the same for every net. */
export function testImages(seed: number) {
  const { test } = loadMnist();
  const order = permutation(fold(key(seed), 99), test.labels.length).data;
  return {
    all: order.length,
    at: (places: ArrayLike<number>): Samples =>
      imagesAt(
        test,
        Array.from(places, (i) => order[i]),
      ),
  };
}

/** What was found before a run was killed, or is found now. */
export const keeper =
  (folder: string, onPart: (note: string) => void) =>
  async <T>(name: string, find: () => Promise<T>): Promise<T> => {
    const file = join(folder, `${name}.json`);
    if (!existsSync(file)) writeFileSync(file, JSON.stringify(await find()));
    onPart(name);
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  };

const places = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

/** Everything that is asked of a net; what was found is kept in the folder, and a run that was killed goes on from there. */
export async function judge(params: NetParams, { recipe, seed, folder, effort, quick, onPart }: JudgeOptions): Promise<Judged> {
  const images = testImages(seed);
  const kept = keeper(folder, onPart);
  const forAttacks = fold(fold(key(seed), 98), Object.keys({ natural: 0, fast: 0, pgd: 0, ibp: 0, noisy: 0 }).indexOf(recipe));
  const logits = (x: tf.Tensor) => logitsOf(params, x);
  const net = climber(params);

  const whole = await kept('whole', () => withoutAttack(params, images, quick ? 100 : images.all));
  const attacked = places(0, effort.images);
  // What the intervals certify no attack can change, and none is tried on it.
  const tried = attacked.filter((i) => !whole.certified[i]);
  const sure = attacked.length - tried.length;
  const count = { fgsm: sure, pgd: effort.steps.map(() => sure), auto: sure };
  const attacks: AttackReport[] = [];
  for (let from = 0; from < tried.length; from += effort.shard) {
    const shard = tried.slice(from, from + effort.shard);
    const [samples, name] = [images.at(shard), `${from}-${from + shard.length}`];
    const steps = await kept(`steps-${name}`, () => standing(net, samples, { ...effort, key: fold(fold(forAttacks, 0), from) }));
    count.fgsm += steps.fgsm;
    for (const [k, right] of steps.pgd.entries()) count.pgd[k] += right;
  }
  const radii = await kept('radii', async () => {
    const samples = images.at(places(0, effort.tried));
    const found: Judged['radii'][number][] = [];
    for (const epsilon of quick ? RADII.slice(0, 1) : RADII) {
      const how = { epsilon, steps: effort.gradients, pace: 2.5 / effort.gradients };
      found.push({ epsilon, right: sumOf(await deceived(net, net, samples, how, effort.shard)) });
    }
    return found;
  });
  const transfer = await kept('transfer', async () => {
    // An attacker who does not know the net trains one of the same kind, of other first weights.
    const own = join(folder, 'other');
    mkdirSync(own, { recursive: true });
    const other = await trained('natural', { seed: seed + 1, quick, folder: own, onStep: () => {} });
    const how = { epsilon: EPSILON, steps: effort.gradients, pace: PACE };
    return sumOf(await deceived(climber(other.params), net, images.at(places(0, effort.tried)), how, effort.shard));
  });
  const masking = await kept('masking', () => checked(logits, images.at(places(0, effort.checked)), fold(forAttacks, 2), effort));
  net.release();
  for (let from = 0; from < tried.length; from += effort.shard) {
    const shard = tried.slice(from, from + effort.shard);
    const reports = await kept(`auto-${from}-${from + shard.length}`, async () => {
      const options = {
        ...effort.auto,
        epsilon: EPSILON,
        box: PIXEL,
        key: fold(fold(forAttacks, 1), from),
        group: Math.min(250, shard.length),
      };
      const onAttack = ({ attack, tried, fooled }: AttackReport) => onPart(`from ${from}: ${attack} fooled ${fooled} of ${tried}`);
      return (await autoAttack(logits, images.at(shard), { ...options, onAttack })).attacks;
    });
    count.auto += shard.length - reports.reduce((sum, { fooled }) => sum + fooled, 0);
    for (const report of reports) {
      const at = attacks.findIndex(({ attack }) => attack === report.attack);
      if (at < 0) attacks.push(report);
      else attacks[at] = { ...report, tried: attacks[at].tried + report.tried, fooled: attacks[at].fooled + report.fooled };
    }
  }
  return {
    images: attacked.length,
    sure,
    clean: attacked.filter((i) => whole.right[i]).length,
    ...count,
    ...{ attacks, transfer, radii, masking },
    right: sumOf(whole.right),
    open: whole.open,
  };
}

const sumOf = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0);

/** What a net is right about and what the intervals certify, image by image in the random order; and how many they leave open, by ε. */
async function withoutAttack(params: NetParams, images: ReturnType<typeof testImages>, all: number) {
  const found = compile((x: tf.Tensor, y: tf.Tensor, epsilon: tf.Tensor) => {
    // The largest margin of another class: the label's own is 0, and is put out of the way.
    const others = worstOf(params, x, y, epsilon)
      .add(tf.oneHot(y.cast('int32'), 10).cast('float32').mul(-1e9))
      .max(1);
    return { right: logitsOf(params, x).argMax(1).equal(y).cast('float32'), margins: others };
  });
  const right: number[] = [];
  const certified: boolean[] = [];
  const open = RADII.map((epsilon) => ({ epsilon, count: 0 }));
  for (let from = 0; from < all; from += Math.min(GROUP, all)) {
    const { x, y } = images.at(places(from, Math.min(from + GROUP, all)));
    for (const [i, { epsilon }] of open.entries()) {
      const { right: hits, margins } = await found(x, y, epsilon);
      const most = Array.from(margins.data(), Number);
      open[i].count += most.filter((margin) => !(margin < 0)).length;
      if (epsilon !== EPSILON) continue;
      right.push(...Array.from(hits.data(), Number));
      certified.push(...most.map((margin) => margin < SURE));
    }
  }
  found.release();
  return { right, certified, open };
}

/** Which images a net is right about that were changed so that another, or it itself, is wrong. */
async function deceived(
  source: ReturnType<typeof climber>,
  net: ReturnType<typeof climber>,
  { x, y }: Samples,
  how: Climb,
  shard: number,
): Promise<number[]> {
  const one = x.data.length / y.length;
  const right: number[] = [];
  for (let from = 0; from < y.length; from += shard) {
    const labels = y.slice(from, from + shard);
    const some = { data: x.data.slice(from * one, (from + labels.length) * one), shape: [labels.length, ...x.shape.slice(1)] };
    const [own, after] = [await net.hits(some, labels), await net.hits(await source.climb({ x: some, y: labels }, how), labels)];
    right.push(...own.map((hit, i) => hit * after[i]));
  }
  return right;
}

/** Whether a net hides its gradients. */
export const checked = (logits: (x: tf.Tensor) => tf.Tensor, samples: Samples, key: Key, { gradients, queries, checked }: Effort) =>
  maskingChecks(logits, samples, {
    ...{ epsilon: EPSILON, box: PIXEL, key, queries },
    steps: Math.min(40, gradients),
    group: Math.min(250, checked),
  });

/** A net behind a layer through which no gradient passes: grey values rounded to eighths. */
export async function behindRounding(params: NetParams, { seed, folder, effort, onPart }: JudgeOptions) {
  const kept = keeper(folder, onPart);
  const images = testImages(seed);
  const rounded = (x: tf.Tensor) => logitsOf(params, x.mul(8).round().div(8));
  return kept('rounded', () => checked(rounded, images.at(places(0, effort.checked)), fold(key(seed), 97), effort));
}

/** The radii that smoothing certifies, 0 where the label is another or none. */
export async function smoothed(params: NetParams, { seed, folder, effort, onPart }: JudgeOptions): Promise<number[]> {
  const { x, y } = testImages(seed).at(places(0, effort.smoothed));
  return keeper(folder, onPart)('smoothed', async () => {
    const options = { sigma: SIGMA, key: fold(key(seed), 96), select: Math.min(100, effort.draws), draws: effort.draws };
    const found = await certify((x) => logitsOf(params, x), x, options);
    return found.map(({ label, radius }, i) => (label === y[i] ? radius : 0));
  });
}
