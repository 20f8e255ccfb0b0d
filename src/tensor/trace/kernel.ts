import type * as tf from '@tensorflow/tfjs';
import type { Value } from '../graph/graph.js';
import type { TraceBackend } from './backend.js';

type Result = tf.TensorInfo | tf.TensorInfo[];

/** A kernel records what it would compute. Its inputs and attributes are those of tfjs's kernel of that name. */
export type Kernel<Inputs = never, Attributes = never> = (on: TraceBackend, inputs: Inputs, attributes: Attributes) => Result;
export type Kernels = Readonly<Record<string, Kernel>>;

export interface X {
  x: tf.TensorInfo;
}
export interface AB {
  a: tf.TensorInfo;
  b: tf.TensorInfo;
}

/** The same kernel for every row of a table. */
export const each = <Row>(table: Readonly<Record<string, Row>>, kernel: (row: Row) => Kernel): Kernels =>
  Object.fromEntries(Object.entries(table).map(([name, row]) => [name, kernel(row)]));

/** An element-wise kernel of one tensor, on its smallest known form. */
export const elementwise =
  <Attributes = never>(apply: (on: TraceBackend, x: Value, attributes: Attributes) => Value): Kernel<X, Attributes> =>
  (on, { x }, attributes) =>
    on.give(apply(on, on.compact(x), attributes), x.shape);
