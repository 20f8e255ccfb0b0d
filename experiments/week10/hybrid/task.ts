import { type Frame, fetchData, fieldOf, loadFrame } from '../../../src/market/index.js';

/*
 * Months of a universe: what is known at the close of each month's last day, and what the next month brings.
 */

/** Where prices come from, when its tests begin, and its features' look-back in months. */
export const UNIVERSES = {
  stocks: { source: 'skfolio/sp500-stocks', field: 'adjClose', from: 1995 },
  etfs: { source: 'mlfinpy/etfs', field: 'close', from: 2012 },
} as const;
export type UniverseName = keyof typeof UNIVERSES;

/** Steps of a window, in months, and features of a step. */
export const STEPS = 12;
export const FEATURES = [
  'year without its last month',
  'half year without it',
  'month',
  'month’s variance',
  'year’s variance',
  'below the high',
];
export const F = FEATURES.length;
/** What the graph sees of a node: logarithms of variances over a week, a month and a year beside the quarter's, and that of the quarter itself. */
export const G = 4;
/** Trading days of a month, a quarter and a year. */
export const [MONTH, QUARTER, YEAR] = [21, 63, 252];
/** A day's square below that of 0.1 % counts as that: prices in eighths stand still. */
export const FLOOR = 1e-6;
/** Deviations over the assets of a month, beyond which a feature counts as that. */
export const FARTHEST = 2;
/** How many others an asset sees in the graph. */
export const NEIGHBOURS = 4;

/** All months [M] of all assets [N]; NaN where something is not known yet. */
export interface Task {
  readonly name: UniverseName;
  readonly frame: Frame;
  readonly assets: readonly string[];
  /** Row of the last close of each month [M], at which is decided; what is decided is traded at the next close. */
  readonly rows: Int32Array;
  /** Daily simple returns [T, N]. */
  readonly returns: Float64Array;
  /** [M, N, F], standardised over the assets of the month. */
  readonly x: Float64Array;
  /** [M, N, G]. */
  readonly nodes: Float64Array;
  /** √21 times the quarter's daily deviation [M, N]. */
  readonly unit: Float64Array;
  /** What the asset earns above the mean of all, from the close after this decision to that after the next, in units [M, N]. */
  readonly y: Float64Array;
  /** The variance over the same days over that of the quarter before [M, N]. */
  readonly ratio: Float64Array;
  readonly folds: readonly Fold[];
}

/** A year to trade: decisions whose outcome is known at its first decision, and its own. */
export interface Fold {
  readonly year: number;
  /** Places in `rows`. */
  readonly train: readonly number[];
  readonly test: readonly number[];
}

/** The month in which a decision is traded: `1995-01`. */
export const tradedIn = ({ frame, rows }: Task, m: number): string => frame.dates[rows[m] + 1].slice(0, 7);

/** The months of a universe up to a date; a fold for each year of tests. */
export async function taskOf(name: UniverseName, span: { from?: number; to: string }): Promise<Task> {
  const { source, field, from: first } = UNIVERSES[name];
  const frame = await loaded(source, span.to);
  const { values: prices, assets, dates } = fieldOf(frame, field);
  const [T, N] = [dates.length, assets.length];
  const log = prices.map((price) => Math.log(price));
  const missing = log.findIndex((value) => !Number.isFinite(value));
  if (missing >= 0) throw new Error(`hybrid: ${assets[missing % N]} has no price on ${dates[Math.floor(missing / N)]}`);
  const returns = Float64Array.from(prices, (price, at) => (at < N ? 0 : price / prices[at - N] - 1));
  const rows = Int32Array.from(Array.from({ length: T - 1 }, (_, t) => t).filter((t) => dates[t].slice(0, 7) !== dates[t + 1].slice(0, 7)));
  const M = rows.length;
  const fill = (size: number) => new Float64Array(size).fill(Number.NaN);
  const [x, nodes, unit, y, ratio] = [fill(M * N * F), fill(M * N * G), fill(M * N), fill(M * N), fill(M * N)];
  const change = (n: number, from: number, to: number) => log[to * N + n] - log[from * N + n];
  const variance = (n: number, end: number, days: number) => {
    let sum = 0;
    for (let t = end - days + 1; t <= end; t++) sum += change(n, t - 1, t) ** 2;
    return Math.max(FLOOR, sum / days);
  };
  for (const [m, d] of rows.entries()) {
    if (d < YEAR + 1) continue;
    for (let n = 0; n < N; n++) {
      const [week, month, quarter, year] = [5, MONTH, QUARTER, YEAR].map((days) => Math.log(variance(n, d, days)));
      const high = Array.from({ length: YEAR }, (_, k) => log[(d - k) * N + n]).reduce((a, b) => Math.max(a, b));
      const own = [
        change(n, d - YEAR, d - MONTH),
        change(n, d - 126, d - MONTH),
        change(n, d - MONTH, d),
        month,
        year,
        log[d * N + n] - high,
      ];
      x.set(own, (m * N + n) * F);
      nodes.set([week - quarter, month - quarter, year - quarter, quarter + 8.5], (m * N + n) * G);
      unit[m * N + n] = Math.sqrt(MONTH) * Math.exp(quarter / 2);
      if (m + 1 >= M || rows[m + 1] + 1 >= T) continue;
      const [begin, end] = [d + 1, rows[m + 1] + 1];
      y[m * N + n] = change(n, begin, end);
      ratio[m * N + n] = variance(n, end, end - begin) / Math.exp(quarter);
    }
    overAssets(x, m, N);
    const mean = y.subarray(m * N, (m + 1) * N).reduce((a, b) => a + b, 0) / N;
    for (let at = m * N; at < (m + 1) * N; at++) y[at] = (y[at] - mean) / unit[at];
  }
  const known = Array.from({ length: M }, (_, m) => m).filter((m) => m >= STEPS - 1 && !Number.isNaN(x[(m - STEPS + 1) * N * F]));
  const yearOf = (m: number) => Number(dates[rows[m] + 1].slice(0, 4)); // in which the decision is traded
  const years = [...new Set(known.map(yearOf))].filter((year) => year >= (span.from ?? first));
  const folds = years.map((year) => {
    const test = known.filter((m) => yearOf(m) === year);
    // The outcome of a decision is known at the close after the next one.
    const train = known.filter((m) => m + 1 < M && rows[m + 1] + 1 <= rows[test[0]]);
    return { year, train, test };
  });
  return { name, frame, assets, rows, returns, x, nodes, unit, y, ratio, folds };
}

/** Standardises the features of a month over its assets; what is farther out than two deviations counts as two. */
function overAssets(x: Float64Array, m: number, N: number): void {
  for (let f = 0; f < F; f++) {
    const at = (n: number) => (m * N + n) * F + f;
    let [sum, squares] = [0, 0];
    for (let n = 0; n < N; n++) sum += x[at(n)] / N;
    for (let n = 0; n < N; n++) squares += (x[at(n)] - sum) ** 2 / N;
    for (let n = 0; n < N; n++) x[at(n)] = Math.max(-FARTHEST, Math.min(FARTHEST, (x[at(n)] - sum) / Math.sqrt(squares)));
  }
}

async function loaded(source: string, to: string): Promise<Frame> {
  try {
    return await loadFrame(source, { to });
  } catch (error) {
    if (source !== UNIVERSES.etfs.source || !/mlfinpy\/etfs/.test((error as Error).message)) throw error;
    await fetchData(source);
    return await loadFrame(source, { to });
  }
}

/** Windows [m, N, STEPS, F] of some months, oldest step first, as rows of a net. */
export function windowsOf({ x, assets: { length: N } }: Task, months: readonly number[]): Float32Array {
  const out = new Float32Array(months.length * N * STEPS * F);
  for (const [i, m] of months.entries())
    for (let n = 0; n < N; n++)
      for (let s = 0; s < STEPS; s++) {
        const from = ((m - STEPS + 1 + s) * N + n) * F;
        out.set(x.subarray(from, from + F), ((i * N + n) * STEPS + s) * F);
      }
  return out;
}

/** Rows of an array [M, N, C] for some months, one after the other. */
export function monthsOf(values: Float64Array, months: readonly number[], size: number): Float64Array {
  const out = new Float64Array(months.length * size);
  for (const [i, m] of months.entries()) out.set(values.subarray(m * size, (m + 1) * size), i * size);
  return out;
}

/** Who sees whom in a year: each asset its most correlated ones, of the two years of days before the first decision. */
export function edgesOf({ returns, assets: { length: N }, rows }: Task, fold: Fold): [number, number][] {
  const end = rows[fold.test[0]];
  const columns = Array.from({ length: N }, (_, n) => {
    const own = Array.from({ length: 2 * YEAR }, (_, k) => returns[(end - k) * N + n]);
    const mean = own.reduce((a, b) => a + b, 0) / own.length;
    const length = Math.sqrt(own.reduce((sum, r) => sum + (r - mean) ** 2, 0));
    return own.map((r) => (r - mean) / length);
  });
  return columns.flatMap((own, i) =>
    columns
      .map((other, j) => ({ j, like: i === j ? -2 : own.reduce((sum, r, k) => sum + r * other[k], 0) }))
      .sort((a, b) => b.like - a.like)
      .slice(0, NEIGHBOURS)
      .map(({ j }): [number, number] => [i, j]),
  );
}
