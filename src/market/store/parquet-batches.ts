import { fold, type Key, permutation } from '../../base/index.js';
import { checkOptions, checkWhole } from '../../base/internal.js';
import { readRows, rowGroups } from './row-groups.js';

/** Which columns of a Parquet file become batches, and in what order. */
export interface ParquetBatchesConfig<C extends Columns> {
  /** Which columns make which tensor: `{ x: ['momentum', 'volatility'], y: ['nextReturn'] }`. */
  readonly columns: C;
  /** Rows in a batch. */
  readonly size: number;
  /** Decides the order of the rows, a new one each epoch; without it they come as they lie in the file. */
  readonly key?: Key;
  /** How many row groups are in memory, and shuffled among one another. */
  readonly groups?: number;
}

export type Columns = Readonly<Record<string, readonly string[]>>;

/** One tensor [B, F] for each entry of `columns`. */
export type ParquetBatch<C extends Columns> = { [K in keyof C]: { data: Float32Array; shape: [number, number] } };

/** Batches by step: `rows` of the file, `stepsPerEpoch` batches of them in an epoch. */
export interface ParquetBatches<C extends Columns> {
  readonly rows: number;
  readonly stepsPerEpoch: number;
  /** The batch of step k: a function of the file, the key and k, so a run that resumes sees what it would have seen. */
  batch(k: number): Promise<ParquetBatch<C>>;
}

/**
 * Batches of a Parquet file that need not fit into memory: only some of its row groups are in memory at a time.
 *
 *     const data = await parquetBatches('ticks.parquet', { columns: { x: ['imbalance', 'spread'], y: ['move'] }, size: 256, key: key(7) });
 *     await fit(training, { step, batch: data.batch, steps: 3 * data.stepsPerEpoch });
 *
 * An epoch visits the row groups in random order, some at a time, and the rows of those in random order: a full shuffle when the file
 * has no more groups than that. Rows at an epoch's end that do not fill a batch are left out.
 *
 * @throws when a column is not in the file or holds no numbers, when a value is missing or not finite, naming its row and column,
 *         or when the file has fewer rows than a batch
 */
export async function parquetBatches<C extends Columns>(path: string, config: ParquetBatchesConfig<C>): Promise<ParquetBatches<C>> {
  checkOptions('parquetBatches', config, ['columns', 'size', 'key', 'groups']);
  const { columns, size, key, groups = key ? 4 : 1 } = config;
  checkWhole('parquetBatches', 'groups', groups);
  const sizes = await rowGroups(path);
  const rows = sizes.reduce((total, n) => total + n, 0);
  checkWhole('parquetBatches', 'size', size, { from: 1, to: rows }, `${path} has ${rows} rows`);
  const names = [...new Set(Object.values(columns).flat())];
  await readRows(path, names, 0, 0); // fails when a column is not there
  const starts = sizes.map((_, group) => sizes.slice(0, group).reduce((total, n) => total + n, 0));
  const stepsPerEpoch = Math.floor(rows / size);

  /** The windows of an epoch, in order: the row groups that are in memory together. */
  const windowsOf = (epoch: number): number[][] => {
    const order = key ? Array.from(permutation(fold(fold(key, epoch), 0), sizes.length).data) : sizes.map((_, group) => group);
    return Array.from({ length: Math.ceil(order.length / groups) }, (_, i) => order.slice(i * groups, (i + 1) * groups));
  };
  const load = async (window: readonly number[]): Promise<Map<string, Float32Array>> => {
    const parts: Map<string, Float32Array>[] = [];
    for (const group of window) parts.push(await readRows(path, names, starts[group], sizes[group]));
    return new Map(names.map((name) => [name, joined(parts.map((part) => part.get(name)!))]));
  };

  let loaded: Loaded | undefined;
  /** The window that holds a row of an epoch; the latest one stays in memory. */
  const windowAt = async (epoch: number, row: number): Promise<Loaded> => {
    if (loaded && loaded.epoch === epoch && row >= loaded.first && row < loaded.end) return loaded;
    loaded = undefined; // what was there may go before the next is read
    let end = 0;
    for (const [i, window] of windowsOf(epoch).entries()) {
      const first = end;
      for (const group of window) end += sizes[group];
      if (row >= end) continue;
      const order = key && permutation(fold(fold(key, epoch), 1 + i), end - first).data;
      loaded = { epoch, first, end, order, values: await load(window) };
      return loaded;
    }
    throw new Error(`parquetBatches: there is no row ${row} of ${rows}`);
  };

  const batch = async (k: number): Promise<ParquetBatch<C>> => {
    const epoch = Math.floor(k / stepsPerEpoch);
    const from = (k % stepsPerEpoch) * size;
    const tensors = Object.entries(columns).map(([, { length }]) => new Float32Array(size * length));
    for (let row = 0; row < size; ) {
      const { first, end, order, values } = await windowAt(epoch, from + row);
      const until = Math.min(size, end - from);
      for (const [i, members] of Object.values(columns).entries())
        for (const [j, name] of members.entries()) {
          const column = values.get(name)!;
          for (let r = row; r < until; r++) {
            const at = from + r - first;
            tensors[i][r * members.length + j] = column[order ? order[at] : at];
          }
        }
      row = until;
    }
    const entries = Object.entries(columns).map(([name, { length }], i) => [name, { data: tensors[i], shape: [size, length] }]);
    return Object.fromEntries(entries) as ParquetBatch<C>;
  };
  return { rows, stepsPerEpoch, batch };
}

interface Loaded {
  readonly epoch: number;
  /** Where its rows begin and end in the epoch. */
  readonly first: number;
  readonly end: number;
  readonly order: Int32Array | undefined;
  readonly values: ReadonlyMap<string, Float32Array>;
}

function joined(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0];
  const whole = new Float32Array(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
