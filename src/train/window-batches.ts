import type { HostData, Key } from '../base/index.js';
import { checkOptions, rowsUpTo, windowEnds } from '../base/internal.js';
import type { Mapped } from '../tensor/index.js';
import { type Arrays, arraysIn, type Batches } from './batches.js';
import { place } from './guard.js';
import { minibatches } from './minibatches.js';

/** How long windows are, and where they may end. */
export interface WindowConfig {
  /** T, rows of a window. */
  readonly lookback: number;
  /** The rows at which a window may end: a split's range, or a list; from T − 1 to the last when left out. */
  readonly rows?: { readonly start: number; readonly end: number } | ArrayLike<number>;
}

/** A series, and labels of its rows: trees of arrays [rows, ...]. */
export interface Labelled<X, Y> {
  /** What windows show. */
  readonly x: X;
  /** What is to be forecast. */
  readonly y: Y;
}

/**
 * Batches of windows of a series that lies in memory once: each sample sees the T rows that end at a row, and has that row's label.
 *
 *     const data = windowBatches({ x: { data: features, shape: [rows, F] }, y }, { lookback: 100, size: 64, key: key(7), rows: split.train });
 *     await fit(training, { step, batch: data, epochs: 20 });
 *
 * Windows look back only: those of a test may begin among the rows of training, and what a label looks ahead is `walkForward`'s to purge.
 * Several assets lie one below the other, and `rows` lists the ends whose windows do not reach into the asset before.
 *
 * @param data  x, windowed: arrays [rows, ...] that become [B, T, ...]; y, labels: arrays [rows, ...] that become [B, ...]
 * @throws      when two arrays differ in their number of rows, a window would begin before the first, or one holds a value that is not
 *              finite, naming its row and column; what no window sees may be missing
 */
export function windowBatches<X, Y>(
  data: Labelled<X, Y>,
  { size, key, ...config }: WindowConfig & { readonly size: number; readonly key: Key },
): Batches<Labelled<X, Y>> {
  const { ends, windowsAt } = windowsOf('windowBatches', data, config);
  const chosen = minibatches(key, ends.length, size);
  return {
    rows: ends.length,
    stepsPerEpoch: Math.floor(ends.length / size),
    batch: (k) => windowsAt(chosen(k).map((i) => ends[i])),
  };
}

/** Every window in the order of `rows`, as one batch of `windowBatches`: to validate on, and to forecast. Throws as it does. */
export function windowsInOrder<X, Y>(data: Labelled<X, Y>, config: WindowConfig): Batch<X, Y> {
  const { ends, windowsAt } = windowsOf('windowsInOrder', data, config);
  return windowsAt(ends);
}

type Batch<X, Y> = Mapped<Labelled<X, Y>, Arrays, { data: HostData; shape: number[] }>;

function windowsOf<X, Y>(
  who: string,
  { x, y }: Labelled<X, Y>,
  config: WindowConfig,
): { ends: Int32Array; windowsAt: (ends: Int32Array) => Batch<X, Y> } {
  checkOptions(who, config, ['lookback', 'rows']);
  const { lookback, rows: allowed } = config;
  const { arrays, rows, unflatten } = arraysIn(who, { x, y });
  const ends = windowEnds(who, rows, { lookback, ends: allowed });
  const isSeries = (path: string) => /^data\.x\b/.test(path);
  const [inWindows, atEnds] = [lookback, 1].map((length) => rowsSeen(ends, length, rows));
  for (const { path, shape, data } of arrays) {
    const width = data.length / rows;
    const isSeen = isSeries(path) ? inWindows : atEnds;
    const at = data.findIndex((value, i) => !Number.isFinite(value) && isSeen[Math.floor(i / width)] === 1);
    if (at >= 0)
      throw new Error(
        `${who}: ${path} has ${data[at]} at ${place(at, shape)}; drop or fill missing values, or leave out the rows that see it`,
      );
  }
  const windowsAt = (ends: Int32Array) =>
    unflatten(
      arrays.map((array) => {
        const rest = array.shape.slice(1);
        return isSeries(array.path)
          ? { data: rowsUpTo(array, ends, lookback), shape: [ends.length, lookback, ...rest] }
          : { data: rowsUpTo(array, ends), shape: [ends.length, ...rest] };
      }),
    ) as Batch<X, Y>;
  return { ends, windowsAt };
}

/** Marks the rows that lie in a window of this length. */
function rowsSeen(ends: Int32Array, length: number, rows: number): Uint8Array {
  const seen = new Uint8Array(rows);
  for (const end of ends) seen.fill(1, end + 1 - length, end + 1);
  return seen;
}
