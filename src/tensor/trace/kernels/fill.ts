import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../../base/index.js';
import type { DType } from '../../graph/graph.js';
import type { TraceBackend } from '../backend.js';
import type { Kernel, Kernels, X } from '../kernel.js';

/** A tensor of one repeated number, held as that number. */
export const splat = (on: TraceBackend, shape: readonly number[], x: number, dtype: DType): tf.TensorInfo =>
  on.give(sizeOf(shape) === 0 ? on.graph.empty(shape, dtype) : on.graph.scalar(x, dtype), shape);

const fillWith: Kernel<object, { shape: number[]; value: number; dtype?: DType }> = (on, _, { shape, value, dtype = 'float32' }) =>
  splat(on, shape, value, dtype);

const sequence = (on: TraceBackend, values: number[], dtype: DType): tf.TensorInfo => {
  if (values.length === 0) return on.give(on.graph.empty([0], dtype));
  return on.give(on.graph.constant(dtype === 'int32' ? Int32Array.from(values) : Float64Array.from(values), [values.length], dtype));
};

const range: Kernel<object, { start: number; stop: number; step: number; dtype: DType }> = (on, _, { start, stop, step, dtype }) => {
  const by = stop < start && step === 1 ? -1 : step; // tfjs counts down where the step was left out
  const count = Math.max(0, Math.ceil((stop - start) / by));
  const values = Array.from({ length: count }, (_, i) => start + i * by);
  return sequence(on, values, dtype);
};

const linSpace: Kernel<object, { start: number; stop: number; num: number }> = (on, _, { start, stop, num }) =>
  sequence(
    on,
    Array.from({ length: num }, (_, i) => (num === 1 ? start : start + (i * (stop - start)) / (num - 1))),
    'float32',
  );

/** x on the diagonal, zeros elsewhere. */
const diag: Kernel<X> = (on, { x }) => {
  const g = on.graph;
  const n = sizeOf(x.shape);
  const shape = [...x.shape, ...x.shape];
  const value = on.full(x);
  if (n === 0) return on.give(g.empty(shape, value.dtype));
  const eye = g.constant(
    Uint8Array.from({ length: n * n }, (_, i) => Number(i % (n + 1) === 0)),
    [n, n],
    'bool',
  );
  return on.give(g.reshape(g.where(eye, g.reshape(value, [n]), g.scalar(0, value.dtype)), shape));
};

/** The shape two shapes broadcast to. Shapes are values here, and have to be known. */
const broadcastArgs: Kernel<{ s0: tf.TensorInfo; s1: tf.TensorInfo }> = (on, { s0, s1 }) => {
  const [a, b] = [s0, s1].map((s) => [...(on.known(s) ?? (tf.engine().readSync(s.dataId) as Int32Array))]);
  return sequence(on, tf.backend_util.assertAndGetBroadcastShape(a, b), 'int32');
};

export const fill: Kernels = {
  Fill: fillWith,
  ZerosLike: ((on, { x }) => splat(on, x.shape, 0, x.dtype as DType)) satisfies Kernel<X>,
  OnesLike: ((on, { x }) => splat(on, x.shape, 1, x.dtype as DType)) satisfies Kernel<X>,
  Range: range,
  LinSpace: linSpace,
  Diag: diag,
  BroadcastArgs: broadcastArgs,
};
