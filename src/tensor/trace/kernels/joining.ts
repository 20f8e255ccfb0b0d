import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../graph.js';
import type { Kernel, Kernels, X } from '../kernel.js';
import { splat } from './fill.js';

const concat: Kernel<tf.TensorInfo[], { axis: number }> = (on, inputs, { axis }) => {
  const tensors = Object.values(inputs);
  const [along] = tf.util.parseAxisParam(axis, tensors[0]!.shape);
  return on.give(
    on.graph.concat(
      tensors.map((x) => on.full(x)),
      along!,
    ),
  );
};

const pack: Kernel<tf.TensorInfo[], { axis: number }> = (on, inputs, { axis }) => {
  const tensors = Object.values(inputs);
  const shape = [...tensors[0]!.shape];
  shape.splice(axis < 0 ? axis + shape.length + 1 : axis, 0, 1);
  const along = axis < 0 ? axis + shape.length : axis;
  return on.give(
    on.graph.concat(
      tensors.map((x) => on.graph.reshape(on.full(x), shape)),
      along,
    ),
  );
};

const padV2: Kernel<X, { paddings: [number, number][]; constantValue: number }> = (on, { x }, { paddings, constantValue }) => {
  const g = on.graph;
  const shape = x.shape.map((n, i) => n + paddings[i]![0] + paddings[i]![1]);
  const value = on.full(x);
  if (sizeOf(x.shape) === 0) return splat(on, shape, constantValue, value.dtype);
  if (paddings.every(([before, after]) => before === 0 && after === 0)) return on.alias(x, x.shape);
  const widths = g.int64([...paddings.map(([before]) => before), ...paddings.map(([, after]) => after)]);
  return on.give(g.node('Pad', [value, widths, g.scalar(constantValue, value.dtype)], { shape, dtype: value.dtype }));
};

/** Mirrored borders: `reflect` leaves the edge out, `symmetric` repeats it. ONNX knows only the first, a gather along each axis both. */
const mirrorPad: Kernel<X, { paddings: [number, number][]; mode: 'reflect' | 'symmetric' }> = (on, { x }, { paddings, mode }) => {
  const g = on.graph;
  let value = on.full(x);
  for (const [axis, [before, after]] of paddings.entries()) {
    if (before === 0 && after === 0) continue;
    const n = x.shape[axis]!;
    const edge = mode === 'reflect' ? 0 : 1;
    const source = (i: number) => (i < 0 ? -i - edge : i >= n ? 2 * n - 2 - i + edge : i);
    value = g.gather(value, g.int64(Array.from({ length: n + before + after }, (_, i) => source(i - before))), axis);
  }
  return on.give(value);
};

export const joining: Kernels = { Concat: concat, Pack: pack, PadV2: padV2, MirrorPad: mirrorPad };
