import type { Panel } from '../../market/index.js';
import { type Coral, coral } from '../../stats/index.js';
import { fingerprint } from '../../train/index.js';
import { answersOf, columnsOf, pricesOf } from './prices.js';
import type { ReadConfig } from './read-config.js';

/** Windows that end on dates, with what followed. */
export interface MarketWindows {
  /** [W], the last day of each. */
  readonly dates: readonly string[];
  /** [W, T, N, F], standardised by the training years. */
  readonly x: { readonly data: Float32Array; readonly shape: number[] };
  /** [W, N], what is forecast, standardised by the training windows. */
  readonly y: { readonly data: Float32Array; readonly shape: number[] };
}

/** The windows of a run, cut by years, and the units in which they are seen. */
export interface MarketData {
  readonly prices: Panel;
  readonly train: MarketWindows;
  readonly validate: MarketWindows;
  readonly judge: MarketWindows;
  /** Of what is forecast, in training: a standard unit is `mean` + `deviation` · y. */
  readonly unit: { readonly mean: number; readonly deviation: number };
  /** SHA-256 of every window, so that a run that goes on knows its data again. */
  readonly hash: string;
}

/** Features beyond so many deviations are cut there: one day of 1987 would else be all that a layer sees. */
const WIDEST = 5;

/**
 * Loads the prices, makes features and answers, and cuts windows that know nothing of what they are judged by.
 *
 * A window's answer ends before its years do, so that none reaches into the next part. Features are made of their own day and earlier
 * ones; their units, and those of the answers, are the training years'.
 *
 * @throws naming file and line: of a dataset that is not there, an asset or a feature that it lacks, years that leave no window
 */
export async function marketData(read: ReadConfig): Promise<MarketData> {
  const { config, fail } = read;
  const { data, split, forecast, model } = config;
  const prices = await pricesOf(read);
  const { dates, assets } = prices;
  const [N, F, T] = [assets.length, data.features.length, model.lookback];
  const raw = columnsOf(read, prices); // F columns [days, N]
  const trained = dates.filter((date) => date <= split.train).length;
  const columns = raw.map((column) => standardised(column, trained * N));
  const ends = (after: string, until: string) => {
    const last = dates.filter((date) => date <= until).length - 1;
    const found: number[] = [];
    for (let t = T - 1; t + forecast.days <= last; t += forecast.days)
      if (dates[t] > after && dates[t] >= data.from && whole(columns, t, T, N)) found.push(t);
    return found;
  };
  const answers = answersOf(prices, config.forecast);
  const cut = [ends('', split.train), ends(split.train, split.validate), ends(split.validate, data.to)];
  const PARTS = [
    ['split', 'train'],
    ['split', 'validate'],
    ['data', 'to'],
  ] as const;
  for (const [i, found] of cut.entries())
    if (found.length < 8)
      throw fail(
        PARTS[i],
        `${PARTS[i].join('.')} leaves ${found.length} windows of ${T} days for ${['training', 'choosing', 'judging'][i]} (${prices.source}, ${dates[0]} to ${dates.at(-1)}); ` +
          'at least 8 are needed: move the date, shorten model.lookback, or take features that look back less',
      );
  const known = cut[0].flatMap((t) => Array.from({ length: N }, (_, n) => answers[t * N + n]));
  const mean = known.reduce((sum, v) => sum + v, 0) / known.length;
  const deviation = Math.sqrt(known.reduce((sum, v) => sum + (v - mean) ** 2, 0) / known.length);
  const windows = (rows: readonly number[], carried?: Coral): MarketWindows => ({
    dates: rows.map((t) => dates[t]),
    x: { data: stacked(carried ? carriedBy(carried, columns) : columns, rows, { T, N, F }), shape: [rows.length, T, N, F] },
    y: {
      data: Float32Array.from(rows.flatMap((t) => Array.from({ length: N }, (_, n) => (answers[t * N + n] - mean) / deviation))),
      shape: [rows.length, N],
    },
  });
  const [train, validate] = [windows(cut[0]), windows(cut[1])];
  const judge = windows(cut[2], config.alignment && coral(rowsOf(columns, cut[1], N), rowsOf(columns, cut[0], N), config.alignment));
  return {
    prices,
    train,
    validate,
    judge,
    unit: { mean, deviation },
    hash: fingerprint([train, validate, judge].map(({ x, y }) => ({ x, y }))),
  };
}

/** A column [days, N] in deviations of its training rows, which come first, cut where it is wider than a layer should see. */
function standardised(column: Float64Array, trained: number): Float64Array {
  const known = column.subarray(0, trained).filter(Number.isFinite);
  const mean = known.reduce((sum, v) => sum + v, 0) / Math.max(1, known.length);
  const deviation = Math.sqrt(known.reduce((sum, v) => sum + (v - mean) ** 2, 0) / Math.max(1, known.length)) || 1;
  return column.map((v) => Math.max(-WIDEST, Math.min(WIDEST, (v - mean) / deviation)));
}

/** Whether every feature of every asset is there on all days of the window that ends with row t. */
const whole = (columns: readonly Float64Array[], t: number, T: number, N: number): boolean =>
  columns.every((column) => column.subarray((t - T + 1) * N, (t + 1) * N).every(Number.isFinite));

/** Features [W N, F] on the windows' last days. */
function rowsOf(columns: readonly Float64Array[], ends: readonly number[], N: number) {
  const F = columns.length;
  const data = Float64Array.from({ length: ends.length * N * F }, (_, i) => {
    const row = Math.floor(i / F);
    return columns[i % F][ends[Math.floor(row / N)] * N + (row % N)];
  });
  return { rows: ends.length * N, cols: F, data };
}

/** Columns whose rows are mapped; a row with a missing value stays missing. */
function carriedBy({ map }: Coral, columns: readonly Float64Array[]): Float64Array[] {
  const [rows, F] = [columns[0].length, columns.length];
  const there = Array.from({ length: rows }, (_, i) => columns.every((column) => Number.isFinite(column[i])));
  const data = Float64Array.from({ length: rows * F }, (_, i) => (there[Math.floor(i / F)] ? columns[i % F][Math.floor(i / F)] : 0));
  const carried = map({ rows, cols: F, data }).data;
  return columns.map((_, f) => Float64Array.from({ length: rows }, (_, i) => (there[i] ? carried[i * F + f] : Number.NaN)));
}

/** Windows [W, T, N, F] that end with these rows. */
function stacked(columns: readonly Float64Array[], ends: readonly number[], { T, N, F }: Record<'T' | 'N' | 'F', number>): Float32Array {
  const data = new Float32Array(ends.length * T * N * F);
  let at = 0;
  for (const end of ends)
    for (let row = (end - T + 1) * N; row < (end + 1) * N; row++) for (let f = 0; f < F; f++) data[at++] = columns[f][row];
  return data;
}
