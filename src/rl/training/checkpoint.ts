import { existsSync } from 'node:fs';
import { type HostArray, sizeOf } from '../../base/index.js';
import { decode, encode, replaceFile, type StoredArray } from '../../base/internal.js';
import { type DeviceTensor, flatten, type Tree } from '../../tensor/index.js';

/** Typed arrays by name. */
export type Arrays = Readonly<Record<string, StoredArray['data']>>;

/**
 * Writes arrays and what the training is, in the safetensors format, in place of the file before once all is on the disk.
 *
 * @throws when it cannot be written
 */
export function saveArrays(file: string, arrays: Arrays, about: object): void {
  const stored = Object.entries(arrays).map(([path, data]) => ({ path, data, shape: [data.length], dtype: typeOf(data) }));
  replaceFile(file, encode(stored, { format: 'lemmata', training: JSON.stringify(about) }));
}

/**
 * The arrays of a file; nothing when there is none yet.
 *
 * @throws when it is damaged, or of a training about which anything else is said
 */
export function loadArrays(file: string, about: object): Arrays | undefined {
  if (!existsSync(file)) return;
  const refuse = (what: string): never => {
    throw new Error(`restore: ${file} ${what}. Delete it to start afresh, or name another file`);
  };
  let read: ReturnType<typeof decode>;
  try {
    read = decode(file);
  } catch (error) {
    return refuse((error as Error).message);
  }
  const [there, here] = [read.metadata.training, JSON.stringify(about)];
  if (there !== here) refuse(`is of another training: ${differences(there, here)}`);
  return Object.fromEntries(read.tensors.map(({ path, data }) => [path, data]));
}

/** What two trainings were told otherwise, five things at most: `steps is 8192 there and 9000 here`. */
function differences(there: string | undefined, here: string): string {
  if (!there) return 'it does not say which';
  const [was, is] = [JSON.parse(there), JSON.parse(here)];
  const say = (value: unknown) => (value === undefined ? 'not told' : JSON.stringify(value));
  const found = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((name) => say(was[name]) !== say(is[name]));
  const shown = found.slice(0, 5).map((name) => `${name} is ${say(was[name])} there and ${say(is[name])} here`);
  return shown.join(', ') + (found.length > shown.length ? ` and ${found.length - shown.length} more` : '');
}

/** Arrays with a name before theirs: `replay.states`. */
export const within = (name: string, arrays: Arrays): Arrays =>
  Object.fromEntries(Object.entries(arrays).map(([key, data]) => [`${name}.${key}`, data]));

/** Undoes `within`. */
export const from = (arrays: Arrays, name: string): Arrays =>
  Object.fromEntries(
    Object.entries(arrays).flatMap(([key, data]) => (key.startsWith(`${name}.`) ? [[key.slice(name.length + 1), data]] : [])),
  );

type Leaf = DeviceTensor | HostArray;

/** The numbers of a state's tensors, wherever they live, by their paths. */
export function arraysOf(state: unknown): Arrays {
  const { leaves, paths } = flatten<Leaf>(state as Tree<Leaf>);
  return Object.fromEntries(leaves.map((leaf, i) => [paths[i], numbersOf(leaf)]));
}

/**
 * A state with these numbers in place of its own.
 *
 * @throws when one is missing or of another length
 */
export function withArrays<S>(state: S, arrays: Arrays): S {
  const { leaves, paths, unflatten } = flatten<Leaf>(state as Tree<Leaf>);
  return unflatten(
    leaves.map(({ shape }, i): Leaf => {
      const data = arrays[paths[i]];
      if (data?.length !== sizeOf(shape))
        throw new Error(`restore: ${paths[i]} has ${data?.length} numbers there and ${sizeOf(shape)} here`);
      return { data, shape: [...shape] };
    }),
  ) as S;
}

/** The vector's numbers in a tree like this one, in the order of its leaves. */
export function unpacked<P>(params: P, vector: Float32Array): P {
  const { leaves, unflatten } = flatten<HostArray<Float32Array>>(params as Tree<HostArray<Float32Array>>);
  let end = 0;
  return unflatten(
    leaves.map(({ shape }) => {
      const start = end;
      end += sizeOf(shape);
      return { data: vector.slice(start, end), shape: [...shape] };
    }),
  ) as P;
}

/** Copies of a leaf's numbers. */
export const numbersOf = (leaf: Leaf): StoredArray['data'] =>
  (typeof leaf.data === 'function' ? leaf.data() : leaf.data.slice()) as StoredArray['data'];

const typeOf = (data: StoredArray['data']): StoredArray['dtype'] => {
  if (data instanceof Float64Array) return 'float64';
  return data instanceof Int32Array ? 'int32' : data instanceof Uint8Array ? 'bool' : 'float32';
};
