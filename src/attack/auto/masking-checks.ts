import type * as tf from '@tensorflow/tfjs';
import { fold, type Key } from '../../base/index.js';
import { checkKey, checkNumber, checkOneOf, checkOptions, checkWhole } from '../../base/internal.js';
import { compile } from '../../tensor/index.js';
import { type Ball, checkBall, randomStart, steepest, within } from '../ball.js';
import { slope } from '../fgsm.js';
import {
  byGroups,
  checkImages,
  checkSamples,
  type Grouping,
  isFooled,
  type Logits,
  logitOf,
  marginOf,
  type Samples,
} from './classified.js';
import { square } from './square.js';

/** The ball in L∞, and how long the attacks go on that are compared. */
export interface MaskingOptions extends Ball, Grouping {
  /** L∞, the only norm that the search without gradients knows. */
  readonly norm?: 'linf';
  /** Of starts, squares and signs. */
  readonly key: Key;
  /** Gradients of the iterated attack; 40 when left out. */
  readonly steps?: number;
  /** Queries of the attack without gradients; 500 when left out. */
  readonly queries?: number;
  /** By how much one accuracy may exceed another that it must not exceed; what chance explains on these samples when left out. */
  readonly slack?: number;
}

/** One thing that holds of a classifier whose gradients lead an attack. */
export interface MaskingCheck {
  /** What is asked. */
  readonly check: string;
  /** What was found, a share of the samples, and the most that it may be. */
  readonly value: number;
  /** The accuracy under the other attack, where two are compared. */
  readonly against?: number;
  /** The most that the value may be. */
  readonly limit: number;
  /** Whether it is as it should be. */
  readonly holds: boolean;
}

/** Whether accuracies under attack mean anything here. */
export interface Masking {
  /** Some check fails: the gradients hide something, and robustness against attacks that follow them is none. */
  readonly masked: boolean;
  /** All checks, each with its numbers. */
  readonly checks: readonly MaskingCheck[];
}

/** The share of samples without any gradient, and the accuracy against a ball that holds everything, which a working attack leaves. */
const [NO_GRADIENT, UNBOUNDED] = [0.05, 0.05];
/** Standard errors of a difference that are left to chance, which exceeds them once in 200 times; and queries that cost as much as a gradient. */
const [CHANCE, PER_GRADIENT] = [2.576, 3];

/**
 * Whether a classifier hides its gradients rather than being robust: what a defence that works shows, and one that only stops attacks does not.
 *
 * - the margin has a gradient at nearly every sample;
 * - forty steps do at least as much as one, both from one random start, so that the one step is weaker than `fgsm`;
 * - twice the radius does at least as much as the radius;
 * - without a bound nearly nothing withstands;
 * - an attack without gradients does not do better than one with them that costs as much: a gradient counts as three queries, and from
 *   as many random starts as that allows the worst is taken.
 *
 * Two attacks are tried on the same samples. Where b of them withstand only the stronger and c only the weaker, the accuracy under the stronger
 * may exceed the other by what chance explains (McNemar 1947), so that a robust classifier is called masked by chance in 3 of 200 cases at most:
 *
 *     slack = 2.576 √(b + c) / N
 *
 *     const { masked, checks } = await maskingChecks((x) => cnn(params, x), { x: images, y: labels }, { epsilon: 0.3, box: [0, 1], key: key(1) });
 *
 * @param logits   [B, C] of images [B, rows, columns, F]
 * @param samples  x [N, rows, columns, F] inside the box where there is one, and y [N]
 * @throws         when the ball or a number is not one, or the samples are no images or do not fit
 *
 * Carlini et al. 2019 (On evaluating adversarial robustness), section 5; Athalye, Carlini & Wagner 2018, section 3.1.
 */
export async function maskingChecks(logits: Logits, samples: Samples, options: MaskingOptions): Promise<Masking> {
  checkOptions('maskingChecks', options, ['norm', 'epsilon', 'box', 'key', 'steps', 'queries', 'slack', 'group']);
  const { key, steps = 40, queries = 500, slack, group, ...ball } = options;
  checkBall('maskingChecks', ball);
  checkOneOf('maskingChecks', 'norm', ball.norm ?? 'linf', ['linf']);
  checkNumber('maskingChecks', 'epsilon', ball.epsilon, { above: 0 });
  checkWhole('maskingChecks', 'steps', steps);
  if (slack !== undefined) checkNumber('maskingChecks', 'slack', slack, { from: 0, below: 1 });
  checkKey('maskingChecks', key);
  checkSamples('maskingChecks', samples);
  checkImages('maskingChecks', samples);
  const under = (epsilon: number, steps: number, size: number, k = key) =>
    climbed(logits, samples, { ball: { ...ball, epsilon }, from: ball.epsilon, steps, size, key: k, group });

  const { epsilon, box } = ball;
  // Without a box, ten times the largest element too: a hundred of a small ε need not reach any boundary.
  const largest = samples.x.data.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const everything = box ? box[1] - box[0] : Math.max(100 * epsilon, 10 * largest);
  const size = (2.5 * epsilon) / steps;
  const one = await under(epsilon, 1, epsilon);
  const many = await under(epsilon, steps, size);
  const twice = await under(Math.min(2 * epsilon, everything), steps, 2 * size);
  const unbounded = await under(everything, steps, (2.5 * everything) / steps);
  const blind = (await square(logits, samples, { ...ball, key: fold(key, 2), queries, group })).fooled;
  let most = many;
  for (let start = 1; start < Math.round(queries / (PER_GRADIENT * steps)); start++) {
    const next = await under(epsilon, steps, size, fold(fold(key, 3), start));
    most = most.map((hit, i) => Math.max(hit, next[i]));
  }
  const search = `accuracy under ${steps} steps, against that under a search without gradients`;
  const checks: Omit<MaskingCheck, 'holds'>[] = [
    { check: 'samples whose margin has no gradient', value: await withoutGradient(logits, samples, group), limit: NO_GRADIENT },
    { check: `accuracy under ${steps} steps, against that under one`, ...compared(many, one, slack) },
    { check: 'accuracy in twice the radius, against that in the radius', ...compared(twice, many, slack) },
    { check: 'accuracy without a bound', value: standing(unbounded), limit: UNBOUNDED },
    { check: search, ...compared(most, blind, slack) },
  ];
  const judged = checks.map((row) => ({ ...row, holds: row.value <= row.limit }));
  return { masked: judged.some(({ holds }) => !holds), checks: judged };
}

/** The share of the samples that withstood. */
const standing = (fooled: Uint8Array): number => fooled.reduce((sum, one) => sum + 1 - one, 0) / fooled.length;

/** The accuracy under an attack that should be the stronger of two, that under the other, and the most that it may be. */
function compared(stronger: Uint8Array, weaker: Uint8Array, slack?: number) {
  const apart = stronger.reduce((sum, hit, i) => sum + Number(hit !== weaker[i]), 0);
  const against = standing(weaker);
  return { value: standing(stronger), against, limit: against + (slack ?? (CHANCE * Math.sqrt(apart)) / stronger.length) };
}

/** The share of the samples whose margin does not move with any element. */
async function withoutGradient(logits: Logits, samples: Samples, group?: number): Promise<number> {
  const flat = compile((x: tf.Tensor, y: tf.Tensor) => {
    const gradient = slope((x) => marginOf(logits(x), y), x);
    return gradient.reshape([x.shape[0], -1]).abs().max(1).equal(0).cast('float32');
  });
  const { fooled } = await byGroups('maskingChecks', samples, { group }, async ({ x, y }) => ({
    x: x.data,
    fooled: Uint8Array.from((await flat(x, y)).data(), Number),
  }));
  flat.release();
  return fooled.reduce((sum, one) => sum + one, 0) / fooled.length;
}

/** Which samples projected steps on the cross-entropy fool, at the sample, at a random start as far off as `from` or on the way. */
async function climbed(
  logits: Logits,
  samples: Samples,
  { ball, from, steps, size, key, group }: { ball: Ball; from: number; steps: number; size: number; key: Key; group?: number },
): Promise<Uint8Array> {
  const lossOf = (x: tf.Tensor, y: tf.Tensor) => {
    const z = logits(x);
    return z.logSumExp(1).sub(logitOf(z, y));
  };
  const step = compile(({ at, fooled }: { at: tf.Tensor; fooled: tf.Tensor }, x: tf.Tensor, y: tf.Tensor) => {
    const next = within(
      ball,
      x,
      at.add(
        steepest(
          slope((x) => lossOf(x, y), at),
          ball.norm,
        ).mul(size),
      ),
    );
    return { at: next, fooled: fooled.maximum(isFooled(logits(next), y).cast('float32')) };
  });
  const begin = compile((x: tf.Tensor, start: tf.Tensor, y: tf.Tensor) => {
    const at = within(ball, x, x.add(start.mul(from)));
    return {
      at,
      fooled: isFooled(logits(x), y)
        .logicalOr(isFooled(logits(at), y))
        .cast('float32'),
    };
  });
  const { fooled } = await byGroups('maskingChecks', samples, { group }, async ({ x, y, index }) => {
    let state: Awaited<ReturnType<typeof begin>> = await begin(x, randomStart(fold(key, index), ball.norm ?? 'linf', x.shape), y);
    for (let k = 0; k < steps; k++) state = (await step(state as never, x, y)) as never;
    return { x: x.data, fooled: Uint8Array.from(state.fooled.data(), Number) };
  });
  begin.release();
  step.release();
  return fooled;
}
