import * as tf from '@tensorflow/tfjs';
import type { GraphBuilder } from '../../graph/builder.js';
import type { Value } from '../../graph/graph.js';
import type { Kernel, Kernels, X } from '../kernel.js';
import { padded } from './joining.js';

interface Along {
  axis: number;
  exclusive: boolean;
  reverse: boolean;
}

const cumsum: Kernel<X, Along> = (on, { x }, { axis, exclusive, reverse }) => {
  const g = on.graph;
  const value = g.cast(on.full(x), x.dtype === 'float32' ? 'float32' : 'int32');
  const along = g.constant(BigInt64Array.of(BigInt(axis)), [], 'int64');
  return on.give(g.node('CumSum', [value, along], value, { exclusive: Number(exclusive), reverse: Number(reverse) }));
};

/** The elements moved `by` places along the axis, with ones moving in. */
function shifted(g: GraphBuilder, x: Value, by: number, axis: number, reverse: boolean): Value {
  const n = x.shape[axis];
  const kept = reverse ? g.slice(x, [axis], [by], [n]) : g.slice(x, [axis], [0], [n - by]);
  const widths = x.shape.map((_, i): [number, number] => (i !== axis ? [0, 0] : reverse ? [0, by] : [by, 0]));
  return padded(g, kept, widths, 1);
}

/** ONNX has no cumulative product. Multiplying by the elements 1, 2, 4, … places back makes one in ⌈log₂ n⌉ rounds (Hillis & Steele 1986). */
const cumprod: Kernel<X, Along> = (on, { x }, { axis: given, exclusive, reverse }) => {
  const g = on.graph;
  const [axis] = tf.util.parseAxisParam(given, x.shape); // tfjs normalises that of cumsum only
  const value = g.cast(on.full(x), x.dtype === 'float32' ? 'float32' : 'int32');
  let product = exclusive ? shifted(g, value, 1, axis, reverse) : value;
  for (let by = 1; by < value.shape[axis]; by *= 2) product = g.binary('Mul', product, shifted(g, product, by, axis, reverse));
  return on.give(product);
};

export const cumulative: Kernels = { Cumsum: cumsum, Cumprod: cumprod };
