import type * as tf from '@tensorflow/tfjs';
import { shapeError } from '../tensor/errors.js';
import { type Key, type RandomArray, uniform } from '../tensor/random.js';

/**
 * Zeroes what a mask drops and scales up the rest, so that the mean stays as it was. In training only: an evaluation leaves it out.
 *
 *     y = x ⊙ m        ∂x = ∂y ⊙ m
 *
 * @param x     any shape
 * @param mask  m, from `dropoutMask` or `temporalDropoutMask`: a new one for each step, as an argument of the compiled function
 * @returns     as x
 * @throws      when the mask does not fit x
 *
 * Srivastava et al. 2014, with the scale 1/keep in training as PyTorch has it. A product: differentiable any number of times.
 */
export function dropout(x: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  if (mask.rank !== x.rank || mask.shape.some((n, axis) => n !== x.shape[axis] && n !== 1))
    throw shapeError('dropout takes a mask of the shape of x, or with 1 where one number serves a whole axis', { x, mask });
  return x.mul(mask);
}

/**
 * 1/keep with probability keep, else 0.
 *
 * @throws  when keep is not in (0, 1]
 */
export function dropoutMask(key: Key, keep: number, shape: readonly number[]): RandomArray<Float32Array> {
  if (!(keep > 0 && keep <= 1))
    throw new Error(`dropoutMask: keep must be in (0, 1], got ${keep}; it is the part that stays: 0.9 where PyTorch says dropout 0.1`);
  const { data, shape: made } = uniform(key, shape);
  return { data: data.map((u) => (u < keep ? 1 / keep : 0)), shape: made };
}

/**
 * One mask per channel for all times, so that a recurrence or a convolution cannot read a dropped channel from the time before.
 *
 * @param shape  of x, [B, T, F]
 * @returns      [B, 1, F]
 *
 * Gal & Ghahramani 2016 for recurrent nets; Tompson et al. 2015 for convolutions (PyTorch's `dropout1d`, with channels last here).
 */
export function temporalDropoutMask(key: Key, keep: number, shape: readonly number[]): RandomArray<Float32Array> {
  if (shape.length !== 3) throw shapeError('temporalDropoutMask is for x [B, T, F]', { x: { shape } });
  return dropoutMask(key, keep, [shape[0], 1, shape[2]]);
}
