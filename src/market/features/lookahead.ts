import { fold, key, uniform } from '../../base/index.js';
import type { Panel } from '../panel/panel.js';

/** What a pipeline makes of data: one row of numbers per date. A panel is one. */
export interface Dated {
  /** [T'] a subset of the data's dates */
  readonly dates: readonly string[];
  /** [T', K] row-major */
  readonly values: ArrayLike<number>;
}

/** Which changes `assertNoLookahead` tries; `seed` makes the random factors. */
export interface LookaheadOptions {
  /** rows that an output may look ahead: 0 for features and signals, the label's horizon for labels */
  readonly horizon?: number;
  /** dates after which the future is changed; unless told, a trading month of consecutive dates and two later ones */
  readonly at?: readonly string[];
  readonly seed?: number;
}

/**
 * Demands that nothing a pipeline says about the past depends on the future.
 *
 * For many dates s it multiplies every value after s by a random factor, and in a second run drops the rows after s; then no output
 * of a date t with t + horizon ≤ s may differ in a single bit. It finds full-sample means, centred windows, negative lags,
 * backward filling and labels among the features. It cannot find a leak that these changes do not reach: data revised at the source.
 *
 * @param pipeline pure and deterministic: it is run on changed copies of `data`
 * @throws         naming the first date that changed, what it was and what it became
 */
export async function assertNoLookahead(
  pipeline: (data: Panel) => Dated | Promise<Dated>,
  data: Panel,
  options: LookaheadOptions = {},
): Promise<void> {
  const { horizon = 0, seed = 0 } = options;
  const cuts = options.at?.map((date) => indexOf(data, date)) ?? defaultCuts(data.dates.length);
  const base = await pipeline(data);
  if (base.dates.length === 0 || base.dates[0] > data.dates[Math.max(...cuts) - horizon])
    throw new Error(
      `assertNoLookahead: the pipeline's first output is dated ${base.dates[0]}, after every date tried, ` +
        'so nothing would be checked; give more data or later dates',
    );
  for (const [i, cut] of cuts.entries()) {
    const last = data.dates[cut - horizon];
    if (last === undefined) continue;
    compare(base, await pipeline(shock(data, cut, fold(key(seed), i))), last, `values after ${data.dates[cut]} change`);
    compare(base, await pipeline(truncate(data, cut)), last, `rows after ${data.dates[cut]} are dropped`);
  }
}

/** Consecutive rows, so that a leak at a month's end or on one day of the week is met, and two near the end. */
function defaultCuts(T: number): number[] {
  const start = Math.floor(0.6 * (T - 1));
  return [...Array.from({ length: Math.min(21, T - 1 - start) }, (_, i) => start + i), Math.floor(0.85 * (T - 1)), T - 2].filter(
    (cut) => cut >= 0,
  );
}

function compare(base: Dated, changed: Dated, last: string, change: string): void {
  const [before, after] = [until(base, last), until(changed, last)];
  const name = (t: number) => `assertNoLookahead: the pipeline looks ahead: its output of ${before.dates[t] ?? after.dates[t]}`;
  const fix = 'use rows up to that date only (no full-sample statistics, centred windows or negative lags)';
  for (let t = 0; t < Math.max(before.dates.length, after.dates.length); t++) {
    if (before.dates[t] !== after.dates[t]) throw new Error(`${name(t)} comes or goes when ${change}; ${fix}`);
    for (let k = 0; k < before.width; k++) {
      const [was, is] = [before.values[t * before.width + k], after.values[t * after.width + k]];
      if (!Object.is(was, is)) throw new Error(`${name(t)}, column ${k}, goes from ${was} to ${is} when ${change}; ${fix}`);
    }
  }
}

function until({ dates, values }: Dated, last: string) {
  return { dates: dates.filter((date) => date <= last), values, width: values.length / dates.length };
}

function shock(data: Panel, cut: number, k: ReturnType<typeof key>): Panel {
  const from = (cut + 1) * data.assets.length;
  const factors = uniform(k, [data.values.length - from], 'float64').data; // prices stay positive: ½ … 1½
  return { ...data, values: data.values.map((value, i) => (i < from ? value : value * (0.5 + factors[i - from]))) };
}

const truncate = (data: Panel, cut: number): Panel => ({
  ...data,
  dates: data.dates.slice(0, cut + 1),
  values: data.values.slice(0, (cut + 1) * data.assets.length),
});

function indexOf({ dates, source }: Panel, date: string): number {
  const t = dates.indexOf(date);
  if (t < 0) throw new Error(`assertNoLookahead: ${date} is no date of ${source}; choose one of ${dates[0]} … ${dates.at(-1)}`);
  return t;
}
