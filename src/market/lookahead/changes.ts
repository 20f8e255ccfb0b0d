import { type Key, permutation, split, uniform } from '../../base/index.js';
import { ACTION_FIELDS, type Frame, PRICE_FIELDS } from '../frame/frame.js';

/** The ways in which `assertNoLookahead` changes what comes after a date; the last two change what no date may depend on. */
export const CHANGES = [
  'truncate',
  'shock',
  'crash',
  'flip signs',
  'set to zero',
  'delist',
  'list late',
  'fill gaps',
  'permute the tail',
  'rescale history',
  'unlisted values',
] as const;

/** One of `CHANGES`, as `delist`: what `assertNoLookahead` does to the data after a date. */
export type ChangeName = (typeof CHANGES)[number];

/** A way to change what comes after a row. */
export interface Change {
  /** what is done after a date */
  readonly what: (date: string) => string;
  /** the changed data; undefined where there is nothing to change */
  readonly make: (frame: Frame, row: number, key: Key) => Frame | undefined;
  /** whether a pipeline may answer by an error, as logarithms do to negative prices */
  readonly refusable: boolean;
  /** whether what it changes lies before the row, too: then no output may change, but for rounding */
  readonly everywhere?: boolean;
}

/** Rows `start` to `end`, which is not included; of series what was known by then. */
export function stretchOf(frame: Frame, start: number, end: number): Frame {
  const { dates, assets, fields, series, listed } = frame;
  const N = assets.length;
  const last = dates[end - 1];
  const known = Object.entries(series).map(([name, { values, knownAt }]) => {
    const count = knownAt.filter((date) => date <= last).length;
    return [name, { values: values.slice(0, count), knownAt: knownAt.slice(0, count) }] as const;
  });
  return {
    ...frame,
    dates: dates.slice(start, end),
    fields: map(fields, (values) => values.slice(start * N, end * N)),
    series: Object.fromEntries(known),
    ...(listed && { listed: listed.slice(start * N, end * N) }),
  };
}

const map = (fields: Frame['fields'], f: (values: Float64Array, name: string, i: number) => Float64Array): Record<string, Float64Array> =>
  Object.fromEntries(Object.entries(fields).map(([name, values], i) => [name, f(values, name, i)]));

/** As `map`, of prices and what else is measured: a split of 1.3 or none that is known is no other market, and `adjust` refuses it. */
const mapMeasured: typeof map = (fields, f) =>
  map(fields, (values, name, i) => (ACTION_FIELDS.includes(name) ? values : f(values, name, i)));

/**
 * Each value after a row by a function of itself, of one random number of its date and asset, which the prices of a bar share so that its low
 * stays the lowest, and of its place. What series tell after that date, too.
 */
function each(frame: Frame, row: number, key: Key, f: (value: number, u: number, t: number, n: number) => number): Frame {
  const { dates, assets, fields, series } = frame;
  const [N, from] = [assets.length, (row + 1) * assets.length];
  const size = dates.length * N - from;
  const keys = split(key, 3);
  const draws = new Map<string, Float64Array>();
  const drawn = (name: string) => {
    const kind = PRICE_FIELDS.includes(name) ? 'price' : name;
    if (!draws.has(kind))
      draws.set(kind, uniform(kind === 'price' ? keys[0] : split(keys[1], draws.size + 1)[draws.size], [size], 'float64').data);
    return draws.get(kind)!;
  };
  const changed = mapMeasured(fields, (values, name) => {
    const u = drawn(name);
    const copy = values.slice();
    for (let i = from, t = row + 1, n = 0; i < copy.length; i++) {
      copy[i] = f(copy[i], u[i - from], t, n);
      if (++n === N) [t, n] = [t + 1, 0];
    }
    return copy;
  });
  const told = Object.entries(series).map(([name, { values, knownAt }], i) => {
    const u = uniform(split(keys[2], i + 1)[i], [values.length], 'float64').data;
    return [
      name,
      { knownAt, values: values.map((value, k) => (knownAt[k] > dates[row] ? f(value, u[k], dates.length - 1, 0) : value)) },
    ] as const;
  });
  return { ...frame, fields: changed, series: Object.fromEntries(told) };
}

/** For each asset a number from 0 to 1; the least is at 0, so that one asset at least is chosen by `lot[n] < 0.5`. */
function lots(frame: Frame, key: Key): Float64Array {
  const lot = uniform(key, [frame.assets.length], 'float64').data;
  lot[lot.indexOf(Math.min(...lot))] = 0;
  return lot;
}

/** Whether an asset is there on a row: listed, with a value in some field. */
const isThere = ({ assets, fields, listed }: Frame, t: number, n: number): boolean =>
  (listed?.[t * assets.length + n] ?? 1) === 1 &&
  Object.entries(fields).some(([name, values]) => !ACTION_FIELDS.includes(name) && !Number.isNaN(values[t * assets.length + n]));

/** Those assets go missing after a row, and are no longer listed. */
function without(frame: Frame, row: number, gone: (n: number) => boolean): Frame {
  const N = frame.assets.length;
  const from = (row + 1) * N;
  const { listed } = frame;
  return {
    ...frame,
    fields: mapMeasured(frame.fields, (values) => values.map((value, i) => (i >= from && gone(i % N) ? Number.NaN : value))),
    ...(listed && { listed: listed.map((one, i) => (i >= from && gone(i % N) ? 0 : one)) }),
  };
}

/** One asset out of two is rescaled as a later split of 2:1 and a later dividend of as much would do. */
function rescale(frame: Frame, key: Key): Frame | undefined {
  const { assets, fields, adjusted = {} } = frame;
  const [N, lot] = [assets.length, lots(frame, key)];
  // Powers of two: ratios keep their bits.
  const factorOf = (name: string) => {
    if (name === 'volume') return Object.keys(adjusted).length > 0 ? 2 : 1;
    if (!PRICE_FIELDS.includes(name)) return 1; // a return says for what its prices were adjusted
    return { splits: 0.5, 'splits and dividends': 0.25 }[adjusted[name] as string] ?? 1;
  };
  if (!Object.keys(fields).some((name) => name !== 'volume' && factorOf(name) !== 1)) return undefined;
  return {
    ...frame,
    fields: map(fields, (values, name) => {
      const factor = factorOf(name);
      return factor === 1 ? values : values.map((value, i) => (lot[i % N] < 0.5 ? factor * value : value));
    }),
  };
}

/** Each change by its name. */
export const CHANGE: Readonly<Record<ChangeName, Change>> = {
  truncate: {
    what: (date) => `rows after ${date} are dropped`,
    make: (frame, row) => stretchOf(frame, 0, row + 1),
    refusable: false,
  },
  shock: {
    what: (date) => `values after ${date} change`,
    make: (frame, row, key) => each(frame, row, key, (value, u) => value * (0.5 + u)), // prices stay positive
    refusable: false,
  },
  // A universe of those that never lose nine tenths, or of the large ones, shows itself here.
  crash: {
    what: (date) => `values after ${date} fall to a hundredth or rise a hundredfold`,
    make(frame, row, key) {
      const [forLots, forRows] = split(key);
      const lot = lots(frame, forLots);
      const start = uniform(forRows, [frame.assets.length], 'float64').data.map(
        (u) => row + 1 + Math.floor(u * (frame.dates.length - row - 1)),
      );
      return each(frame, row, key, (value, _, t, n) =>
        t < start[n] ? value : lot[n] < 0.5 ? 0.01 * value : lot[n] < 0.75 ? 100 * value : value,
      );
    },
    refusable: false,
  },
  'flip signs': {
    what: (date) => `values after ${date} change sign and size`,
    make: (frame, row, key) => each(frame, row, key, (value, u) => (u < 0.5 ? -value : value) * (u % 0.5 < 0.25 ? 1000 : 0.001)),
    refusable: true,
  },
  'set to zero': {
    what: (date) => `values after ${date} are set to zero`,
    make: (frame, row, key) => each(frame, row, key, (value) => (Number.isNaN(value) ? value : 0)),
    refusable: true,
  },
  delist: {
    what: (date) => `values after ${date} go missing`,
    make(frame, row, key) {
      const lot = lots(frame, key);
      return without(frame, row, (n) => lot[n] < 0.5);
    },
    refusable: true,
  },
  'list late': {
    what: (date) => `assets that come after ${date} do not come`,
    make(frame, row) {
      const coming = frame.assets.map((_, n) => {
        for (let t = row; t >= 0; t--) if (isThere(frame, t, n)) return false;
        for (let t = row + 1; t < frame.dates.length; t++) if (isThere(frame, t, n)) return true;
        return false;
      });
      return coming.includes(true) ? without(frame, row, (n) => coming[n]) : undefined;
    },
    refusable: true,
  },
  'fill gaps': {
    what: (date) => `values after ${date} appear that were missing`,
    make(frame, row, key) {
      const { assets, fields } = frame;
      const N = assets.length;
      if (!Object.values(fields).some((values) => values.some((value, i) => i >= (row + 1) * N && Number.isNaN(value)))) return undefined;
      const filled = Object.keys(fields).map((name) => {
        const before = assets.map((_, n) => {
          for (let t = row; t >= 0; t--) if (!Number.isNaN(fields[name][t * N + n])) return fields[name][t * N + n];
          return 1;
        });
        const one = { ...frame, fields: { [name]: fields[name] }, series: {} };
        return each(one, row, key, (value, u, _, n) => (Number.isNaN(value) ? before[n] * (0.5 + u) : value)).fields;
      });
      return { ...frame, fields: Object.assign({}, ...filled) };
    },
    refusable: false,
  },
  'permute the tail': {
    what: (date) => `values after ${date} come in another order`,
    make(frame, row, key) {
      const N = frame.assets.length;
      const order = permutation(key, frame.dates.length - row - 1).data;
      const permuted = mapMeasured(frame.fields, (values) => {
        const copy = values.slice();
        for (const [i, from] of order.entries()) copy.set(values.subarray((row + 1 + from) * N, (row + 2 + from) * N), (row + 1 + i) * N);
        return copy;
      });
      return { ...frame, fields: permuted };
    },
    refusable: false,
  },
  'rescale history': {
    what: () => 'the whole history of an asset is rescaled, as its next split or dividend does',
    make: (frame, _, key) => rescale(frame, key),
    refusable: false,
    everywhere: true,
  },
  'unlisted values': {
    what: () => 'values change of assets that are not listed on their date',
    make(frame, _, key) {
      const { listed } = frame;
      if (!listed?.includes(0)) return undefined;
      const changed = each(frame, -1, key, (value, u) => (Number.isNaN(value) ? 1 + u : value * (0.5 + u))).fields;
      return { ...frame, fields: map(frame.fields, (values, name) => values.map((value, i) => (listed[i] ? value : changed[name][i]))) };
    },
    refusable: false,
    everywhere: true,
  },
};
