import * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, shapeError, split } from '../../base/index.js';
import { checkOptions, checkWhole } from '../../base/internal.js';
import { layer } from '../../tensor/index.js';
import { uniformWithin } from '../initialisers.js';

/** Weights of a convolution over time: w [K, F, D], the last of the K taps for the present; b [D]. */
export interface ConvolutionParams<T = tf.Tensor> {
  readonly w: T;
  readonly b: T;
}

/** The shape of a convolution over time. */
export interface ConvolutionConfig {
  /** F */
  readonly inputs: number;
  /** D */
  readonly outputs: number;
  /** K, the number of taps. */
  readonly kernel: number;
}

/** w and b uniform on ±1/√(K F), PyTorch's default. */
export function initCausalConvolution(key: Key, config: ConvolutionConfig): ConvolutionParams<HostArray<Float32Array>> {
  checkOptions('initCausalConvolution', config, ['inputs', 'outputs', 'kernel']);
  const { inputs, outputs, kernel } = config;
  const [forW, forB] = split(key);
  const bound = 1 / Math.sqrt(kernel * inputs);
  return { w: uniformWithin(bound, forW, [kernel, inputs, outputs]), b: uniformWithin(bound, forB, [outputs]) };
}

/** How far the convolution looks back. */
export interface ConvolutionOptions {
  /** d, the steps between taps: 1 when left out. */
  readonly dilation?: number;
}

/**
 * A convolution over time that sees only the past, with d steps between its taps.
 *
 *     yₜ = Σₖ x₍ₜ₋ₖ₎ w₍K₋₁₋ₖ₎ + b        k = 0, d, …, (K − 1) d steps back; x is 0 before the sequence
 *
 * As one product: u [B·T, K F] holds each row's taps side by side, y = u w + b, ∂w = uᵀ ∂y, and ∂x adds up the taps of ∂u = ∂y wᵀ.
 *
 * @param params  w [K, F, D] and b [D]
 * @param x       [B, T, F]
 * @returns       [B, T, D]
 * @throws        when the weights do not fit x or each other, x is empty, or d is no integer from 1
 *
 * Waibel et al. 1989; dilated as in van den Oord et al. 2016 (WaveNet), section 2.1.
 */
export const causalConvolution = layer({
  name: 'causalConvolution',
  forward({ w, b }: ConvolutionParams, x: tf.Tensor, options: ConvolutionOptions = {}) {
    checkOptions('causalConvolution', options, ['dilation']);
    const { dilation = 1 } = options;
    if (x.rank !== 3 || x.size === 0 || w.rank !== 3 || x.shape[2] !== w.shape[1] || b.rank !== 1 || b.shape[0] !== w.shape[2])
      throw shapeError('causalConvolution maps x [B, T, F] by w [K, F, D] and b [D]', { x, w, b });
    checkWhole('causalConvolution', 'dilation', dilation, { from: 1 }, 'it is the number of steps between taps');
    const [B, T, F] = x.shape;
    const [K, , D] = w.shape;
    const stepsBack = Array.from({ length: K }, (_, k) => (K - 1 - k) * dilation);
    const series = x.cast('float32'); // signs and counts are integers, beside which no zeros of the padding fit
    const taps = tf.concat(
      stepsBack.map((steps) => delay(series, steps)),
      2,
    );
    const u = taps.reshape([B * T!, K * F!]);
    const flat = w.reshape([K * F!, D!]);
    return { value: u.matMul(flat).add(b).reshape([B, T!, D!]), saved: { u, flat, stepsBack, shape: w.shape } };
  },
  backward(dy, { u, flat, stepsBack, shape }) {
    const [B, T, D] = dy.shape;
    const rows = dy.reshape([B * T!, D!]);
    const dTaps = tf.split(rows.matMul(flat, false, true).reshape([B, T!, flat.shape[0]]), stepsBack.length, 2);
    const dx = dTaps.map((d, k) => advance(d, stepsBack[k])).reduce((sum, d) => sum.add(d));
    return [{ w: u.matMul(rows, true).reshape(shape), b: rows.sum(0) }, dx];
  },
  plain({ w, b }, x, { dilation = 1 } = {}) {
    const K = w.shape[0];
    const rows = (k: number) => delay(x, (K - 1 - k) * dilation).reshape([-1, w.shape[1]!]);
    const y = w.unstack(0).map((wk, k) => rows(k).matMul(wk));
    return y
      .reduce((sum, part) => sum.add(part))
      .add(b)
      .reshape([x.shape[0], x.shape[1]!, w.shape[2]!]);
  },
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
