import * as tf from '@tensorflow/tfjs';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../graph/graph.js';
import type { Kernel, Kernels, X } from '../kernel.js';

const slice: Kernel<X, { begin: number | number[]; size: number | number[] }> = (on, { x }, { begin, size }) => {
  const [from, extent] = tf.slice_util.parseSliceParams(x as tf.Tensor, begin, size);
  tf.slice_util.assertParamsValid(x as tf.Tensor, from, extent);
  const axes = x.shape.map((_, axis) => axis);
  return on.give(
    on.graph.slice(
      on.full(x),
      axes,
      from,
      from.map((b, i) => b + extent[i]),
    ),
  );
};

interface Strided {
  begin: number[];
  end: number[];
  strides: number[];
  beginMask: number;
  endMask: number;
  ellipsisMask: number;
  newAxisMask: number;
  shrinkAxisMask: number;
}

const stridedSlice: Kernel<X, Strided> = (on, { x }, a) => {
  const g = on.graph;
  const { begin, end, strides, finalShape, finalShapeSparse } = tf.slice_util.sliceInfo(
    x.shape,
    a.begin,
    a.end,
    a.strides,
    a.beginMask,
    a.endMask,
    a.ellipsisMask,
    a.newAxisMask,
    a.shrinkAxisMask,
  );
  if (finalShapeSparse.includes(0)) return on.give(g.empty(finalShape, on.compact(x).dtype));
  const axes = x.shape.map((_, axis) => axis);
  return on.give(g.reshape(g.slice(on.full(x), axes, begin, end, strides), finalShape));
};

/** Consecutive pieces along an axis. */
function split(g: GraphBuilder, x: Value, sizes: readonly number[], axis: number): readonly Value[] {
  if (sizes.length === 1) return [x];
  const types = sizes.map((n) => ({ shape: x.shape.map((m, i) => (i === axis ? n : m)), dtype: x.dtype }));
  if (!sizes.includes(0)) return g.add('Split', [x, g.int64(sizes)], types, { axis });
  let begin = 0;
  return sizes.map((n) => {
    begin += n;
    return g.slice(x, [axis], [begin - n], [begin]);
  });
}

const splitV: Kernel<X, { numOrSizeSplits: number | number[]; axis: number }> = (on, { x }, { numOrSizeSplits, axis }) => {
  const [along] = tf.util.parseAxisParam(axis, x.shape);
  const sizes = tf.backend_util.prepareSplitSize(x as tf.Tensor, numOrSizeSplits, along);
  return split(on.graph, on.full(x), sizes, along).map((piece) => on.give(piece));
};

const unpack: Kernel<{ value: tf.TensorInfo }, { axis: number }> = (on, { value }, { axis }) => {
  const along = axis < 0 ? axis + value.shape.length : axis;
  const shape = value.shape.filter((_, i) => i !== along);
  const pieces = split(on.graph, on.full(value), new Array(value.shape[along]).fill(1), along);
  return pieces.map((piece) => on.give(on.graph.reshape(piece, shape)));
};

export const slicing: Kernels = { Slice: slice, StridedSlice: stridedSlice, SplitV: splitV, Unpack: unpack };
