import * as tf from '@tensorflow/tfjs';
import type { Op } from '../../onnx/operators.js';
import type { TraceBackend } from '../backend.js';
import { each, type Kernel, type Kernels, type X } from '../kernel.js';
import { splat } from './fill.js';

interface Axes {
  axis?: number | number[] | null;
  /** What `Max` calls its axes. */
  reductionIndices?: number | number[] | null;
  keepDims?: boolean;
}

/** The normalised axes, and the result's shape with and without them. */
function plan(x: tf.TensorInfo, { axis, reductionIndices, keepDims }: Axes) {
  const axes = tf.util.parseAxisParam(axis ?? reductionIndices ?? null!, x.shape).sort((a, b) => a - b);
  const shape = keepDims ? x.shape.map((n, i) => (axes.includes(i) ? 1 : n)) : x.shape.filter((_, i) => !axes.includes(i));
  return { axes, shape, count: axes.reduce((n, a) => n * x.shape[a], 1) };
}

/** Σ over `axes` of `weight · x`. Axes along which x only repeats itself are a multiplication. */
function weightedSum(on: TraceBackend, x: tf.TensorInfo, attributes: Axes, weight: number, dtype: 'float32' | 'int32'): tf.TensorInfo {
  const g = on.graph;
  const { axes, shape } = plan(x, attributes);
  const keep = attributes.keepDims ?? false;
  const small = g.cast(on.compact(x), dtype);
  const lead = x.shape.length - small.shape.length;
  const repeats = axes.filter((axis) => axis < lead || (small.shape[axis - lead] === 1 && x.shape[axis] !== 1));
  if (repeats.length > 0) {
    const times = repeats.reduce((n, axis) => n * x.shape[axis], weight);
    const summed = g.reduce(
      'ReduceSum',
      small,
      axes.filter((axis) => axis >= lead).map((axis) => axis - lead),
      keep,
    );
    return on.give(g.binary('Mul', summed, g.scalar(times, dtype)), shape);
  }
  return on.give(g.reduce(weight === 1 ? 'ReduceSum' : 'ReduceMean', g.expand(small, x.shape), axes, keep));
}

const sum: Kernel<X, Axes> = (on, { x }, attributes) => {
  const { shape, count } = plan(x, attributes);
  const dtype = x.dtype === 'float32' ? 'float32' : 'int32';
  return count === 0 ? splat(on, shape, 0, dtype) : weightedSum(on, x, attributes, 1, dtype);
};

const mean: Kernel<X, Axes> = (on, { x }, attributes) => {
  const { shape, count } = plan(x, attributes);
  return count === 0 ? splat(on, shape, Number.NaN, 'float32') : weightedSum(on, x, attributes, 1 / count, 'float32');
};

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
    return on.give(g.cast(g.reduce(op, numbers, axes, attributes.keepDims), dtype));
  };

/** The first place of the extremum. NaN is none, so it takes the value that never wins. */
const extremum =
  ([op, loser]: readonly [Op, number]): Kernel<X, { axis: number }> =>
  (on, { x }, { axis }) => {
    const g = on.graph;
    const [along] = tf.util.parseAxisParam(axis, x.shape);
    const shape = x.shape.filter((_, i) => i !== along);
    if (x.shape[along] === 0) return splat(on, shape, 0, 'int32'); // as tfjs has it
    const full = on.full(x);
    const numbers = full.dtype === 'float32' ? g.unlessNaN(full, g.scalar(loser)) : g.cast(full, 'int32');
    return on.give(g.cast(g.node(op, [numbers], { shape, dtype: 'int64' }, { axis: along, keepdims: 0 }), 'int32'));
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
  ...each({ ArgMax: ['ArgMax', Number.NEGATIVE_INFINITY], ArgMin: ['ArgMin', Number.POSITIVE_INFINITY] } as const, extremum),
};
