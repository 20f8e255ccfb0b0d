import * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, shapeError, split } from '../../base/index.js';
import { firstOrder } from '../../tensor/index.js';
import { uniformWithin } from '../initialisers.js';

/** Weights of a convolution over time: w [K, F, D], the last of the K taps for the present; b [D]. */
export interface ConvolutionParams<T = tf.Tensor> {
  readonly w: T;
  readonly b: T;
}

export interface ConvolutionConfig {
  readonly inputs: number;
  readonly outputs: number;
  /** K, the number of taps. */
  readonly kernel: number;
}

/** w and b uniform on ±1/√(K F), PyTorch's default. */
export function initCausalConvolution(
  key: Key,
  { inputs, outputs, kernel }: ConvolutionConfig,
): ConvolutionParams<HostArray<Float32Array>> {
  const [forW, forB] = split(key);
  const bound = 1 / Math.sqrt(kernel * inputs);
  return { w: uniformWithin(bound, forW, [kernel, inputs, outputs]), b: uniformWithin(bound, forB, [outputs]) };
}

/**
 * A convolution over time that sees only the past, with d steps between its taps.
 *
 *     yₜ = Σₖ x₍ₜ₋ₖ₎ w₍K₋₁₋ₖ₎ + b        k = 0, d, …, (K − 1) d steps back; x is 0 before the sequence
 *
 * As one product: u [B·T, K F] holds each row's taps side by side, y = u w + b, ∂w = uᵀ ∂y, and ∂x adds up the taps of ∂u = ∂y wᵀ.
 *
 * @param x         [B, T, F]
 * @param dilation  d
 * @returns         [B, T, D]
 * @throws          when the weights do not fit x or each other, x is empty, or d is no integer from 1
 *
 * Waibel et al. 1989; dilated as in van den Oord et al. 2016 (WaveNet), section 2.1.
 */
export function causalConvolution({ w, b }: ConvolutionParams, x: tf.Tensor, dilation = 1): tf.Tensor {
  if (x.rank !== 3 || x.size === 0 || w.rank !== 3 || x.shape[2] !== w.shape[1] || b.rank !== 1 || b.shape[0] !== w.shape[2])
    throw shapeError('causalConvolution maps x [B, T, F] by w [K, F, D] and b [D]', { x, w, b });
  if (!Number.isInteger(dilation) || dilation < 1)
    throw new Error(`causalConvolution: the dilation is the number of steps between taps, an integer from 1: got ${dilation}`);
  return convolve(dilation)(x.cast('float32'), w, b); // signs and counts are integers, beside which no zeros of the padding fit
}

const convolve = (dilation: number) =>
  firstOrder('causalConvolution', ([x, w, b], save) => {
    const [B, T, F] = x.shape;
    const [K, , D] = w.shape;
    const stepsBack = Array.from({ length: K }, (_, k) => (K - 1 - k) * dilation);
    const taps = tf.concat(
      stepsBack.map((steps) => delay(x, steps)),
      2,
    );
    const u = taps.reshape([B * T!, K * F!]);
    const flat = w.reshape([K * F!, D!]);
    save([u, flat]);
    return {
      value: u.matMul(flat).add(b).reshape([B, T!, D!]),
      backward: (dy, [u, flat]) => {
        const rows = dy.reshape([B * T!, D!]);
        const dTaps = tf.split(rows.matMul(flat, false, true).reshape([B, T!, K * F!]), K, 2);
        const dx = dTaps.map((d, k) => advance(d, stepsBack[k])).reduce((sum, d) => sum.add(d));
        return [dx, u.matMul(rows, true).reshape(w.shape), rows.sum(0)];
      },
    };
  });

/** x as it was some steps before, 0 where that is before the sequence; [B, T, F]. */
function delay(x: tf.Tensor, steps: number): tf.Tensor {
  const [B, T, F] = x.shape;
  if (steps === 0) return x;
  if (steps >= T!) return tf.zerosLike(x);
  return tf.concat([tf.zeros([B, steps, F!]), x.slice([0, 0, 0], [-1, T! - steps, -1])], 1);
}

/** The transpose of `delay`. */
function advance(x: tf.Tensor, steps: number): tf.Tensor {
  const [B, T, F] = x.shape;
  if (steps === 0) return x;
  if (steps >= T!) return tf.zerosLike(x);
  return tf.concat([x.slice([0, steps, 0], [-1, -1, -1]), tf.zeros([B, steps, F!])], 1);
}

/** `causalConvolution` in operators that tfjs can differentiate any number of times. */
export function causalConvolutionPlain({ w, b }: ConvolutionParams, x: tf.Tensor, dilation = 1): tf.Tensor {
  const K = w.shape[0];
  const rows = (k: number) => delay(x, (K - 1 - k) * dilation).reshape([-1, w.shape[1]!]);
  const y = w.unstack(0).map((wk, k) => rows(k).matMul(wk));
  return y
    .reduce((sum, part) => sum.add(part))
    .add(b)
    .reshape([x.shape[0], x.shape[1]!, w.shape[2]!]);
}
