import * as tf from '@tensorflow/tfjs';
import { type HostArray, shapeError, sizeOf } from '../../base/index.js';
import { checkWhole } from '../../base/internal.js';
import { checkClassLabels } from '../../nn/index.js';
import { stopGradient } from '../../tensor/index.js';
import { checkHostArray } from '../ball.js';

/** A classifier under attack: logits [B, C] of samples [B, ...]. What it closes over stays as it is while the attack lasts. */
export type Logits = (x: tf.Tensor) => tf.Tensor;

/** Samples x [N, ...] and what they show, y [N]. */
export interface Samples {
  /** [N, ...] */
  readonly x: HostArray<Float32Array>;
  /** [N] classes. */
  readonly y: Int32Array;
}

/** What became of the samples. */
export interface Attacked {
  /** [N, ...]: a sample that is classified wrongly where one was found, else one that was tried. */
  readonly x: HostArray<Float32Array>;
  /** [N], 1 where at a point of the ball, the sample itself included, the label's logit is not above every other: a tie is no right answer. */
  readonly fooled: Uint8Array;
}

/** How many samples are attacked at a time. */
export interface Grouping {
  /** Samples at a time, of which the memory grows; 250 when left out, and all where there are fewer. */
  readonly group?: number;
}

/** The tensors of one group of samples, as an attack's program takes them. */
export interface Group {
  /** [G, ...] */
  readonly x: HostArray<Float32Array>;
  /** [G] */
  readonly y: Int32Array;
  /** Which of all samples they are; the last group repeats its last one until it is full. */
  readonly rows: readonly number[];
  /** The key's number of this group. */
  readonly index: number;
}

/** Samples group by group, all of one size, so that a program is compiled once; what each came to, put together. */
export async function byGroups(
  who: string,
  { x, y }: Samples,
  { group = 250 }: Grouping,
  attack: (group: Group) => Promise<{ x: ArrayLike<number>; fooled: ArrayLike<number> }>,
): Promise<Attacked> {
  checkSamples(who, { x, y });
  checkWhole(who, 'group', group);
  const n = y.length;
  const [size, one] = [Math.min(group, n), sizeOf(x.shape.slice(1))];
  const end: Attacked = { x: { data: new Float32Array(n * one), shape: x.shape }, fooled: new Uint8Array(n) };
  for (let from = 0; from < n; from += size) {
    const rows = Array.from({ length: size }, (_, i) => Math.min(from + i, n - 1));
    const data = new Float32Array(size * one);
    rows.forEach((row, i) => {
      data.set(x.data.subarray(row * one, (row + 1) * one), i * one);
    });
    const given = { data, shape: [size, ...x.shape.slice(1)] };
    const found = await attack({ x: given, y: Int32Array.from(rows, (row) => y[row]), rows, index: from / size });
    for (let i = 0; i < size && from + i < n; i++) {
      end.fooled[from + i] = found.fooled[i];
      for (let j = 0; j < one; j++) end.x.data[(from + i) * one + j] = found.x[i * one + j];
    }
  }
  return end;
}

/** @throws when there is no sample, or not one label for each */
export function checkSamples(who: string, { x, y }: Samples): void {
  checkHostArray(who, x);
  if (x.shape.length < 2 || x.shape[0] !== y.length || y.length === 0)
    throw shapeError(`${who} takes samples x [N, ...] and a label y [N] for each`, { x, y: { shape: [y.length] } });
  checkClassLabels(who, y, 2 ** 31);
}

/** @throws when samples are no images, on which Square's squares lie */
export function checkImages(who: string, { x }: Samples): void {
  if (x.shape.length !== 4)
    throw shapeError(
      `${who} takes images [N, rows, columns, F]; features [N, K] go as [N, K, 1, 1], and the classifier reshapes them to [-1, K]`,
      { x },
    );
}

/**
 * The classifier as it is, and what is to be checked once a program with it has run, since only its logits say how many classes there are.
 *
 * @param least  how many an attack needs, and which part of it
 */
export function countingClasses(who: string, logits: Logits, least = 2, needs = 'an attack') {
  let classes = 0;
  return {
    counted: (x: tf.Tensor): tf.Tensor => {
      const z = logits(x);
      classes = z.shape[1]!;
      if (z.rank !== 2 || classes < least)
        throw new Error(`${who}: ${needs} compares ${least} logits of a sample, [B, C] with C from ${least} up, got [${z.shape}]`);
      return z;
    },
    /** @throws at the first label or target that is no class */
    check: (...labels: readonly Int32Array[]) => {
      for (const some of labels) checkClassLabels(who, some, classes);
    },
  };
}

/** A number for each sample as a column that fits it: [B, 1, …]. */
export const asColumn = (value: tf.Tensor, x: tf.Tensor): tf.Tensor => value.reshape([x.shape[0], ...x.shape.slice(1).map(() => 1)]);

/** For each sample the one of two where the condition [B] holds. */
export const pick = (condition: tf.Tensor, a: tf.Tensor, b: tf.Tensor): tf.Tensor =>
  tf.where(a.rank === 1 ? condition : asColumn(condition, a).logicalAnd(tf.onesLike(a).cast('bool')), a, b);

const hotOf = (labels: tf.Tensor, logits: tf.Tensor) =>
  stopGradient(() => tf.oneHot(labels.cast('int32'), logits.shape[1]!).cast('float32'));

/** The logit of a class for each sample, [B]. */
export const logitOf = (logits: tf.Tensor, classes: tf.Tensor): tf.Tensor => logits.mul(hotOf(classes, logits)).sum(1);

/** How far the label's logit is above every other, [B]: above 0 the sample is classified as its label. */
export const marginOf = (logits: tf.Tensor, labels: tf.Tensor): tf.Tensor =>
  logitOf(logits, labels).sub(logits.sub(hotOf(labels, logits).mul(LARGE)).max(1));

/** 1 where a sample is not classified as its label: also where another logit is as large, or where the logits are no numbers. */
export const isFooled = (logits: tf.Tensor, labels: tf.Tensor): tf.Tensor => marginOf(logits, labels).greater(0).cast('float32').equal(0);

/** The k greatest logits of each sample, each [B]. */
export function greatest(logits: tf.Tensor, k: number): tf.Tensor[] {
  let rest = logits;
  return Array.from({ length: k }, () => {
    const top = rest;
    const hot = stopGradient(() => tf.oneHot(top.argMax(1), top.shape[1]!).cast('float32'));
    rest = top.sub(hot.mul(LARGE));
    return top.mul(hot).sum(1);
  });
}

/** More than logits differ by. */
const LARGE = 1e9;
