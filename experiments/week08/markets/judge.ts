import type { Row } from '../../../src/base/index.js';
import { mean, standardDeviation } from '../../../src/linalg/index.js';
import { blockLength, bootstrap, confidenceInterval, studentT } from '../../../src/stats/index.js';
import { key } from '../../../src/tensor/index.js';
import type { Fold, Market } from './closes.js';

/** Of one model, training, seed and fold: what each measure comes to on each date that it has. */
export interface Series {
  readonly model: string;
  readonly training: string;
  readonly seed: number;
  readonly fold: string;
  readonly measures: Readonly<Record<string, readonly number[]>>;
}

/** Means over the stocks of each date of what cells come to. */
export function byDate({ task }: Market, cells: ArrayLike<number>, values: ArrayLike<number>): number[] {
  const N = task.assets.length;
  const sums = new Map<number, [sum: number, count: number]>();
  for (let i = 0; i < cells.length; i++) {
    const date = Math.floor(cells[i] / N);
    const [sum, count] = sums.get(date) ?? [0, 0];
    sums.set(date, [sum + values[i], count + 1]);
  }
  return [...sums].sort(([a], [b]) => a - b).map(([, [sum, count]]) => Number((sum / count).toPrecision(7)));
}

/** log h + y/h of forecasts f = log(h / unit), held in the fold's clamp. */
export function qlikes({ task }: Market, { unit, clamp: [low, high] }: Fold, cells: ArrayLike<number>, f: ArrayLike<number>): Float64Array {
  return Float64Array.from(f, (one, i) => {
    const kept = Math.min(high, Math.max(low, one));
    return kept + Math.log(unit) + task.target.values[cells[i]] / (unit * Math.exp(kept));
  });
}

/** A desk's volatility target: each stock is held at this a year, and never more than twice its share. */
const [TARGET, MOST] = [0.15, 2];

/** What is traded a day, as a share of capital: Σ |w − w₋₁| of weights min(2, 15 % / σ) / N, of forecasts on all cells of the test. */
export function traded({ task }: Market, { unit, clamp: [low, high] }: Fold, cells: ArrayLike<number>, f: ArrayLike<number>): number[] {
  const N = task.assets.length;
  const held = new Map<number, number>();
  for (let i = 0; i < cells.length; i++) {
    const h = unit * Math.exp(Math.min(high, Math.max(low, f[i])));
    held.set(cells[i], Math.min(MOST, TARGET / Math.sqrt(252 * h)) / N);
  }
  const moves = Array.from(cells, (cell) => N * Math.abs(held.get(cell)! - (held.get(cell - N) ?? held.get(cell)!)));
  return byDate({ task } as Market, cells, moves).slice(1);
}

/** A measure over years: by seed, the same dates in each, and how many dates each fold has. Of one fold, all. */
export interface Years {
  readonly seeds: readonly (readonly number[])[];
  readonly lengths: readonly number[];
}

/** One series without seeds, of one fold. */
export const alone = (values: readonly number[]): Years => ({ seeds: [values], lengths: [values.length] });

/**
 * The mean over dates and seeds of what was measured, with its interval: blocks of dates for the days, the seeds' own scatter beside, and the
 * degrees of freedom of Satterthwaite's rule. A seed of one fold has nothing to do with the same seed of another, so that the variance of
 * the seeds is pooled fold by fold: Σ (T_f / T)² s_f² / S.
 */
export function interval({ seeds, lengths }: Years): { value: number; error: number; low: number; high: number; p: number } {
  const T = seeds[0].length;
  const average = Array.from({ length: T }, (_, t) => mean(seeds.map((one) => one[t])));
  const value = mean(average);
  if (average.every((one) => one === average[0])) return { value, error: 0, low: value, high: value, p: value === 0 ? 1 : 0 };
  const block = blockLength(average).stationary;
  const drawn = bootstrap((rows) => mean(Array.from(rows, (t) => average[t])), T, { key: key(8), block, draws: 999 });
  const [dates, S] = [drawn.standardError ** 2, seeds.length];
  const own = lengths.map((length, f) => {
    const from = lengths.slice(0, f).reduce((sum, one) => sum + one, 0);
    return S > 1 ? ((length / T) ** 2 * standardDeviation(seeds.map((one) => mean(one.slice(from, from + length)))) ** 2) / S : 0;
  });
  const error = Math.sqrt(dates + own.reduce((sum, one) => sum + one, 0));
  const ofSeeds = own.reduce((sum, one) => sum + one ** 2, 0) / Math.max(1, S - 1);
  const df = error ** 4 / (dates ** 2 / Math.max(1, T / block - 1) + ofSeeds);
  return { value, error, ...confidenceInterval(value, error, { df }), p: 2 * studentT(df).survival(Math.abs(value) / error) };
}

/** a − b, date by date and seed by seed; the one series of a closed form against each seed. */
export const less = (a: Years, b: Years): Years => mapped(a, (value, s, t) => value - b.seeds[b.seeds.length === 1 ? 0 : s][t]);

/** Each number as something else. */
export const mapped = ({ seeds, lengths }: Years, to: (value: number, seed: number, date: number) => number): Years => ({
  seeds: seeds.map((one, s) => one.map((value, t) => to(value, s, t))),
  lengths,
});

/** Years end to end, of each seed. */
export const joined = (folds: readonly (readonly (readonly number[])[])[]): Years => ({
  seeds: folds[0].map((_, s) => folds.flatMap((seeds) => [...seeds[s]])),
  lengths: folds.map((seeds) => seeds[0].length),
});

/** Rounded, as rows of a table have it. */
export const rowOf = (of: Row, found: ReturnType<typeof interval>): Row => ({
  ...of,
  ...Object.fromEntries(Object.entries(found).map(([name, value]) => [name, Number(value.toPrecision(6))])),
});
