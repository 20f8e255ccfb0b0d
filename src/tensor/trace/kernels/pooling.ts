import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../../base/index.js';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../graph/graph.js';
import type { Kernel, Kernels, X } from '../kernel.js';
import { backwardInput, fromChannelsFirst, type Info, type Pair, toChannelsFirst, windowAttributes } from './convolution.js';
import { padded } from './joining.js';

interface Pooling {
  filterSize: number | Pair;
  strides: number | Pair;
  pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

const infoOf = (x: tf.TensorInfo, { filterSize, strides, pad, dimRoundingMode }: Pooling): Info =>
  tf.backend_util.computePool2DInfo(x.shape as [number, number, number, number], filterSize, strides, 1, pad, dimRoundingMode);

const outShape = (i: Info) => [i.batchSize, i.outChannels, i.outHeight, i.outWidth];

interface Window {
  readonly input: Value;
  readonly attributes: Record<string, number[]>;
  /** Whether the runtime draws the border. It cannot where the border is as wide as the window. */
  readonly drawn: boolean;
}

/** The window over x with a border of `value`. */
function windowOver(g: GraphBuilder, x: Value, i: Info, value: number): Window {
  const { kernel_shape, strides, pads } = windowAttributes(i);
  const [top, left, bottom, right] = pads;
  if (pads.every((pad, k) => pad < kernel_shape[k % 2])) return { input: x, attributes: { kernel_shape, strides, pads }, drawn: true };
  const input = padded(
    g,
    x,
    [
      [0, 0],
      [0, 0],
      [top, bottom],
      [left, right],
    ],
    value,
  );
  return { input, attributes: { kernel_shape, strides }, drawn: false };
}

/** Window size / how much of it lies inside the input: what a mean over a border of zeros lacks. */
function insideCorrection(g: GraphBuilder, i: Info): Value {
  const inside = (windows: number, stride: number, pad: number, filter: number, size: number) =>
    Array.from({ length: windows }, (_, k) => Math.max(0, Math.min(size, k * stride - pad + filter) - Math.max(0, k * stride - pad)));
  const rows = inside(i.outHeight, i.strideHeight, i.padInfo.top, i.filterHeight, i.inHeight);
  const columns = inside(i.outWidth, i.strideWidth, i.padInfo.left, i.filterWidth, i.inWidth);
  const ratios = rows.flatMap((r) => columns.map((c) => (i.filterHeight * i.filterWidth) / (r * c)));
  return g.constant(Float64Array.from(ratios), [rows.length, columns.length], 'float32');
}

/** tfjs takes a window of one pixel that keeps the shape for the identity, whatever its stride and border. */
const isIdentity = (i: Info) => i.filterHeight === 1 && i.filterWidth === 1 && tf.util.arraysEqual(i.inShape, i.outShape);

/** The mean of what lies inside the input. */
const avgPool: Kernel<X, Pooling> = (on, { x }, a) => {
  const g = on.graph;
  const i = infoOf(x, a);
  if (isIdentity(i)) return on.alias(x, x.shape);
  const { input, attributes, drawn } = windowOver(g, g.cast(toChannelsFirst(g, on.full(x)), 'float32'), i, 0);
  const mean = g.node('AveragePool', [input], { shape: outShape(i), dtype: 'float32' }, attributes);
  return on.give(fromChannelsFirst(g, drawn ? mean : g.binary('Mul', mean, insideCorrection(g, i))));
};

const maxPool: Kernel<X, Pooling> = (on, { x }, a) => {
  const g = on.graph;
  const i = infoOf(x, a);
  if (isIdentity(i)) return on.alias(x, x.shape);
  const { input, attributes } = windowOver(g, g.cast(toChannelsFirst(g, on.full(x)), 'float32'), i, Number.NEGATIVE_INFINITY);
  const pooled = g.node('MaxPool', [input], { shape: outShape(i), dtype: 'float32' }, attributes);
  return on.give(g.cast(fromChannelsFirst(g, pooled), x.dtype as 'float32' | 'int32'));
};

/** The maxima, and where each lies in the flat input [N, C, H, W]. */
function maxima(g: GraphBuilder, x: Value, i: Info): readonly [Value, Value] {
  const types = [
    { shape: outShape(i), dtype: 'float32' as const },
    { shape: outShape(i), dtype: 'int64' as const },
  ];
  const { input, attributes } = windowOver(g, x, i, Number.NEGATIVE_INFINITY);
  return g.add('MaxPool', [input], types, attributes) as unknown as readonly [Value, Value];
}

/** ONNX counts positions in [N, C, H, W], tfjs in [H, W, C], with N before it on request. */
const maxPoolWithArgmax: Kernel<X, Pooling & { includeBatchInIndex: boolean }> = (on, { x }, attributes) => {
  const g = on.graph;
  if (x.shape.length !== 4) throw new Error(`maxPoolWithArgmax: x must be [N,H,W,C], got [${x.shape}]`);
  const i = infoOf(x, attributes);
  const numbers = g.cast(toChannelsFirst(g, on.full(x)), 'float32');
  const [values, positions] = maxima(g, g.unlessNaN(numbers, g.scalar(Number.NEGATIVE_INFINITY)), i);
  const [C, plane] = [i.inChannels, i.inHeight * i.inWidth];
  const perPlane = (f: (n: number, c: number) => number) =>
    g.constant(
      Int32Array.from({ length: i.batchSize * C }, (_, k) => f(Math.floor(k / C), k % C)),
      [i.batchSize, C, 1, 1],
      'int32',
    );
  const pixel = g.binary(
    'Sub',
    g.cast(positions, 'int32'),
    perPlane((n, c) => (n * C + c) * plane),
  );
  const start = perPlane((n, c) => c + (attributes.includeBatchInIndex ? n * plane * C : 0));
  const flat = g.binary('Add', g.binary('Mul', pixel, g.scalar(C, 'int32')), start);
  return [on.give(g.cast(fromChannelsFirst(g, values), x.dtype as 'float32' | 'int32')), on.give(fromChannelsFirst(g, flat))];
};

interface Gradient {
  dy: tf.TensorInfo;
  input: tf.TensorInfo;
}

/**
 * Each pixel of dy goes to all of its window in equal shares. As in tfjs a share is 1 / the window's size also where the window overhangs the
 * border, though the forward pass divides by what lies inside: with padding this is tfjs's gradient, not the derivative.
 */
const avgPoolGrad: Kernel<Gradient, Pooling> = (on, { dy, input }, attributes) => {
  const g = on.graph;
  const i = infoOf(input, attributes);
  const shares = g.expand(g.scalar(1 / (i.filterHeight * i.filterWidth)), [i.inChannels, 1, i.filterHeight, i.filterWidth]);
  return on.give(fromChannelsFirst(g, backwardInput(g, toChannelsFirst(g, on.full(dy)), shares, i, true)));
};

/** Each pixel of dy goes to the place of its window's first maximum. */
const maxPoolGrad: Kernel<Gradient, Pooling> = (on, { dy, input }, attributes) => {
  const g = on.graph;
  const i = infoOf(input, attributes);
  const x = toChannelsFirst(g, on.full(input));
  const [, positions] = maxima(g, x, i);
  const count = sizeOf(outShape(i));
  const zeros = g.zeros([sizeOf(x.shape)], 'float32');
  const updates = g.reshape(toChannelsFirst(g, on.full(dy)), [count]);
  const scattered = g.node('ScatterND', [zeros, g.reshape(positions, [count, 1]), updates], zeros, { reduction: 'add' });
  return on.give(fromChannelsFirst(g, g.reshape(scattered, x.shape)));
};

export const pooling: Kernels = {
  AvgPool: avgPool,
  MaxPool: maxPool,
  MaxPoolWithArgmax: maxPoolWithArgmax,
  AvgPoolGrad: avgPoolGrad,
  MaxPoolGrad: maxPoolGrad,
};
