import * as tf from '@tensorflow/tfjs';
import { equal } from '../../graph/builder.js';
import type { Kernel, Kernels, X } from '../kernel.js';

const reshape: Kernel<X, { shape: number[] }> = (on, { x }, { shape }) =>
  on.alias(x, tf.util.inferFromImplicitShape(shape, tf.util.sizeFromShape(x.shape)));

const expandDims: Kernel<{ input: tf.TensorInfo }, { dim: number }> = (on, { input }, { dim }) => {
  const shape = [...input.shape];
  tf.util.assert(
    dim >= -shape.length - 1 && dim <= shape.length,
    () => `Axis must be in [${-shape.length - 1}, ${shape.length}], got ${dim}`,
  );
  shape.splice(dim < 0 ? input.shape.length + dim + 1 : dim, 0, 1);
  return on.alias(input, shape);
};

const transpose: Kernel<X, { perm: number[] }> = (on, { x }, { perm }) => {
  const small = on.compact(x);
  const shape = perm.map((axis) => x.shape[axis]);
  return on.give(small.shape.length === 0 ? small : on.graph.transpose(on.full(x), perm), shape);
};

const reverse: Kernel<X, { dims: number | number[] }> = (on, { x }, { dims }) => {
  const axes = tf.util.parseAxisParam(dims, x.shape).filter((axis) => x.shape[axis] > 1);
  const value = on.full(x);
  const last = axes.map((axis) => x.shape[axis] - 1);
  return on.give(
    on.graph.slice(
      value,
      axes,
      last,
      axes.map(() => -1),
      axes.map(() => -1),
    ),
  );
};

const broadcastTo: Kernel<X, { shape: number[] }> = (on, { x }, { shape }) => on.give(on.compact(x), shape);

const tile: Kernel<X, { reps: number[] }> = (on, { x }, { reps }) => {
  const g = on.graph;
  const shape = x.shape.map((n, i) => n * reps[i]);
  const small = on.compact(x);
  const repeatsOnes = reps.every((n, i) => n === 1 || x.shape[i] === 1);
  if (repeatsOnes && !shape.includes(0)) return on.give(small, shape);
  return equal(shape, x.shape) ? on.alias(x, shape) : on.give(g.node('Tile', [on.full(x), g.int64(reps)], { shape, dtype: small.dtype }));
};

export const shape: Kernels = {
  Identity: ((on, { x }) => on.alias(x, x.shape)) satisfies Kernel<X>,
  Reshape: reshape,
  ExpandDims: expandDims,
  Transpose: transpose,
  Reverse: reverse,
  BroadcastTo: broadcastTo,
  Tile: tile,
};
