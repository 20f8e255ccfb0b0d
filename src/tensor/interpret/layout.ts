import { sizeOf } from '../../base/index.js';
import type { Op } from '../onnx/operators.js';
import {
  around,
  broadcastOffsets,
  type DoubleKernel,
  integer,
  integers,
  normalAxis,
  offsets,
  outputOf,
  stridesOf,
  take,
  text,
} from './operand.js';

/** The same numbers under another shape. */
const relabel: DoubleKernel = (_, [x]) => [x.data];

const transpose: DoubleKernel = (node, [x]) => {
  const perm = integers(node, 'perm') ?? x.shape.map((_, axis) => axis).reverse();
  const strides = stridesOf(x.shape);
  return [
    take(
      x.data,
      offsets(
        node.outputs[0].shape,
        perm.map((axis) => strides[axis]),
      ),
    ),
  ];
};

const expand: DoubleKernel = (node, [x]) => [take(x.data, broadcastOffsets(x.shape, node.outputs[0].shape))];

const slice: DoubleKernel = (node, [x, starts, ends, axes, steps]) => {
  const strides = stridesOf(x.shape);
  const stepped = [...strides];
  let offset = 0;
  for (let i = 0; i < ends.data.length; i++) {
    const axis = normalAxis(axes?.data[i] ?? i, x.shape.length);
    const [n, step] = [x.shape[axis], steps?.data[i] ?? 1];
    const from = starts.data[i] < 0 ? starts.data[i] + n : starts.data[i];
    offset += Math.min(Math.max(from, 0), step > 0 ? n : n - 1) * strides[axis];
    stepped[axis] = step * strides[axis];
  }
  const { shape } = node.outputs[0];
  return [sizeOf(shape) === 0 ? outputOf(node) : take(x.data, offsets(shape, stepped, offset))];
};

const concat: DoubleKernel = (node, inputs) => {
  const out = outputOf(node);
  const whole = around(node.outputs[0].shape, integer(node, 'axis', 0));
  let start = 0;
  for (const x of inputs) {
    const { outer, n, inner } = around(x.shape, integer(node, 'axis', 0));
    for (let row = 0; row < outer; row++) out.set(x.data.subarray(row * n * inner, (row + 1) * n * inner), (row * whole.n + start) * inner);
    start += n;
  }
  return [out];
};

const split: DoubleKernel = (node, [x]) => {
  const axis = integer(node, 'axis', 0);
  const whole = around(x.shape, axis);
  let start = 0;
  return node.outputs.map(({ shape }, i) => {
    const out = outputOf(node, i);
    const { outer, n, inner } = around(shape, axis);
    for (let row = 0; row < outer; row++) {
      const from = (row * whole.n + start) * inner;
      out.set(x.data.subarray(from, from + n * inner), row * n * inner);
    }
    start += n;
    return out;
  });
};

/** Where index i of a padded axis reads: an index of the original, or −1 for the constant. */
const PADDING: Record<string, (i: number, n: number) => number> = {
  constant: (i, n) => (i >= 0 && i < n ? i : -1),
  edge: (i, n) => Math.min(Math.max(i, 0), n - 1),
  reflect: (i, n) => {
    const period = Math.max(2 * (n - 1), 1);
    const j = ((i % period) + period) % period;
    return j < n ? j : period - j;
  },
  wrap: (i, n) => ((i % n) + n) % n,
};

const pad: DoubleKernel = (node, [x, pads, value, axes]) => {
  const rank = x.shape.length;
  const source = PADDING[text(node, 'mode', 'constant')];
  const before = new Array<number>(rank).fill(0);
  const padded = axes ? Array.from(axes.data, (axis) => normalAxis(axis, rank)) : x.shape.map((_, axis) => axis);
  padded.forEach((axis, i) => {
    before[axis] = pads.data[i];
  });
  const strides = stridesOf(x.shape);
  let from = Int32Array.of(0);
  node.outputs[0].shape.forEach((n, axis) => {
    const steps = Array.from({ length: n }, (_, i) => source(i - before[axis], x.shape[axis]));
    from = Int32Array.from({ length: from.length * n }, (_, k) => {
      const [outer, i] = [from[Math.floor(k / n)], steps[k % n]];
      return outer < 0 || i < 0 ? -1 : outer + i * strides[axis];
    });
  });
  const out = outputOf(node).fill(value?.data[0] ?? 0);
  from.forEach((at, i) => {
    if (at >= 0) out[i] = x.data[at];
  });
  return [out];
};

const tile: DoubleKernel = (node, [x]) => {
  const strides = stridesOf(x.shape);
  let from = Int32Array.of(0);
  node.outputs[0].shape.forEach((n, axis) => {
    from = Int32Array.from({ length: from.length * n }, (_, k) => from[Math.floor(k / n)] + ((k % n) % x.shape[axis]) * strides[axis]);
  });
  return [take(x.data, from)];
};

export const layout = {
  Concat: concat,
  Expand: expand,
  Pad: pad,
  Reshape: relabel,
  Squeeze: relabel,
  Slice: slice,
  Split: split,
  Tile: tile,
  Transpose: transpose,
} satisfies Record<Op<'layout'>, DoubleKernel>;
