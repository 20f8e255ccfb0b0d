import * as tf from '@tensorflow/tfjs';
import { fold, type HostArray, type Key, normal, shapeError, sizeOf, uniform } from '../base/index.js';
import { checkNumber, checkOneOf, checkOptions } from '../base/internal.js';

/** How large a perturbation of one sample is: its largest element, its Euclidean length, or the sum of its elements' sizes. */
export type Norm = 'linf' | 'l2' | 'l1';

/** What an attacker may do to a sample. */
export interface Ball {
  /** L∞ when left out. */
  readonly norm?: Norm;
  /** ε, the largest norm of a perturbation, in units of x: 0.3 is 30 % of an image's range from 0 to 1. */
  readonly epsilon: number;
  /**
   * The least and largest value an element may have: [0, 1] for images. Any when left out, as for returns and other features without bounds.
   * Samples must be inside, which is not checked: of one outside, what is found may be no point of its ball, and accuracies mean nothing.
   */
  readonly box?: readonly [number, number];
}

/** @throws when ε is negative or no number, the norm unknown, or the box empty */
export function checkBall(attack: string, ball: Ball): void {
  checkOptions(attack, ball, ['norm', 'epsilon', 'box']);
  const { norm = 'linf', epsilon, box } = ball;
  checkNumber(attack, 'epsilon', epsilon, { from: 0 }, 'it is in units of x: 0.3 where pixels go from 0 to 1');
  checkOneOf(attack, 'norm', norm, ['linf', 'l2', 'l1']);
  if (box && !(box.length === 2 && box[0] < box[1]))
    throw new Error(`${attack}: the box must be [least, largest], got [${box}]; leave it out for features without bounds`);
}

/** @throws when what an attack is to move, or to start from, is no tensor */
export function checkTensor(attack: string, name: string, value: unknown): void {
  if (!(value instanceof tf.Tensor))
    throw new Error(`${attack}: ${name} must be a tf.Tensor, got ${typeof value}; of an array { data, shape }: toTf(fromTf(${name}))`);
}

/** @throws when samples are no array { data, shape }: a tensor has a function of that name */
export function checkHostArray(attack: string, x: HostArray<Float32Array>): void {
  if (!ArrayBuffer.isView(x?.data))
    throw new Error(`${attack}: x must be { data: Float32Array, shape }; of a tensor t that is { data: t.dataSync(), shape: t.shape }`);
}

/**
 * The perturbation δ brought back into the ball, each sample by itself: the nearest point of the ball.
 *
 *     L∞: clip(δ, ±ε)        L2: δ min(1, ε / ‖δ‖)        L1: sign(δ) max(|δ| − θ, 0), with the θ ≥ 0 that leaves ε of ‖δ‖₁
 *
 * @param delta  [B, ...]
 *
 * L1: Duchi et al. 2008, figure 1. Theorem: thm:pgd-projection.
 */
export function project(delta: tf.Tensor, ball: Ball): tf.Tensor {
  checkOptions('project', ball, ['norm', 'epsilon', 'box']);
  const { norm = 'linf', epsilon } = ball;
  if (norm === 'linf') return delta.clipByValue(-epsilon, epsilon);
  if (norm === 'l1') return shrunk(delta, epsilon);
  return delta.mul(tf.minimum(1, tf.div(epsilon, lengths(delta))));
}

/** sign(δ) max(|δ| − θ, 0) of each sample: θ from the ρ largest |δᵢ|, those that stay above it. */
function shrunk(delta: tf.Tensor, epsilon: number): tf.Tensor {
  const sizes = delta.abs().reshape([delta.shape[0], -1]);
  const n = sizes.shape[1]!;
  const sorted = tf.topk(sizes, n).values;
  const thresholds = sorted
    .cumsum(1)
    .sub(epsilon)
    .div(tf.range(1, n + 1)); // θ, if the first j stay
  const staying = sorted.greater(thresholds).cast('float32').sum(1, true).sub(1).maximum(0); // ρ − 1
  const theta = thresholds.mul(tf.range(0, n).equal(staying).cast('float32')).sum(1).maximum(0);
  return delta.sign().mul(
    delta
      .abs()
      .sub(theta.reshape([-1, ...ofOneSample(delta).map(() => 1)]))
      .maximum(0),
  );
}

/**
 * Perturbed samples brought back into the ball around x and into the box; the box last, which keeps to the ball when x is in the box. In L∞
 * this is the nearest point of both.
 */
export function within(ball: Ball, x: tf.Tensor, perturbed: tf.Tensor): tf.Tensor {
  const near = x.add(project(perturbed.sub(x), ball));
  return ball.box ? near.maximum(ball.box[0]).minimum(ball.box[1]) : near;
}

/**
 * Where the loss rises fastest per unit of the norm: the gradient's sign, the gradient at length 1, or the sign of its largest element (the
 * first of several) alone.
 *
 *     max of g · δ over ‖δ‖ ≤ 1 is ‖g‖₁ in L∞, ‖g‖₂ in L2 and max |gᵢ| in L1
 *
 * Theorem: thm:fgsm-dual.
 */
export function steepest(gradient: tf.Tensor, norm: Norm = 'linf'): tf.Tensor {
  if (norm === 'linf') return gradient.sign();
  if (norm === 'l1') {
    const rows = gradient.reshape([gradient.shape[0], -1]);
    const first = tf.oneHot(rows.abs().argMax(1), rows.shape[1]!).cast('float32');
    return first.mul(rows.sign()).reshape(gradient.shape);
  }
  const direction = gradient.div(largest(gradient));
  return direction.div(root(direction).maximum(LEAST_NORMAL));
}

/** ‖t‖ of each sample: c ‖t / c‖, c its largest |tᵢ|, because the square of a small gradient is 0 and that of a large one ∞. */
export const lengths = (t: tf.Tensor): tf.Tensor =>
  root(t.div(largest(t)))
    .mul(largest(t))
    .maximum(LEAST_NORMAL);

const root = (t: tf.Tensor): tf.Tensor => t.square().sum(ofOneSample(t), true).sqrt();
const largest = (t: tf.Tensor): tf.Tensor => t.abs().max(ofOneSample(t), true).maximum(LEAST_NORMAL);
const ofOneSample = (t: tf.Tensor): number[] => t.shape.slice(1).map((_, axis) => axis + 1);

/** In place of 0: a sample without perturbation or gradient stays where it is. */
const LEAST_NORMAL = 2 ** -126;

/**
 * Points uniform in the unit ball, one for each sample: where `pgd` starts, scaled by ε there.
 *
 *     const start = randomStart(fold(noise, step), 'linf', [B, 28, 28]);        given to a compiled function, or as tensor: toTf(fromTf(start))
 *
 * @param shape     [B, ...] of x
 * @param restarts  R
 * @returns         [B, ...], or [R, B, ...] with restarts
 * @throws          when the shape has no axis beside the samples'
 *
 * L2: the first n of n + 2 normals, over the length of all (Voelker et al. 2017), so that no power is taken and the bits are equal everywhere.
 * L1: the gaps that n sorted uniforms leave below each (Devroye 1986, theorem V.2.1), each with a sign.
 */
export function randomStart(key: Key, norm: Norm, shape: readonly number[], restarts?: number): HostArray<Float32Array> {
  if (shape.length < 2)
    throw shapeError('randomStart: the shape must be [B, ...], samples first and then the axes of one', { x: { shape } });
  const full = restarts === undefined ? [...shape] : [restarts, ...shape];
  if (norm === 'linf') return { data: uniform(key, full).data.map((u) => 2 * u - 1), shape: full };
  const n = sizeOf(shape.slice(1));
  if (norm === 'l1') return { data: gaps(key, sizeOf(full) / n, n), shape: full };
  const z = normal(key, [sizeOf(full) / n, n + 2]).data;
  const data = new Float32Array(sizeOf(full));
  for (let at = 0, from = 0; at < data.length; at += n, from += n + 2) {
    const length = Math.sqrt(z.subarray(from, from + n + 2).reduce((sum, v) => sum + v * v, 0));
    for (let i = 0; i < n; i++) data[at + i] = z[from + i] / length;
  }
  return { data, shape: full };
}

/** Rows of n gaps between sorted uniforms, as many as are asked for, with signs. */
function gaps(key: Key, rows: number, n: number): Float32Array {
  const cuts = uniform(key, [rows, n]).data;
  const signs = uniform(fold(key, 1), [rows, n]).data;
  const data = new Float32Array(rows * n);
  for (let from = 0; from < data.length; from += n) {
    const sorted = cuts.subarray(from, from + n).sort();
    for (let i = 0; i < n; i++) data[from + i] = (sorted[i] - (i > 0 ? sorted[i - 1] : 0)) * (signs[from + i] < 0.5 ? -1 : 1);
  }
  return data;
}
