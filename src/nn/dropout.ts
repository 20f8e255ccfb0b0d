import type * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, shapeError, sizeOf } from '../base/index.js';
import { checkNumber, checkOptions, threefry } from '../base/internal.js';

/** What is dropped. */
export interface DropoutOptions {
  /** m, from `dropoutMask` or `temporalDropoutMask`: a new one for each step, as an argument of the compiled function. */
  readonly mask: tf.Tensor;
}

/**
 * Zeroes what a mask drops and scales up the rest, so that the mean stays as it was. In training only: an evaluation leaves it out.
 *
 *     y = x ⊙ m        ∂x = ∂y ⊙ m
 *
 * @param x  any shape
 * @returns  as x
 * @throws   when the mask does not fit x
 *
 * Srivastava et al. 2014, with the scale 1/keep in training as PyTorch has it. A product: differentiable any number of times.
 */
export function dropout(x: tf.Tensor, options: DropoutOptions): tf.Tensor {
  checkOptions('dropout', options, ['mask']);
  const { mask } = options;
  if (mask.rank !== x.rank || mask.shape.some((n, axis) => n !== x.shape[axis] && n !== 1))
    throw shapeError('dropout takes a mask of the shape of x, or with 1 where one number serves a whole axis', { x, mask });
  return x.mul(mask);
}

/**
 * 1/keep with probability keep, to 2⁻¹⁷, else 0.
 *
 * @param keep   the share that stays: 0.9 where PyTorch says dropout 0.1
 * @param shape  of what is dropped from, or with 1 where one number serves a whole axis
 * @returns      a mask of this shape
 * @throws       when keep is not in (0, 1]
 */
export function dropoutMask(key: Key, keep: number, shape: readonly number[]): HostArray<Float32Array> {
  const kept = keptOf(keep);
  if (!shape.every((n) => Number.isInteger(n) && n >= 0))
    throw shapeError('dropoutMask takes the shape of what it drops from', { mask: { shape } });
  const data = new Float32Array(sizeOf(shape));
  const words = new Uint32Array(2);
  const scale = 1 / keep;
  const value = (bits: number) => scale * (((bits & 0xffff) - kept) >>> 31); // by the sign: no processor foresees a branch that is drawn
  // Four decisions from each block of the cipher, whose rounds are what a mask takes; what is written past the end is lost.
  for (let i = 0; i < data.length; i += 4) {
    threefry(key, 0, i >>> 2, words);
    data[i] = value(words[0]);
    data[i + 1] = value(words[0] >>> 16);
    data[i + 2] = value(words[1]);
    data[i + 3] = value(words[1] >>> 16);
  }
  return { data, shape: [...shape] };
}

/** Of 2¹⁶ decisions those that keep. */
function keptOf(keep: number): number {
  checkNumber('dropoutMask', 'keep', keep, { above: 0, to: 1 }, 'it is the part that stays: 0.9 where PyTorch says dropout 0.1');
  return Math.round(keep * 2 ** 16);
}

/**
 * `dropoutMask` of what is mostly 0: a decision is drawn only where x is not, and the mask is 0 elsewhere.
 *
 * @param x  any shape
 * @returns  a mask of this shape
 * @throws   as `dropoutMask`
 */
export function sparseDropoutMask(key: Key, keep: number, { data: x, shape }: HostArray<Float32Array>): HostArray<Float32Array> {
  const [kept, scale] = [keptOf(keep), 1 / keep];
  const data = new Float32Array(x.length);
  const words = new Uint32Array(2);
  // The decisions of `dropoutMask` over the numbers that are not 0, as they are met: two passes over a large x take twice as long.
  for (let i = 0, drawn = 0; i < x.length; i++) {
    if (x[i] === 0) continue;
    if ((drawn & 3) === 0) threefry(key, 0, drawn >>> 2, words);
    const bits = words[(drawn >>> 1) & 1] >>> (16 * (drawn & 1));
    data[i] = scale * (((bits & 0xffff) - kept) >>> 31);
    drawn++;
  }
  return { data, shape: [...shape] };
}

/**
 * One mask per channel for all times, so that a recurrence or a convolution cannot read a dropped channel from the time before.
 *
 * @param shape  of x, [B, T, F]
 * @returns      [B, 1, F]
 * @throws       when the shape is not of three axes, or as `dropoutMask`
 *
 * Gal & Ghahramani 2016 for recurrent nets; Tompson et al. 2015 for convolutions (PyTorch's `dropout1d`, with channels last here).
 */
export function temporalDropoutMask(key: Key, keep: number, shape: readonly number[]): HostArray<Float32Array> {
  if (shape.length !== 3) throw shapeError('temporalDropoutMask is for x [B, T, F]', { x: { shape } });
  return dropoutMask(key, keep, [shape[0], 1, shape[2]]);
}
