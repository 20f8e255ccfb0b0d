import * as tf from '@tensorflow/tfjs';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../graph/graph.js';
import type { Kernel, Kernels, X } from '../kernel.js';
import { activate } from './activations.js';
import { padded } from './joining.js';

/** The geometry of a window that slides over images. */
export type Info = tf.backend_util.Conv2DInfo;
/** One number for rows, one for columns. */
export type Pair = [number, number];

interface Geometry {
  strides: number | Pair;
  pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  dataFormat?: 'NHWC' | 'NCHW';
  dilations?: number | Pair;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** ONNX puts channels before space, tfjs by default after it. */
export const toChannelsFirst = (g: GraphBuilder, x: Value, format = 'NHWC') => (format === 'NCHW' ? x : g.transpose(x, [0, 3, 1, 2]));
export const fromChannelsFirst = (g: GraphBuilder, x: Value, format = 'NHWC') => (format === 'NCHW' ? x : g.transpose(x, [0, 2, 3, 1]));

function infoOf(xShape: number[], filterShape: number[], a: Geometry, depthwise: boolean): Info {
  const format = tf.backend_util.convertConv2DDataFormat(a.dataFormat ?? 'NHWC');
  const [x, filter] = [xShape as [number, number, number, number], filterShape as [number, number, number, number]];
  return tf.backend_util.computeConv2DInfo(x, filter, a.strides, a.dilations ?? 1, a.pad, a.dimRoundingMode, depthwise, format);
}

/** Rows and columns to add after the input's end (negative: that no window reaches), so that windows fit exactly. */
export function endPads(i: Info): Pair {
  return [
    (i.outHeight - 1) * i.strideHeight + i.effectiveFilterHeight - i.inHeight - i.padInfo.top,
    (i.outWidth - 1) * i.strideWidth + i.effectiveFilterWidth - i.inWidth - i.padInfo.left,
  ];
}

export function windowAttributes(i: Info): { kernel_shape: Pair; strides: Pair; dilations: Pair; pads: number[] } {
  return {
    kernel_shape: [i.filterHeight, i.filterWidth],
    strides: [i.strideHeight, i.strideWidth],
    dilations: [i.dilationHeight, i.dilationWidth],
    pads: [i.padInfo.top, i.padInfo.left, ...endPads(i).map((n) => Math.max(0, n))],
  };
}

/** The filter [height, width, in, out] as ONNX wants it, [out, in, height, width]; a depthwise one has a group per input channel. */
function kernelOf(g: GraphBuilder, filter: Value, depthwise: boolean): Value {
  if (!depthwise) return g.transpose(filter, [3, 2, 0, 1]);
  const [height, width, channels, multiplier] = filter.shape;
  return g.reshape(g.transpose(filter, [2, 3, 0, 1]), [channels * multiplier, 1, height, width]);
}

const outShape = (i: Info) => [i.batchSize, i.outChannels, i.outHeight, i.outWidth];
const inShape = (i: Info) => [i.batchSize, i.inChannels, i.inHeight, i.inWidth];
const groups = (i: Info, depthwise: boolean): Record<string, number> => (depthwise ? { group: i.inChannels } : {});

/** y[n, o] = Σ x[n, i] ⋆ w[o, i], channels first. */
function forward(g: GraphBuilder, x: Value, filter: Value, i: Info, depthwise: boolean): Value {
  const inputs = [x, kernelOf(g, filter, depthwise)];
  return g.node('Conv', inputs, { shape: outShape(i), dtype: 'float32' }, { ...windowAttributes(i), ...groups(i, depthwise) });
}

/** dx of a convolution: the transposed convolution of dy with the same kernel. Pixels that no window reached get 0. */
export function backwardInput(g: GraphBuilder, dy: Value, kernel: Value, i: Info, depthwise: boolean): Value {
  const beyond = endPads(i).map((n) => Math.max(0, -n)) as Pair;
  const [N, C, H, W] = inShape(i);
  const shape = [N, C, H - beyond[0], W - beyond[1]];
  const reached = g.node('ConvTranspose', [dy, kernel], { shape, dtype: 'float32' }, { ...windowAttributes(i), ...groups(i, depthwise) });
  return padded(
    g,
    reached,
    [
      [0, 0],
      [0, 0],
      [0, beyond[0]],
      [0, beyond[1]],
    ],
    0,
  );
}

/**
 * dw[r, c] = xᵣ꜀ᵀ dy, with xᵣ꜀ the pixels under position (r, c) of the filter as rows, channels last: a product of matrices for each
 * position. It is also the convolution of x with dy, whose filter would be as large as the image.
 */
function backwardFilter(g: GraphBuilder, x: Value, dy: Value, i: Info): Value {
  const [below, right] = endPads(i).map((n) => Math.max(0, n));
  const none = [0, 0] as const;
  const bordered = padded(g, x, [none, [i.padInfo.top, below], [i.padInfo.left, right], none], 0);
  const rows = g.reshape(dy, [i.batchSize * i.outHeight * i.outWidth, i.outChannels]);
  const products = Array.from({ length: i.filterHeight * i.filterWidth }, (_, k) => {
    const begin = [Math.floor(k / i.filterWidth) * i.dilationHeight, (k % i.filterWidth) * i.dilationWidth];
    const end = [begin[0] + (i.outHeight - 1) * i.strideHeight + 1, begin[1] + (i.outWidth - 1) * i.strideWidth + 1];
    const seen = g.slice(bordered, [1, 2], begin, end, [i.strideHeight, i.strideWidth]);
    return g.gemm(g.reshape(seen, [rows.shape[0], i.inChannels]), rows, true);
  });
  return g.reshape(g.concat(products, 0), [i.filterHeight, i.filterWidth, i.inChannels, i.outChannels]);
}

/**
 * dw[c, m] = Σₙ x[n, c] ⋆ dy[n, m]: a convolution per channel in which batch and channels change places, dy is the kernel, and stride and
 * dilation swap as well. Channels first.
 */
function backwardDepthwiseFilter(g: GraphBuilder, x: Value, dy: Value, i: Info): Value {
  const [, , H, W] = x.shape;
  const [below, right] = endPads(i);
  const used = g.slice(x, [2, 3], [0, 0], [H + Math.min(0, below), W + Math.min(0, right)]);
  const [height, width] = used.shape.slice(2) as Pair;
  const flat = g.reshape(g.transpose(used, [1, 0, 2, 3]), [1, i.inChannels * i.batchSize, height, width]);
  const attributes = {
    kernel_shape: [i.outHeight, i.outWidth],
    strides: [i.dilationHeight, i.dilationWidth],
    dilations: [i.strideHeight, i.strideWidth],
    pads: windowAttributes(i).pads,
    group: i.inChannels,
  };
  const shape = [1, i.outChannels, i.filterHeight, i.filterWidth];
  const perChannel = g.node('Conv', [flat, g.transpose(dy, [1, 0, 2, 3])], { shape, dtype: 'float32' }, attributes);
  const multiplier = i.outChannels / i.inChannels;
  return g.transpose(g.reshape(perChannel, [i.inChannels, multiplier, i.filterHeight, i.filterWidth]), [2, 3, 0, 1]);
}

type Filtered = X & { filter: tf.TensorInfo };
type FusedInputs = Filtered & { bias?: tf.TensorInfo; preluActivationWeights?: tf.TensorInfo };
type FusedAttributes = Geometry & { activation?: string; leakyreluAlpha?: number };

const convolve =
  (depthwise: boolean): Kernel<FusedInputs, FusedAttributes> =>
  (on, { x, filter, bias, preluActivationWeights: alpha }, a) => {
    const g = on.graph;
    const i = infoOf(x.shape, filter.shape, a, depthwise);
    const y = forward(g, toChannelsFirst(g, on.full(x), a.dataFormat), on.full(filter), i, depthwise);
    const linear = fromChannelsFirst(g, y, a.dataFormat);
    // A vector belongs to the channels, wherever they are.
    const perChannel = (t: tf.TensorInfo) =>
      a.dataFormat === 'NCHW' && t.shape.length === 1 && t.shape[0] !== 1 ? g.reshape(on.full(t), [t.shape[0], 1, 1]) : on.compact(t);
    const shifted = bias ? g.binary('Add', linear, perChannel(bias)) : linear;
    return on.give(activate(g, shifted, a.activation, alpha && perChannel(alpha), a.leakyreluAlpha));
  };

type InputGradient = Geometry & { inputShape: number[] };
const convolveBackInput =
  (depthwise: boolean): Kernel<{ dy: tf.TensorInfo; filter: tf.TensorInfo }, InputGradient> =>
  (on, { dy, filter }, a) => {
    const g = on.graph;
    const i = infoOf(a.inputShape, filter.shape, a, depthwise);
    const whole = toChannelsFirst(g, on.full(dy), a.dataFormat);
    const gradient = g.slice(whole, [2, 3], [0, 0], [i.outHeight, i.outWidth]);
    return on.give(fromChannelsFirst(g, backwardInput(g, gradient, kernelOf(g, on.full(filter), depthwise), i, depthwise), a.dataFormat));
  };

type FilterGradient = Geometry & { filterShape: number[] };
const convolveBackFilter =
  (depthwise: boolean): Kernel<X & { dy: tf.TensorInfo }, FilterGradient> =>
  (on, { x, dy }, a) => {
    const g = on.graph;
    const i = infoOf(x.shape, a.filterShape, a, depthwise);
    const [input, gradient] = [x, dy].map((t) => toChannelsFirst(g, on.full(t), a.dataFormat));
    if (depthwise) return on.give(backwardDepthwiseFilter(g, input, gradient, i));
    return on.give(backwardFilter(g, fromChannelsFirst(g, input), fromChannelsFirst(g, gradient), i));
  };

export const convolution: Kernels = {
  Conv2D: convolve(false),
  FusedConv2D: convolve(false),
  DepthwiseConv2dNative: convolve(true),
  FusedDepthwiseConv2D: convolve(true),
  Conv2DBackpropInput: convolveBackInput(false),
  DepthwiseConv2dNativeBackpropInput: convolveBackInput(true),
  Conv2DBackpropFilter: convolveBackFilter(false),
  DepthwiseConv2dNativeBackpropFilter: convolveBackFilter(true),
};
