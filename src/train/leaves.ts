import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../base/index.js';
import { sha256 } from '../base/internal.js';
import { DeviceTensor, flatten, fromArray, type Input, map, type Tree } from '../tensor/index.js';
import { fromLeaf, type TensorDType, type TypedArray } from '../tensor/internal.js';
import type { Vector } from './run.js';

/** A leaf of a state or a batch, wherever it lives: its numbers, its shape, and its path in the tree. */
export interface NamedArray {
  readonly path: string;
  readonly data: TypedArray;
  readonly shape: readonly number[];
  readonly dtype: TensorDType;
}

/** The leaves of a tree of tensors, typed arrays and numbers, with copies of their values. */
export function namedArrays(tree: unknown, name: string): NamedArray[] {
  const { leaves, paths } = flatten<Input>(tree as Tree<Input>, name);
  return leaves.map((leaf, i) => {
    if (typeof leaf === 'number') return { path: paths[i], data: Float64Array.of(leaf), shape: [], dtype: 'float64' };
    const tensor = fromLeaf(leaf, paths[i]);
    return { path: paths[i], data: tensor.data(), shape: tensor.shape, dtype: tensor.dtype };
  });
}

/** The tree with these values in place of its own: tensors of the same kind, numbers where it has numbers. */
export function withLeaves<S>(tree: S, values: readonly NamedArray[]): S {
  const { leaves, unflatten } = flatten<Input>(tree as Tree<Input>);
  return unflatten(
    leaves.map((leaf, i) => {
      const { data, shape, dtype } = values[i];
      if (typeof leaf === 'number') return data[0];
      return leaf instanceof tf.Tensor ? tf.tensor(data, [...shape], leaf.dtype) : fromArray(data, shape, dtype);
    }),
  ) as S;
}

/** The parameters, by name, in a leaf of the tree `name` that holds them as one vector; any other leaf as it is. */
export function divided(leaf: NamedArray, vectors: readonly Vector[], name: string, prefix = ''): NamedArray[] {
  const vector = vectors.find(({ path }) => leaf.path === `${name}.${path}`);
  if (!vector) return [leaf];
  let end = 0;
  const pieces = vector.parts.map(({ path, shape }) => {
    const start = end;
    end += sizeOf(shape);
    return { path: prefix + path, data: leaf.data.subarray(start, end), shape, dtype: leaf.dtype };
  });
  return end === leaf.data.length ? pieces : [leaf];
}

/** Undoes `divided`: the leaves of the tree `name`, its parameters as vectors again. */
export function united(leaves: readonly NamedArray[], vectors: readonly Vector[], name: string, prefix = ''): NamedArray[] {
  const begins = new Map(vectors.map((vector) => [prefix + vector.parts[0].path, vector]));
  const pieces = new Set(vectors.flatMap(({ parts }) => parts.map(({ path }) => prefix + path)));
  const isOwn = (path: string) => path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`);
  return leaves.flatMap((leaf, at) => {
    const vector = begins.get(leaf.path);
    if (vector) return [joined(`${name}.${vector.path}`, leaves.slice(at, at + vector.parts.length))];
    return isOwn(leaf.path) && !pieces.has(leaf.path) ? [leaf] : [];
  });
}

function joined(path: string, pieces: readonly NamedArray[]): NamedArray {
  const data = new Float32Array(pieces.reduce((total, piece) => total + piece.data.length, 0));
  let end = 0;
  for (const piece of pieces) {
    data.set(piece.data, end);
    end += piece.data.length;
  }
  return { path, data, shape: [end], dtype: 'float32' };
}

/** A copy that later steps leave alone. */
export const copyOf = <S>(state: S): S =>
  map(state, (leaf: unknown) => {
    if (leaf instanceof DeviceTensor) return fromArray(leaf.data(), leaf.shape, leaf.dtype);
    return leaf instanceof tf.Tensor ? leaf.clone() : leaf;
  }) as S;

/** SHA-256 over the paths, shapes and values of a tree: what a run log calls its data by. */
export const fingerprint = (tree: unknown): string =>
  sha256(
    ...namedArrays(tree, '').flatMap(({ path, data, shape, dtype }) => [
      `${path} ${dtype} [${shape}]\n`,
      new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    ]),
  );
