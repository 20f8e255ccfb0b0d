import * as tf from '@tensorflow/tfjs';
import { shapeError } from '../../base/index.js';

/** The gradients of a loss of ŷ − y: what pulls the prediction pushes the target. */
export const opposite = (d: tf.Tensor): [tf.Tensor, tf.Tensor] => [d, d.neg()];

/** Throws when the shapes differ, because broadcasting [B] against [B, 1] would average B² wrong pairs, and when there is nothing to average. */
export function sameShape(loss: string, got: Readonly<Record<string, tf.Tensor>>): void {
  const [first, ...others] = Object.values(got);
  if (!others.every((other) => tf.util.arraysEqual(first.shape, other.shape)))
    throw shapeError(`${loss}: ${list(Object.keys(got))} must have one shape`, got);
  notEmpty(loss, got);
}

/** A mean over nothing is NaN: better an error that says where. */
export function notEmpty(loss: string, got: Readonly<Record<string, tf.Tensor>>): void {
  if (Object.values(got).some(({ size }) => size === 0))
    throw shapeError(`${loss}: the batch is empty, and the mean over nothing is not a number; leave out batches without rows`, got);
}

const list = (names: readonly string[]) => `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
