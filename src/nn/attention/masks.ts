import type * as tf from '@tensorflow/tfjs';
import { type HostArray, showShape } from '../../base/index.js';
import { valuesNow } from '../../tensor/internal.js';

/** Which keys a query sees, 1 or 0, ready for a compiled function, which `dtype` tells that it is bool, or `tf.tensor(data, shape, 'bool')`. */
export interface Mask {
  readonly data: Uint8Array;
  readonly shape: number[];
  readonly dtype: 'bool';
}

/** Each step sees itself and its past: [T, T], 1 on and below the diagonal. */
export function causalMask(T: number): Mask {
  return { data: Uint8Array.from({ length: T * T }, (_, i) => Number(i % T <= Math.floor(i / T))), shape: [T, T], dtype: 'bool' };
}

/**
 * Every query sees the steps that a sequence has, not the padding behind them.
 *
 * @param lengths  of B sequences
 * @param S        the length to which they are padded
 * @returns        [B, 1, 1, S], for all heads and queries
 * @throws         when a length is not an integer from 1 to S
 */
export function paddingMask(lengths: ArrayLike<number>, S: number): Mask {
  const B = lengths.length;
  checkLengths('paddingMask', lengths, S);
  return {
    data: Uint8Array.from({ length: B * S }, (_, i) => Number(i % S < lengths[Math.floor(i / S)])),
    shape: [B, 1, 1, S],
    dtype: 'bool',
  };
}

/**
 * Where each sequence ends, to read a recurrence before the padding behind it.
 *
 *     const ends = lastSteps(lengths, T);        lstm(params, x).outputs.mul(ends).sum(1)        // [B, D], with ends in the batch
 *
 * Pad to few lengths T: a function is compiled for each of them, which takes a recurrence of hundreds of steps many seconds.
 *
 * @param lengths  of B sequences
 * @param T        the length to which they are padded
 * @returns        [B, T, 1], 1 at the last step of a sequence and 0 elsewhere
 * @throws         when a length is not an integer from 1 to T
 */
export function lastSteps(lengths: ArrayLike<number>, T: number): HostArray<Float32Array> {
  const B = lengths.length;
  checkLengths('lastSteps', lengths, T);
  return { data: Float32Array.from({ length: B * T }, (_, i) => Number(i % T === lengths[Math.floor(i / T)] - 1)), shape: [B, T, 1] };
}

function checkLengths(mask: string, lengths: ArrayLike<number>, longest: number): void {
  for (let b = 0; b < lengths.length; b++)
    if (!Number.isInteger(lengths[b]) || lengths[b] < 1 || lengths[b] > longest)
      throw new Error(
        `${mask}: a length must be an integer from 1 to ${longest}, got ${lengths[b]} for sequence ${b}; leave out empty sequences`,
      );
}

/**
 * Softmax over the keys that a query sees, with weights of exactly 0 elsewhere. −10⁹ is added to the hidden scores: far enough for
 * e^x to be 0, and unlike −∞ not a NaN where nothing is left. Such a row is an error when the mask's values are known, as in eager code
 * and for a mask that a compiled function closes over; when the mask is an input of a compiled function, the row's weights are 0.
 */
export function visibleSoftmax(scores: tf.Tensor, visible: tf.Tensor): tf.Tensor {
  const seen = visible.cast('float32');
  const weights = scores.add(seen.sub(1).mul(1e9)).softmax();
  return valuesNow(visible) ? weights : weights.mul(seen);
}

/**
 * @throws when the mask does not broadcast over the scores, or hides every key from a query
 */
export function checkMask(layer: string, visible: tf.Tensor, scores: readonly number[]): void {
  const { shape } = visible;
  const leading = scores.length - shape.length;
  if (visible.dtype !== 'bool' || leading < 0 || shape.some((n, axis) => n !== 1 && n !== scores[axis + leading]))
    throw new Error(
      `${layer}: the mask must be a bool tensor that broadcasts over the scores ${showShape({ shape: scores })} of queries and keys: ` +
        `got ${visible.dtype} ${showShape(visible)}`,
    );
  const values = valuesNow(visible);
  if (!values) return;
  const keys = shape.at(-1) ?? 1;
  for (let start = 0; start < values.length; start += keys)
    if (!values.subarray(start, start + keys).some(Boolean))
      throw new Error(
        `${layer}: the mask ${showShape(visible)} hides every key from row ${start / keys}; let a query see at least one, such as its own step`,
      );
}
