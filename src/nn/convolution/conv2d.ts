import * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, shapeError, split } from '../../base/index.js';
import { checkOptions, checkWhole } from '../../base/internal.js';
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
  /** s: a filter stands at every s-th row and column; 1 when left out. */
  readonly stride?: number;
}

/**
 * Cross-correlation of images with D filters. With xᵢⱼ the image moved by (i, j) and all pixels as rows, [B · rows · columns, F],
 *
 *     y = Σᵢⱼ xᵢⱼ wᵢⱼ + b        ∂wᵢⱼ = xᵢⱼᵀ ∂y    ∂x = Σᵢⱼ (∂y wᵢⱼᵀ)₋ᵢ₋ⱼ    ∂b = Σ ∂y
 *
 * @param params  w [K, K, F, D] and b [D]
 * @param x       [B, rows, columns, F]
 * @returns       [B, rows, columns, D], each K − 1 shorter without padding; with a stride s the first, the (s + 1)-th and so on of these,
 *                and with padding ⌈rows / s⌉ of them, the zeros shared evenly between both borders
 * @throws        when w does not take x's channels, b does not fit w, a filter is larger than the image it must stay inside, or the stride is
 *                no whole number from 1 up
 *
 * LeCun et al. 1998, section II. ∂w is K² matrix products, faster than the convolution of x with ∂y that it also is.
 */
export const conv2d = layer({
  name: 'conv2d',
  forward({ w, b }: Conv2dParams, x: tf.Tensor, options: Conv2dOptions = {}) {
    checkOptions('conv2d', options, ['padding', 'stride']);
    const { padding = 'valid', stride = 1 } = options;
    checkWhole('conv2d', 'stride', stride);
    if (x.rank !== 4 || w.rank !== 4 || x.shape[3] !== w.shape[2] || b.rank !== 1 || b.shape[0] !== w.shape[3])
      throw shapeError('conv2d filters x [B, rows, columns, F] by w [K, K, F, D] and b [D]', { x, w, b });
    if (padding === 'valid' && (x.shape[1]! < w.shape[0]! || x.shape[2]! < w.shape[1]!))
      throw shapeError("conv2d: the filter is larger than the image; pad it with 'same', or pool less before", { x, w });
    // Filters at every s-th pixel see blocks of s × s pixels, which as channels of one pixel need no stride.
    const blocks = stride > 1 && w.shape[0]! % stride === 0 && w.shape[1]! % stride === 0 ? blocksOf(x, w, padding, stride) : undefined;
    const [image, filters] = blocks ? [blocks.ofImages(x), blocks.ofFilters(w)] : [x, w];
    const how = blocks ? { padding: 'valid' as Padding, stride: 1 } : { padding, stride };
    const value = tf.conv2d(image as tf.Tensor4D, filters as tf.Tensor4D, how.stride, how.padding as 'valid').add(b);
    return { value, saved: { x: image, w: filters, ...how, blocks } };
  },
  backward(dy, { x, w, padding, stride, blocks }) {
    const dx = tf.conv2dTranspose(dy as tf.Tensor4D, w as tf.Tensor4D, x.shape as [number, number, number, number], stride, padding);
    const rows = dy.reshape([-1, dy.shape[3]!]);
    const dw = tf.concat(moved(x, w.shape, padding, stride).map((part) => part.matMul(rows, true))).reshape(w.shape);
    return [{ w: blocks ? blocks.toFilters(dw) : dw, b: rows.sum(0) }, blocks ? blocks.toImages(dx) : dx];
  },
  plain({ w, b }, x, { padding = 'valid', stride = 1 } = {}) {
    const [rows, columns, F, D] = w.shape;
    const filters = tf.unstack(w.reshape([-1, F, D])) as tf.Tensor2D[];
    const products = moved(x, w.shape, padding, stride).map((part, k) => part.matMul(filters[k]));
    const size = (length: number, filter: number) => places(length, filter, padding, stride).count;
    return tf
      .addN(products)
      .reshape([x.shape[0], size(x.shape[1]!, rows), size(x.shape[2]!, columns), D])
      .add(b);
  },
});

interface Places {
  readonly count: number;
  readonly border: readonly [number, number];
}

/** How often a filter stands along a side of an image, and the zeros before and after it. */
function places(length: number, filter: number, padding: Padding, stride: number): Places {
  if (padding === 'valid') return { count: Math.ceil((length - filter + 1) / stride), border: [0, 0] };
  const count = Math.ceil(length / stride);
  const zeros = Math.max((count - 1) * stride + filter - length, 0);
  return { count, border: [Math.floor(zeros / 2), Math.ceil(zeros / 2)] };
}

/**
 * Images and filters by blocks of s × s pixels, whose s² F values become channels of one, and back: images [B, rows / s, columns / s, s² F],
 * filters [K / s, K / s, s² F, D]. Images are first extended or cut to what the filters see.
 */
function blocksOf(x: tf.Tensor, w: tf.Tensor, padding: Padding, s: number) {
  const [B, , , F] = x.shape as number[];
  const [K, L, , D] = w.shape as number[];
  const sides = [x.shape[1]!, x.shape[2]!].map((length, i) => {
    const { count, border } = places(length, i === 0 ? K : L, padding, s);
    const seen = (count - 1) * s + (i === 0 ? K : L);
    return { seen, before: border[0], beyond: seen - border[0] - length };
  });
  const [down, across] = sides;
  const extended = (t: tf.Tensor, [rows, columns]: readonly (readonly [number, number])[]): tf.Tensor =>
    rows[0] + rows[1] + columns[0] + columns[1] > 0 ? tf.pad(t, [[0, 0], [...rows], [...columns], [0, 0]]) : t;
  const atLeast0 = (v: number) => Math.max(v, 0);
  return {
    ofImages: (t: tf.Tensor) =>
      extended(
        t,
        sides.map(({ before, beyond }) => [before, atLeast0(beyond)] as const),
      )
        .slice([0, 0, 0, 0], [B, down.seen, across.seen, F])
        .reshape([B, down.seen / s, s, across.seen / s, s * F])
        .transpose([0, 1, 3, 2, 4])
        .reshape([B, down.seen / s, across.seen / s, s * s * F]),
    toImages: (t: tf.Tensor) => {
      const pixels = t
        .reshape([B, down.seen / s, across.seen / s, s, s * F])
        .transpose([0, 1, 3, 2, 4])
        .reshape([B, down.seen, across.seen, F]);
      return extended(
        pixels,
        sides.map(({ beyond }) => [0, atLeast0(-beyond)] as const),
      ).slice([0, down.before, across.before, 0], x.shape as [number, number, number, number]);
    },
    ofFilters: (t: tf.Tensor) =>
      t
        .reshape([K / s, s, L / s, s * F, D])
        .transpose([0, 2, 1, 3, 4])
        .reshape([K / s, L / s, s * s * F, D]),
    toFilters: (t: tf.Tensor) =>
      t
        .reshape([K / s, L / s, s, s * F, D])
        .transpose([0, 2, 1, 3, 4])
        .reshape([K, L, F, D]),
  };
}

/** xᵢⱼ for each position (i, j) of a filter, row by row: the pixel that it multiplies for each pixel of y, [B · rows · columns, F]. */
function moved(x: tf.Tensor, [rows, columns]: readonly number[], padding: Padding, stride: number): tf.Tensor2D[] {
  const [down, across] = [places(x.shape[1]!, rows, padding, stride), places(x.shape[2]!, columns, padding, stride)];
  // Room for whole strides behind the last place too, so that a reshape tells every s-th pixel from the others.
  const border = ({ border: [before, after] }: Places): [number, number] => [before, after + stride - 1];
  const padded = tf.pad(x, [[0, 0], border(down), border(across), [0, 0]]);
  const [B, F] = [x.shape[0], x.shape[3]!];
  return Array.from({ length: rows * columns }, (_, k) => {
    const part = padded.slice([0, Math.floor(k / columns), k % columns, 0], [B, down.count * stride, across.count * stride, F]);
    if (stride === 1) return part.reshape([-1, F]);
    const ofRows = part.reshape([B * down.count, stride, across.count * stride * F]).slice([0, 0, 0], [-1, 1, -1]);
    return ofRows.reshape([-1, stride, F]).slice([0, 0, 0], [-1, 1, -1]).reshape([-1, F]);
  });
}
