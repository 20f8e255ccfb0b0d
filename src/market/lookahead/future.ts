import { type Key, permutation, uniform } from '../../base/index.js';
import type { Panel } from '../panel/panel.js';

/** A way to change what comes after a row. */
export interface Change {
  /** What is done after a date. */
  readonly what: (date: string) => string;
  /** The changed data. */
  readonly make: (data: Panel, row: number, key: Key) => Panel;
  /** Whether a pipeline may answer by an error, as logarithms do to negative prices. */
  readonly refusable: boolean;
}

/** Rows `start` to `end`, which is not included. */
export const stretchOf = (data: Panel, start: number, end: number): Panel => ({
  ...data,
  dates: data.dates.slice(start, end),
  values: data.values.slice(start * data.assets.length, end * data.assets.length),
});

/** The future is cut off. */
export const DROP: Change = {
  what: (date) => `rows after ${date} are dropped`,
  make: (data, row) => stretchOf(data, 0, row + 1),
  refusable: false,
};

/** Each value after a row by a function of itself, a random number from 0 to 1, its asset, and the asset's last value up to that row. */
function each(data: Panel, row: number, key: Key, f: (value: number, u: number, n: number, before: number) => number): Panel {
  const N = data.assets.length;
  const from = (row + 1) * N;
  const u = uniform(key, [data.values.length - from], 'float64').data;
  const before = Array.from({ length: N }, (_, n) => {
    for (let t = row; t >= 0; t--) if (!Number.isNaN(data.values[t * N + n])) return data.values[t * N + n];
    return 1;
  });
  const values = data.values.slice();
  for (let i = from; i < values.length; i++) values[i] = f(values[i], u[i - from], i % N, before[i % N]);
  return { ...data, values };
}

const SCALE: Change = {
  what: (date) => `values after ${date} change`,
  make: (data, row, key) => each(data, row, key, (value, u) => value * (0.5 + u)), // prices stay positive
  refusable: false,
};

const VANISH: Change = {
  what: (date) => `values after ${date} go missing`,
  make(data, row, key) {
    const lot = uniform(key, [data.assets.length], 'float64').data;
    const gone = lot.indexOf(Math.min(...lot)); // at least one asset, and about half of the others
    return each(data, row, key, (value, _, n) => (n === gone || lot[n] < 0.5 ? Number.NaN : value));
  },
  refusable: true,
};

const APPEAR: Change = {
  what: (date) => `values after ${date} appear that were missing`,
  make: (data, row, key) => each(data, row, key, (value, u, _, before) => (Number.isNaN(value) ? before * (0.5 + u) : value)),
  refusable: false,
};

const FLIP: Change = {
  what: (date) => `values after ${date} change sign and size`,
  make: (data, row, key) => each(data, row, key, (value, u) => (u < 0.5 ? -value : value) * (u % 0.5 < 0.25 ? 1000 : 0.001)),
  refusable: true,
};

const SHUFFLE: Change = {
  what: (date) => `values after ${date} come in another order`,
  make(data, row, key) {
    const N = data.assets.length;
    const values = data.values.slice();
    for (const [i, from] of permutation(key, data.dates.length - row - 1).data.entries())
      values.set(data.values.subarray((row + 1 + from) * N, (row + 2 + from) * N), (row + 1 + i) * N);
    return { ...data, values };
  },
  refusable: false,
};

/** Those that change values. */
export const changesOf = (data: Panel): Change[] => [SCALE, VANISH, FLIP, SHUFFLE, ...(data.values.some(Number.isNaN) ? [APPEAR] : [])];
