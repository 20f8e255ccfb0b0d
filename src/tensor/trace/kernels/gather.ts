import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../../base/index.js';
import type { GraphBuilder } from '../../graph/builder.js';
import type { DType, Value } from '../../graph/graph.js';
import type { TraceBackend } from '../backend.js';
import { checkIndices, insideOf, insideOfAll } from '../indices.js';
import type { Kernel, Kernels } from '../kernel.js';

/** Indices that are known while tracing are checked now. */
function checkRange(on: TraceBackend, indices: tf.TensorInfo, size: number): void {
  const wrong = on.known(indices)?.find((index) => index < 0 || index >= size);
  if (wrong !== undefined) throw new Error(`GatherV2: the index value ${wrong} is not in [0, ${size - 1}]`);
}

/**
 * What was taken where the index was inside, elsewhere NaN, which a guard or a loss shows, 0 or false. A runtime would fail there, count
 * from the end, or read what lies beside the array.
 */
function whereInside(g: GraphBuilder, taken: Value, inside: Value): Value {
  const { dtype } = taken;
  return g.where(inside, taken, g.scalar(dtype === 'float32' ? Number.NaN : 0, dtype));
}

interface GatherInputs {
  x: tf.TensorInfo;
  indices: tf.TensorInfo;
}

const gatherV2: Kernel<GatherInputs, { axis: number; batchDims?: number }> = (on, { x, indices }, { axis, batchDims = 0 }) => {
  const g = on.graph;
  const [along] = tf.util.parseAxisParam(axis, x.shape);
  const info = tf.backend_util.segment_util.collectGatherOpShapeInfo(x, indices, along, batchDims);
  checkRange(on, indices, info.dimSize);
  if (info.outputShape.includes(0)) return on.give(g.empty(info.outputShape, on.compact(x).dtype));
  const { safe, inside } = insideOf(g, g.cast(on.full(indices), 'int32'), info.dimSize);
  const taken =
    info.batchSize === 1 ? g.gather(on.full(x), g.reshape(safe, [sizeOf(safe.shape)]), along) : gatherPerBatch(g, on.full(x), safe, info);
  const value = g.reshape(taken, info.outputShape);
  if (on.known(indices)) return on.give(value);
  const behind = info.outputShape.length - along - (indices.shape.length - batchDims);
  const spread = g.reshape(inside, [
    ...indices.shape.slice(0, batchDims),
    ...new Array(along - batchDims).fill(1),
    ...indices.shape.slice(batchDims),
    ...new Array(behind).fill(1),
  ]);
  return on.give(whereInside(g, value, spread));
};

type ShapeInfo = Record<'batchSize' | 'outerSize' | 'dimSize' | 'sliceSize', number>;

/** Each batch has indices of its own: batches are laid one after another, and the indices moved to where their batch begins. */
function gatherPerBatch(g: GraphBuilder, x: Value, index: Value, { batchSize, outerSize, dimSize, sliceSize }: ShapeInfo): Value {
  const count = sizeOf(index.shape) / batchSize;
  const table = g.transpose(g.reshape(x, [batchSize, outerSize, dimSize, sliceSize]), [0, 2, 1, 3]);
  const starts = g.constant(
    Int32Array.from({ length: batchSize }, (_, batch) => batch * dimSize),
    [batchSize, 1],
    'int32',
  );
  const rows = g.reshape(g.binary('Add', g.reshape(index, [batchSize, count]), starts), [batchSize * count]);
  const picked = g.gather(g.reshape(table, [batchSize * dimSize, outerSize * sliceSize]), rows, 0);
  return g.transpose(g.reshape(picked, [batchSize, count, outerSize, sliceSize]), [0, 2, 1, 3]);
}

const gatherNd: Kernel<{ params: tf.TensorInfo; indices: tf.TensorInfo }> = (on, { params, indices }) => {
  const g = on.graph;
  const [shape] = tf.backend_util.prepareAndValidate(params, indices);
  const value = on.full(params);
  const { safe, inside } = insideOfAll(g, on.full(indices), params.shape);
  const taken = g.node('GatherND', [value, g.cast(safe, 'int64')], { shape, dtype: value.dtype });
  if (on.known(indices)) {
    checkIndices(on, indices, params.shape);
    return on.give(taken);
  }
  const behind = new Array(shape.length - inside.shape.length).fill(1);
  return on.give(whereInside(g, taken, g.reshape(inside, [...inside.shape, ...behind])));
};

interface OneHot {
  dtype: DType;
  depth: number;
  onValue: number;
  offValue: number;
}

/** An index outside 0 … depth − 1 has no 1 anywhere; ONNX's own OneHot would count −1 from the end. */
const oneHot: Kernel<{ indices: tf.TensorInfo }, OneHot> = (on, { indices }, { dtype, depth, onValue, offValue }) => {
  const g = on.graph;
  const shape = [...indices.shape, depth];
  if (shape.includes(0)) return on.give(g.empty(shape, dtype));
  const index = g.reshape(g.cast(on.full(indices), 'int32'), [...indices.shape, 1]);
  const places = g.constant(
    Int32Array.from({ length: depth }, (_, i) => i),
    [depth],
    'int32',
  );
  const hit = g.binary('Equal', index, places, 'bool');
  if (onValue === 1 && offValue === 0) return on.give(g.cast(hit, dtype));
  return on.give(g.where(hit, g.scalar(onValue, dtype), g.scalar(offValue, dtype)));
};

export const gather: Kernels = { GatherV2: gatherV2, GatherNd: gatherNd, OneHot: oneHot };
