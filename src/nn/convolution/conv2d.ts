import * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, shapeError, split } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import { layer } from '../../tensor/index.js';
import { fanInUniform, uniformWithin } from '../initialisers.js';

/** Weights of a convolution over images: w [K, K, F, D], b [D]. */
export interface Conv2dParams<T = tf.Tensor> {
  readonly w: T;
  readonly b: T;
}

/** The shape of a convolution over images. */
export interface Conv2dConfig {
  /** F, the channels of x. */
  readonly inputs: number;
  /** D, the filters. */
  readonly outputs: number;
  /** K, the rows and columns of a filter. */
  readonly size: number;
}

/** `valid`: a filter stays inside x, which it shortens by K − 1. `same`: zeros around x keep its size. */
export type Padding = 'valid' | 'same';

/** w and b uniform on ±1/√(K² F), PyTorch's default. */
export function initConv2d(key: Key, config: Conv2dConfig): Conv2dParams<HostArray<Float32Array>> {
  checkOptions('initConv2d', config, ['inputs', 'outputs', 'size']);
  const { inputs, outputs, size } = config;
  const [forW, forB] = split(key);
  const bound = 1 / Math.sqrt(size * size * inputs);
  return { w: fanInUniform(forW, [size, size, inputs, outputs]), b: uniformWithin(bound, forB, [outputs]) };
}

/** What happens at the border. */
export interface Conv2dOptions {
  /** What a filter sees beyond the border: 'valid' when left out. */
  readonly padding?: Padding;
}

/**
 * Cross-correlation of images with D filters. With xᵢⱼ the image moved by (i, j) and all pixels as rows, [B · rows · columns, F],
 *
 *     y = Σᵢⱼ xᵢⱼ wᵢⱼ + b        ∂wᵢⱼ = xᵢⱼᵀ ∂y    ∂x = Σᵢⱼ (∂y wᵢⱼᵀ)₋ᵢ₋ⱼ    ∂b = Σ ∂y
 *
 * @param params  w [K, K, F, D] and b [D]
 * @param x       [B, rows, columns, F]
 * @returns       [B, rows, columns, D], each K − 1 shorter without padding
 * @throws        when w does not take x's channels, b does not fit w, or a filter is larger than the image it must stay inside
 *
 * LeCun et al. 1998, section II. ∂w is K² matrix products, faster than the convolution of x with ∂y that it also is.
 */
export const conv2d = layer({
  name: 'conv2d',
  forward({ w, b }: Conv2dParams, x: tf.Tensor, options: Conv2dOptions = {}) {
    checkOptions('conv2d', options, ['padding']);
    const { padding = 'valid' } = options;
    if (x.rank !== 4 || w.rank !== 4 || x.shape[3] !== w.shape[2] || b.rank !== 1 || b.shape[0] !== w.shape[3])
      throw shapeError('conv2d filters x [B, rows, columns, F] by w [K, K, F, D] and b [D]', { x, w, b });
    if (padding === 'valid' && (x.shape[1]! < w.shape[0]! || x.shape[2]! < w.shape[1]!))
      throw shapeError("conv2d: the filter is larger than the image; pad it with 'same', or pool less before", { x, w });
    const value = tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, padding).add(b);
    return { value, saved: { x, w, padding } };
  },
  backward(dy, { x, w, padding }) {
    const dx = tf.conv2dTranspose(dy as tf.Tensor4D, w as tf.Tensor4D, x.shape as [number, number, number, number], 1, padding);
    const rows = dy.reshape([-1, dy.shape[3]!]);
    const dw = tf.concat(moved(x, w.shape, padding).map((part) => part.matMul(rows, true)));
    return [{ w: dw.reshape(w.shape), b: rows.sum(0) }, dx];
  },
  plain({ w, b }, x, { padding = 'valid' } = {}) {
    const [size, , F, D] = w.shape;
    const filters = tf.unstack(w.reshape([-1, F, D])) as tf.Tensor2D[];
    const lost = padding === 'same' ? 0 : size - 1;
    const products = moved(x, w.shape, padding).map((part, k) => part.matMul(filters[k]));
    return tf
      .addN(products)
      .reshape([x.shape[0], x.shape[1]! - lost, x.shape[2]! - lost, D])
      .add(b);
  },
});

/** xᵢⱼ for each position (i, j) of a filter, row by row: the pixel that it multiplies for each pixel of y, [B · rows · columns, F]. */
function moved(x: tf.Tensor, [rows, columns]: readonly number[], padding: Padding): tf.Tensor2D[] {
  const border = (size: number): [number, number] =>
    padding === 'same' ? [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)] : [0, 0];
  const padded = tf.pad(x, [[0, 0], border(rows), border(columns), [0, 0]]);
  const [B, height, width, F] = padded.shape;
  const extent = [B, height! - rows + 1, width! - columns + 1, F!];
  return Array.from({ length: rows * columns }, (_, k) =>
    padded.slice([0, Math.floor(k / columns), k % columns, 0], extent).reshape([-1, F!]),
  );
}
