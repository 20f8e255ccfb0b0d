import type { HostData, Key } from '../base/index.js';
import { checkOptions, rowsUpTo } from '../base/internal.js';
import { flatten, type Mapped, type Tree } from '../tensor/index.js';
import { type HostInput, specOf } from '../tensor/internal.js';
import { place } from './guard.js';
import type { NamedArray } from './leaves.js';
import { minibatches } from './minibatches.js';

/** Arrays with one row per sample: `{ x: { data, shape: [N, F] }, y: Float32Array }`, as deep as the model wants them. */
export type Arrays = HostData | HostInput;

/** Where the batches of a training come from. */
export interface Batches<T> {
  /** How many rows the data have. */
  readonly rows: number;
  /** Whole batches in an epoch. */
  readonly stepsPerEpoch: number;
  /** The batch of step k: a function of the key and k, so a run that resumes sees what it would have seen. Arrays [size, ...]. */
  batch(k: number): Mapped<T, Arrays, { data: HostData; shape: number[] }>;
}

/**
 * Batches of data that lie in memory: each epoch sees each row once, in an order that the key decides.
 *
 *     const data = batches({ x, y }, { size: 256, key: key(7) });
 *     await fit(training, { step, batch: data, epochs: 20 });
 *
 * Rows at an epoch's end that do not fill a batch are left out. For windows of a series: `windowBatches`. For a file larger than memory:
 * `parquetBatches` of `lemmata/market`.
 *
 * @throws when two arrays differ in their number of rows, or a value is not finite, naming its row and column
 */
export function batches<T>(data: T, config: { size: number; key: Key }): Batches<T> {
  checkOptions('batches', config, ['size', 'key']);
  const { size, key } = config;
  const { arrays, rows, unflatten } = arraysIn('batches', data);
  for (const { path, shape, data } of arrays) {
    const at = data.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) throw new Error(`batches: ${path} has ${data[at]} at ${place(at, shape)}; drop or fill missing values first`);
  }
  const rowsOf = minibatches(key, rows, size);
  return {
    rows,
    stepsPerEpoch: Math.floor(rows / size),
    batch: (k) => {
      const chosen = rowsOf(k);
      return unflatten(
        arrays.map((array) => ({ ...array.type, data: rowsUpTo(array, chosen), shape: [size, ...array.shape.slice(1)] })),
      ) as never;
    },
  };
}

/** An array of a tree, with its path: [rows, ...]. */
type Sampled = Pick<NamedArray, 'path' | 'shape'> & { readonly data: HostData; readonly type: object | undefined };

/**
 * The arrays of a tree, which have as many rows.
 *
 * @throws when they do not, when there is no row, or when a leaf is a number
 */
export function arraysIn(
  who: string,
  tree: unknown,
): { arrays: Sampled[]; rows: number; unflatten: (leaves: readonly unknown[]) => unknown } {
  const { leaves, paths, unflatten } = flatten<Arrays>(tree as Tree<Arrays>, 'data');
  const arrays = leaves.map((leaf, i) => ({
    path: paths[i],
    shape: specOf(leaf as HostInput, paths[i]).shape,
    data: ArrayBuffer.isView(leaf) ? leaf : leaf.data,
    type: (leaf as HostInput).dtype && { dtype: (leaf as HostInput).dtype }, // bytes that are truth values say so
  }));
  const single = arrays.find(({ shape }) => shape.length === 0);
  if (single)
    throw new Error(`${who}: ${single.path} is one number, not an array with a row for each sample; give a typed array or { data, shape }`);
  const [first] = arrays;
  const rows = first?.shape[0] ?? 0;
  if (rows === 0) throw new Error(`${who}: ${first?.path ?? 'data'} has no rows; an empty sample cannot be trained on`);
  for (const { path, shape } of arrays)
    if (shape[0] !== rows)
      throw new Error(
        `${who}: axis 0 counts the rows, and ${first.path} [${first.shape}] has ${rows} where ${path} [${shape}] has ${shape[0]}`,
      );
  return { arrays, rows, unflatten };
}
