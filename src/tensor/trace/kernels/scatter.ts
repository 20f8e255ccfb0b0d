import type * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../../base/index.js';
import type { GraphBuilder } from '../../graph/builder.js';
import type { DType, Value } from '../../graph/graph.js';
import type { TraceBackend } from '../backend.js';
import { checkIndices, insideOfAll } from '../indices.js';
import type { Kernel, Kernels, X } from '../kernel.js';

/** `onto` with `updates` put, added, or kept where they are larger, at the rows that `indices` [K, rank] name. */
function scatter(g: GraphBuilder, onto: Value, indices: Value, updates: Value, reduction: 'none' | 'add' | 'max'): Value {
  const places = g.cast(indices, 'int64');
  return g.node('ScatterND', [onto, places, updates], onto, reduction === 'none' ? {} : { reduction });
}

interface ScatterInputs {
  indices: tf.TensorInfo;
  updates: tf.TensorInfo;
}

const scatterNd: Kernel<ScatterInputs, { shape: number[] }> = (on, { indices, updates }, { shape }) => {
  const g = on.graph;
  if (shape.includes(0)) return on.give(g.empty(shape, on.compact(updates).dtype));
  checkIndices(on, indices, shape);
  const places = column(g, on, indices);
  const numbers = g.cast(on.full(updates), updates.dtype === 'bool' ? 'int32' : (updates.dtype as DType));
  const rows = g.reshape(numbers, [...places.shape.slice(0, -1), ...shape.slice(places.shape.at(-1)!)]);
  const { safe, inside } = insideOfAll(g, places, shape);
  const spread = g.reshape(inside, [...inside.shape, ...new Array(rows.shape.length - inside.shape.length).fill(1)]);
  const known = on.known(indices) !== undefined;
  const kept = known ? rows : g.where(spread, rows, g.scalar(0, rows.dtype));
  const sum = scatter(g, g.zeros(shape, numbers.dtype), known ? places : safe, kept, 'add');
  return on.give(g.cast(sum, updates.dtype as DType));
};

const tensorScatterUpdate: Kernel<ScatterInputs & { tensor: tf.TensorInfo }> = (on, { tensor, indices, updates }) => {
  const g = on.graph;
  checkIndices(on, indices, tensor.shape);
  const places = column(g, on, indices);
  const [depth, behind] = [places.shape.at(-1)!, tensor.shape.slice(places.shape.at(-1)!)];
  const rows = g.expand(on.compact(updates), [...places.shape.slice(0, -1), ...behind]);
  if (on.known(indices)) return on.give(scatter(g, on.full(tensor), places, rows, 'none'));
  // What is outside is put into a row behind all others, which is cut off.
  const count = sizeOf(tensor.shape.slice(0, depth));
  const { safe, inside } = insideOfAll(g, places, tensor.shape);
  const tuples = g.reshape(safe, [sizeOf(inside.shape), depth]);
  // Added up by hand, since a runtime may sum integers through float32.
  const flat = Array.from({ length: depth }, (_, axis) => {
    const stride = g.scalar(sizeOf(tensor.shape.slice(axis + 1, depth)), 'int32');
    return g.binary('Mul', g.slice(tuples, [1], [axis], [axis + 1]), stride);
  }).reduce((sum, part) => g.binary('Add', sum, part));
  const place = g.where(g.reshape(inside, flat.shape), flat, g.scalar(count, 'int32'));
  const table = g.concat([g.reshape(on.full(tensor), [count, ...behind]), g.zeros([1, ...behind], rows.dtype)], 0);
  const put = scatter(g, table, place, g.reshape(rows, [flat.shape[0], ...behind]), 'none');
  return on.give(g.reshape(g.slice(put, [0], [0], [count]), tensor.shape));
};

/** A vector of indices is one index of rank 1 each. */
const column = (g: GraphBuilder, on: TraceBackend, indices: tf.TensorInfo): Value =>
  indices.shape.length < 2 ? g.reshape(on.full(indices), [sizeOf(indices.shape), 1]) : on.full(indices);

/** Σ or max of the rows of `x` [N, …] by segment: `ids` [N] outside 0 … count − 1 go to a row that is cut off. */
function bySegment(g: GraphBuilder, x: Value, ids: Value, count: number, reduction: 'add' | 'max'): Value {
  const shape = [count + 1, ...x.shape.slice(1)];
  const start = reduction === 'add' ? g.zeros(shape, x.dtype) : g.expand(g.scalar(LEAST_FLOAT32), shape);
  const zero = g.scalar(0, 'int32');
  const inside = g.binary('And', g.binary('LessOrEqual', zero, ids, 'bool'), g.binary('Less', ids, g.scalar(count, 'int32'), 'bool'));
  const places = g.reshape(g.where(inside, ids, g.scalar(count, 'int32')), [ids.shape[0], 1]);
  return g.slice(scatter(g, start, places, x, reduction), [0], [0], [count]);
}

const unsortedSegmentSum: Kernel<X & { segmentIds: tf.TensorInfo }, { numSegments: number }> = (on, { x, segmentIds }, { numSegments }) => {
  const g = on.graph;
  const shape = [numSegments, ...x.shape.slice(segmentIds.shape.length)];
  const dtype = x.dtype === 'bool' ? 'int32' : (x.dtype as DType);
  if (sizeOf(x.shape) === 0 || shape.includes(0)) return on.give(shape.includes(0) ? g.empty(shape, dtype) : g.zeros(shape, dtype));
  const ids = g.reshape(g.cast(on.full(segmentIds), 'int32'), [sizeOf(segmentIds.shape)]);
  const rows = g.reshape(g.cast(on.full(x), dtype), [ids.shape[0], ...shape.slice(1)]);
  return on.give(bySegment(g, rows, ids, numSegments, 'add'));
};

/** `segmentMax`: no kernel of tfjs. */
const segmentMax: Kernel<X & { segmentIds: tf.TensorInfo }, { numSegments: number }> = (on, { x, segmentIds }, { numSegments }) =>
  on.give(bySegment(on.graph, on.full(x), on.full(segmentIds), numSegments, 'max'));

/** What a maximum starts from: unlike −∞ it makes no NaN where two are subtracted. */
export const LEAST_FLOAT32 = -((2 - 2 ** -23) * 2 ** 127);

type Counted = X & { weights: tf.TensorInfo };

interface Bins {
  size: number;
  binaryOutput?: boolean;
}

/** How often each of 0 … size − 1 occurs in each of `rows` rows, or the sum of the weights where it does. */
function bins(on: TraceBackend, { x, weights }: Counted, { size, binaryOutput = false }: Bins, rows: number): Value {
  const g = on.graph;
  if (on.known(x)?.some((value) => value < 0)) throw new Error('Input x must be non-negative!');
  const dtype = weights.dtype as DType;
  const total = sizeOf(x.shape);
  if (total === 0) return g.zeros([rows, size], dtype);
  const values = g.reshape(g.cast(on.full(x), 'int32'), [rows, total / rows]);
  const starts = g.constant(
    Int32Array.from({ length: rows }, (_, row) => row * size),
    [rows, 1],
    'int32',
  );
  const inside = g.binary('Less', values, g.scalar(size, 'int32'), 'bool');
  const ids = g.reshape(g.where(inside, g.binary('Add', values, starts), g.scalar(-1, 'int32')), [total]);
  const weighted =
    sizeOf(weights.shape) > 0 && !binaryOutput ? g.reshape(on.full(weights), [total]) : g.expand(g.scalar(1, dtype), [total]);
  const counts = g.reshape(bySegment(g, weighted, ids, rows * size, 'add'), [rows, size]);
  return binaryOutput ? g.binary('Min', counts, g.scalar(1, dtype)) : counts;
}

const bincount: Kernel<Counted, Bins> = (on, inputs, attributes) =>
  on.give(on.graph.reshape(bins(on, inputs, attributes, 1), [attributes.size]));

const denseBincount: Kernel<Counted, Bins> = (on, inputs, attributes) => {
  const { shape } = inputs.x;
  if (shape.length > 2) throw new Error(`Error in denseBincount: input must be at most rank 2, but got rank ${shape.length}.`);
  return shape.length < 2 ? bincount(on, inputs, attributes) : on.give(bins(on, inputs, attributes, shape[0]));
};

export const scattering: Kernels = {
  ScatterNd: scatterNd,
  TensorScatterUpdate: tensorScatterUpdate,
  UnsortedSegmentSum: unsortedSegmentSum,
  SegmentMax: segmentMax,
  Bincount: bincount,
  DenseBincount: denseBincount,
};
