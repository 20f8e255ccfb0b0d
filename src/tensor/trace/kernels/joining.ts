import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../../base/index.js';
import { equal, type GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../graph/graph.js';
import type { Kernel, Kernels, X } from '../kernel.js';

const concat: Kernel<tf.TensorInfo[], { axis: number }> = (on, inputs, { axis }) => {
  const tensors = Object.values(inputs);
  const [along] = tf.util.parseAxisParam(axis, tensors[0].shape);
  const shapes = tensors.map((x) => x.shape);
  tf.backend_util.assertParamsConsistent(shapes, along);
  return on.give(
    on.graph.concat(
      tensors.map((x) => on.full(x)),
      along,
    ),
  );
};

const pack: Kernel<tf.TensorInfo[], { axis: number }> = (on, inputs, { axis }) => {
  const tensors = Object.values(inputs);
  const shape = [...tensors[0].shape];
  for (const x of tensors) {
    tf.util.assertShapesMatch(shape, x.shape, 'All tensors passed to stack must have matching shapes');
    tf.util.assert(
      x.dtype === tensors[0].dtype,
      () => `All tensors passed to stack must have matching dtypes: ${tensors.map((t) => t.dtype)}`,
    );
  }
  shape.splice(axis < 0 ? axis + shape.length + 1 : axis, 0, 1);
  const along = axis < 0 ? axis + shape.length : axis;
  return on.give(
    on.graph.concat(
      tensors.map((x) => on.graph.reshape(on.full(x), shape)),
      along,
    ),
  );
};

/** `x` with `value` around it: [before, after] along each axis. */
export function padded(g: GraphBuilder, x: Value, widths: readonly (readonly [number, number])[], value: number): Value {
  const shape = x.shape.map((n, i) => n + widths[i][0] + widths[i][1]);
  if (equal(shape, x.shape)) return x;
  if (sizeOf(x.shape) === 0) return shape.includes(0) ? g.empty(shape, x.dtype) : g.expand(g.scalar(value, x.dtype), shape);
  const pads = g.int64([...widths.map(([before]) => before), ...widths.map(([, after]) => after)]);
  return g.node('Pad', [x, pads, g.scalar(value, x.dtype)], { shape, dtype: x.dtype });
}

const padV2: Kernel<X, { paddings: [number, number][]; constantValue: number }> = (on, { x }, { paddings, constantValue }) =>
  on.give(padded(on.graph, on.full(x), paddings, constantValue));

/** Mirrored borders: `reflect` leaves the edge out, `symmetric` repeats it. ONNX knows only the first, a gather along each axis both. */
const mirrorPad: Kernel<X, { paddings: [number, number][]; mode: 'reflect' | 'symmetric' }> = (on, { x }, { paddings, mode }) => {
  const g = on.graph;
  let value = on.full(x);
  for (const [axis, [before, after]] of paddings.entries()) {
    if (before === 0 && after === 0) continue;
    const n = x.shape[axis];
    const edge = mode === 'reflect' ? 0 : 1;
    const source = (i: number) => (i < 0 ? -i - edge : i >= n ? 2 * n - 2 - i + edge : i);
    value = g.gather(value, g.int64(Array.from({ length: n + before + after }, (_, i) => source(i - before))), axis);
  }
  return on.give(value);
};

export const joining: Kernels = { Concat: concat, Pack: pack, PadV2: padV2, MirrorPad: mirrorPad };
