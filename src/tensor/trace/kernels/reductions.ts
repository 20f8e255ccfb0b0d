import * as tf from '@tensorflow/tfjs';
import type { Value } from '../../graph.js';
import { sizeOf } from '../../graph.js';
import type { Op } from '../../onnx/ops.js';
import type { TraceBackend } from '../backend.js';
import type { GraphBuilder } from '../builder.js';
import { each, type Kernel, type Kernels, type X } from '../kernel.js';
import { splat } from './fill.js';

interface Axes {
  axis?: number | number[] | null;
  keepDims?: boolean;
}

/** The normalised axes, and the result's shape with and without them. */
function plan(x: tf.TensorInfo, { axis, keepDims }: Axes) {
  const axes = tf.util.parseAxisParam(axis ?? null!, x.shape).sort((a, b) => a - b);
  const shape = keepDims ? x.shape.map((n, i) => (axes.includes(i) ? 1 : n)) : x.shape.filter((_, i) => !axes.includes(i));
  return { axes, shape, count: axes.reduce((n, a) => n * x.shape[a]!, 1) };
}

/**
 * Σ over `axes` of `weight · x`. Axes along which x only repeats itself are a multiplication. Sums over leading axes, as every bias's gradient is,
 * are a row of weights times a matrix: the runtimes' matrix product is several times faster than their ReduceSum there.
 */
function weightedSum(on: TraceBackend, x: tf.TensorInfo, axes: readonly number[], weight: number): Value {
  const g = on.graph;
  const small = g.cast(on.compact(x), x.dtype === 'bool' ? 'int32' : (x.dtype as 'float32' | 'int32'));
  const lead = x.shape.length - small.shape.length;
  const repeats = axes.filter((axis) => axis < lead || (small.shape[axis - lead] === 1 && x.shape[axis] !== 1));
  if (repeats.length > 0) {
    const times = repeats.reduce((n, axis) => n * x.shape[axis]!, weight);
    const rest = axes.filter((axis) => !repeats.includes(axis)).map((axis) => axis - lead);
    const summed = g.reduce('ReduceSum', small, [...rest, ...repeats.filter((axis) => axis >= lead).map((axis) => axis - lead)]);
    return g.binary('Mul', summed, g.scalar(times, summed.dtype));
  }
  const full = g.expand(small, x.shape);
  const rows = axes.reduce((n, axis) => n * x.shape[axis]!, 1);
  const isLeading = axes.every((axis, i) => axis === i) && axes.length < x.shape.length;
  if (isLeading && full.dtype === 'float32' && rows >= 8) return rowTimesMatrix(g, full, rows, axes.length, weight);
  return weight === 1 ? g.reduce('ReduceSum', full, axes) : g.reduce('ReduceMean', full, axes);
}

function rowTimesMatrix(g: GraphBuilder, x: Value, rows: number, axes: number, weight: number): Value {
  const matrix = g.reshape(x, [rows, sizeOf(x.shape) / rows]);
  const row = g.constantRow(weight, rows);
  return g.reshape(g.gemm(row, matrix), x.shape.slice(axes));
}

const sum: Kernel<X, Axes> = (on, { x }, attributes) => {
  const { axes, shape, count } = plan(x, attributes);
  if (count === 0) return splat(on, shape, 0, x.dtype === 'float32' ? 'float32' : 'int32');
  return on.alias(on.give(weightedSum(on, x, axes, 1), shapeWithout(x, axes)), shape);
};

const mean: Kernel<X, Axes> = (on, { x }, attributes) => {
  const { axes, shape, count } = plan(x, attributes);
  if (count === 0) return splat(on, shape, Number.NaN, 'float32');
  const real = on.give(on.graph.cast(on.compact(x), 'float32'), x.shape);
  return on.alias(on.give(weightedSum(on, real, axes, 1 / count), shapeWithout(x, axes)), shape);
};

const shapeWithout = (x: tf.TensorInfo, axes: readonly number[]) => x.shape.filter((_, i) => !axes.includes(i));

/** Reductions of which repeating an element changes nothing to speak of, and what they give on no elements. */
const reduction =
  ([op, ofNothing]: readonly [Op, number]): Kernel<X, Axes> =>
  (on, { x }, attributes) => {
    const g = on.graph;
    const { axes, shape, count } = plan(x, attributes);
    const full = on.full(x);
    const dtype = op === 'ReduceProd' && full.dtype === 'bool' ? 'int32' : full.dtype;
    if (count === 0) return splat(on, shape, ofNothing, dtype);
    // ONNX reduces numbers only.
    const numbers = full.dtype === 'bool' ? g.cast(full, 'int32') : full;
    return on.give(g.reshape(g.cast(g.reduce(op, numbers, axes), dtype), shape));
  };

const extremum =
  (op: Op): Kernel<X, { axis: number }> =>
  (on, { x }, { axis }) => {
    const g = on.graph;
    const [along] = tf.util.parseAxisParam(axis, x.shape);
    const shape = x.shape.filter((_, i) => i !== along);
    const full = on.full(x);
    const numbers = full.dtype === 'bool' ? g.cast(full, 'int32') : full;
    return on.give(g.cast(g.node(op, [numbers], { shape, dtype: 'int64' }, { axis: along!, keepdims: 0 }), 'int32'));
  };

export const reductions: Kernels = {
  Sum: sum,
  Mean: mean,
  ...each(
    {
      Max: ['ReduceMax', Number.NEGATIVE_INFINITY],
      Min: ['ReduceMin', Number.POSITIVE_INFINITY],
      Prod: ['ReduceProd', 1],
      Any: ['ReduceMax', 0],
      All: ['ReduceMin', 1],
    } as const,
    reduction,
  ),
  ...each({ ArgMax: 'ArgMax', ArgMin: 'ArgMin' } as const, extremum),
};
