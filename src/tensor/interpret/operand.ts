import { sizeOf } from '../../base/index.js';
import type { DType, Node } from '../graph/graph.js';

/** What an edge of the graph holds in double precision. int64 is kept in doubles: exact to 2⁵³, more than any index needs. */
export type Elements = Float64Array | Int32Array | Uint8Array;

export interface Operand {
  readonly data: Elements;
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** Computes the data of each of the node's outputs, whose shapes and types the graph already knows. */
export type DoubleKernel = (node: Node, inputs: readonly Operand[]) => Elements[];

export function allocate(dtype: DType, size: number): Elements {
  if (dtype === 'int32') return new Int32Array(size);
  return dtype === 'bool' ? new Uint8Array(size) : new Float64Array(size);
}

/** Room for the node's output number `i`. */
export const outputOf = (node: Node, i = 0): Elements => allocate(node.outputs[i].dtype, sizeOf(node.outputs[i].shape));

/** The node's output with these values; int32 wraps around, as the runtimes do. */
export function filled(node: Node, values: ArrayLike<number>, i = 0): Elements {
  const out = outputOf(node, i);
  out.set(values);
  return out;
}

/** Row-major strides. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

/** offset + Σ index·stride for every index of `shape`, in row-major order: what transposing, slicing and broadcasting come down to. */
export function offsets(shape: readonly number[], strides: readonly number[], offset = 0): Int32Array {
  let out = Int32Array.of(offset);
  shape.forEach((n, axis) => {
    const next = new Int32Array(out.length * n);
    for (let i = 0; i < out.length; i++) for (let j = 0; j < n; j++) next[i * n + j] = out[i] + j * strides[axis];
    out = next;
  });
  return out;
}

/** Where each element of `to` reads from an array of shape `from` broadcast to it. */
export function broadcastOffsets(from: readonly number[], to: readonly number[]): Int32Array {
  const own = stridesOf(from);
  const missing = to.length - from.length;
  return offsets(
    to,
    to.map((_, axis) => (axis < missing || from[axis - missing] === 1 ? 0 : own[axis - missing])),
  );
}

/** The array read at `where`. */
export function take(data: Elements, where: ArrayLike<number>): Elements {
  const out = new (data.constructor as new (n: number) => Elements)(where.length);
  for (let i = 0; i < where.length; i++) out[i] = data[where[i]];
  return out;
}

/** A shape seen as [outer, n, inner] around one axis. */
export function around(shape: readonly number[], axis: number): { outer: number; n: number; inner: number } {
  const a = normalAxis(axis, shape.length);
  return { outer: sizeOf(shape.slice(0, a)), n: shape[a], inner: sizeOf(shape.slice(a + 1)) };
}

export const normalAxis = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

export const integer = (node: Node, name: string, otherwise: number): number => (node.attributes[name] as number | undefined) ?? otherwise;

export const integers = (node: Node, name: string): readonly number[] | undefined => node.attributes[name] as readonly number[] | undefined;

export function float(node: Node, name: string, otherwise: number): number {
  const value = node.attributes[name] as { float: number } | undefined;
  return value === undefined ? otherwise : value.float;
}

export const text = (node: Node, name: string, otherwise: string): string => (node.attributes[name] as string | undefined) ?? otherwise;
