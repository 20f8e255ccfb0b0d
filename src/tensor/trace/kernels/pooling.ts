import * as tf from '@tensorflow/tfjs';
import { sizeOf, type Value } from '../../graph.js';
import type { GraphBuilder } from '../builder.js';
import type { Kernel, Kernels, X } from '../kernel.js';
import { backwardInput, fromChannelsFirst, toChannelsFirst, windowAttributes } from './convolution.js';

type Info = tf.backend_util.Conv2DInfo;
type Pair = [number, number];

interface Pooling {
  filterSize: number | Pair;
  strides: number | Pair;
  pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

const infoOf = (x: tf.TensorInfo, { filterSize, strides, pad, dimRoundingMode }: Pooling): Info =>
  tf.backend_util.computePool2DInfo(x.shape as [number, number, number, number], filterSize, strides, 1, pad, dimRoundingMode);

const outShape = (i: Info) => [i.batchSize, i.outChannels, i.outHeight, i.outWidth];

function window(i: Info): Record<string, number[]> {
  const { kernel_shape, strides, pads } = windowAttributes(i);
  return { kernel_shape, strides, pads };
}

const avgPool: Kernel<X, Pooling> = (on, { x }, attributes) => {
  const g = on.graph;
  const i = infoOf(x, attributes);
  const value = g.cast(toChannelsFirst(g, on.full(x)), 'float32');
  return on.give(fromChannelsFirst(g, g.node('AveragePool', [value], { shape: outShape(i), dtype: 'float32' }, window(i))));
};

/** The maxima, and where each lies in the flat input [N, C, H, W]. */
function maxima(g: GraphBuilder, x: Value, i: Info): readonly [Value, Value] {
  const types = [
    { shape: outShape(i), dtype: 'float32' as const },
    { shape: outShape(i), dtype: 'int64' as const },
  ];
  return g.add('MaxPool', [x], types, window(i)) as unknown as readonly [Value, Value];
}

const maxPool: Kernel<X, Pooling> = (on, { x }, attributes) => {
  const g = on.graph;
  const i = infoOf(x, attributes);
  const value = g.cast(toChannelsFirst(g, on.full(x)), 'float32');
  const pooled = g.node('MaxPool', [value], { shape: outShape(i), dtype: 'float32' }, window(i));
  return on.give(g.cast(fromChannelsFirst(g, pooled), x.dtype as 'float32' | 'int32'));
};

/** ONNX counts positions in [N, C, H, W], tfjs in [H, W, C], with N before it on request. */
const maxPoolWithArgmax: Kernel<X, Pooling & { includeBatchInIndex: boolean }> = (on, { x }, attributes) => {
  const g = on.graph;
  const i = infoOf(x, attributes);
  const [values, positions] = maxima(g, g.cast(toChannelsFirst(g, on.full(x)), 'float32'), i);
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

/** Each pixel of dy, divided by how many pixels its window averaged, goes to all of them. */
const avgPoolGrad: Kernel<Gradient, Pooling> = (on, { dy, input }, attributes) => {
  const g = on.graph;
  const i = infoOf(input, attributes);
  const rows = inside(i.outHeight, i.strideHeight, i.padInfo.top, i.filterHeight, i.inHeight);
  const columns = inside(i.outWidth, i.strideWidth, i.padInfo.left, i.filterWidth, i.inWidth);
  const share = Float64Array.from(rows.flatMap((r) => columns.map((c) => 1 / (r * c))));
  const weights = share.every((x) => x === share[0]) ? g.scalar(share[0]!) : g.constant(share, [rows.length, columns.length], 'float32');
  const shared = g.binary('Mul', toChannelsFirst(g, on.full(dy)), weights);
  const ones = g.expand(g.scalar(1), [i.inChannels, 1, i.filterHeight, i.filterWidth]);
  return on.give(fromChannelsFirst(g, backwardInput(g, shared, ones, i, true)));
};

/** How many of a window's places lie inside the input, per window along one axis. */
const inside = (windows: number, stride: number, pad: number, filter: number, size: number): number[] =>
  Array.from({ length: windows }, (_, k) => Math.min(size, k * stride - pad + filter) - Math.max(0, k * stride - pad));

/** Each pixel of dy goes to the place of its window's first maximum. */
const maxPoolGrad: Kernel<Gradient, Pooling> = (on, { dy, input }, attributes) => {
  const g = on.graph;
  const i = infoOf(input, attributes);
  const x = toChannelsFirst(g, on.full(input));
  const [, positions] = maxima(g, x, i);
  const count = sizeOf(outShape(i));
  const zeros = g.expand(g.scalar(0), [sizeOf(x.shape)]);
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
