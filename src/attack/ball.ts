import * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, normal, shapeError, sizeOf, uniform } from '../base/index.js';
import { checkNumber, checkOptions } from '../base/internal.js';

/** How large a perturbation of one sample is: its largest element, or its Euclidean length. */
export type Norm = 'linf' | 'l2';

/** What an attacker may do to a sample. */
export interface Ball {
  /** L∞ when left out. */
  readonly norm?: Norm;
  /** ε, the largest norm of a perturbation, in units of x: 0.3 is 30 % of an image's range from 0 to 1. */
  readonly epsilon: number;
  /** The least and largest value an element may have: [0, 1] for images. Any when left out, as for returns and other features without bounds. */
  readonly box?: readonly [number, number];
}

/** @throws when ε is negative or no number, the norm unknown, or the box empty */
export function checkBall(attack: string, ball: Ball): void {
  checkOptions(attack, ball, ['norm', 'epsilon', 'box']);
  const { norm = 'linf', epsilon, box } = ball;
  checkNumber(attack, 'epsilon', epsilon, { from: 0 }, 'it is in units of x: 0.3 where pixels go from 0 to 1');
  if (norm !== 'linf' && norm !== 'l2') throw new Error(`${attack}: the norm must be linf or l2, got ${norm}`);
  if (box && !(box.length === 2 && box[0] < box[1]))
    throw new Error(`${attack}: the box must be [least, largest], got [${box}]; leave it out for features without bounds`);
}

/**
 * The perturbation δ brought back into the ball, each sample by itself.
 *
 *     L∞: clip(δ, ±ε)        L2: δ min(1, ε / ‖δ‖)
 *
 * @param delta  [B, ...]
 */
export function project(delta: tf.Tensor, ball: Ball): tf.Tensor {
  checkOptions('project', ball, ['norm', 'epsilon', 'box']);
  const { norm = 'linf', epsilon } = ball;
  if (norm === 'linf') return delta.clipByValue(-epsilon, epsilon);
  return delta.mul(tf.minimum(1, tf.div(epsilon, lengths(delta))));
}

/** Perturbed samples brought back into the ball around x and into the box; the box last, which keeps to the ball when x is in the box. */
export function within(ball: Ball, x: tf.Tensor, perturbed: tf.Tensor): tf.Tensor {
  const near = x.add(project(perturbed.sub(x), ball));
  return ball.box ? near.maximum(ball.box[0]).minimum(ball.box[1]) : near;
}

/** Where the loss rises fastest per unit of the norm: the gradient's sign, or the gradient at length 1. */
export function steepest(gradient: tf.Tensor, norm: Norm = 'linf'): tf.Tensor {
  if (norm === 'linf') return gradient.sign();
  const direction = gradient.div(largest(gradient));
  return direction.div(root(direction).maximum(LEAST_NORMAL));
}

/** ‖t‖ of each sample: c ‖t / c‖, c its largest |tᵢ|, because the square of a small gradient is 0 and that of a large one ∞. */
const lengths = (t: tf.Tensor): tf.Tensor =>
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
 *     const start = randomStart(fold(noise, step), 'linf', [B, 28, 28]);
 *
 * @param shape     [B, ...] of x
 * @param restarts  R
 * @returns         [B, ...], or [R, B, ...] with restarts
 * @throws          when the shape has no axis beside the samples'
 *
 * L2: the first n of n + 2 normals, over the length of all (Voelker et al. 2017), so that no power is taken and the bits are equal everywhere.
 */
export function randomStart(key: Key, norm: Norm, shape: readonly number[], restarts?: number): HostArray<Float32Array> {
  if (shape.length < 2)
    throw shapeError('randomStart: the shape must be [B, ...], samples first and then the axes of one', { x: { shape } });
  const full = restarts === undefined ? [...shape] : [restarts, ...shape];
  if (norm === 'linf') return { data: uniform(key, full).data.map((u) => 2 * u - 1), shape: full };
  const n = sizeOf(shape.slice(1));
  const z = normal(key, [sizeOf(full) / n, n + 2]).data;
  const data = new Float32Array(sizeOf(full));
  for (let at = 0, from = 0; at < data.length; at += n, from += n + 2) {
    const length = Math.sqrt(z.subarray(from, from + n + 2).reduce((sum, v) => sum + v * v, 0));
    for (let i = 0; i < n; i++) data[at + i] = z[from + i] / length;
  }
  return { data, shape: full };
}
