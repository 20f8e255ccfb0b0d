import { checkOptions } from '../../base/internal.js';
import { dayOf, isTimed, parseDay } from './dates.js';

/** What prices may be adjusted for. */
export const ADJUSTMENTS = ['none', 'splits', 'splits and dividends'] as const;

/**
 * For what prices are adjusted: `none` are those that were paid, `splits` are per share as shares are now, and with `splits and dividends` their
 * returns hold the dividends. The levels of adjusted prices know what came later; their returns do not.
 */
export type Adjustment = (typeof ADJUSTMENTS)[number];

/**
 * One number per date and asset: adjusted closes, log returns, a feature.
 *
 * `values` is row-major: asset n on date t is `values[t * assets.length + n]`, NaN where it is missing.
 */
export interface Panel {
  /** [T] ascending: `YYYY-MM-DD`, known at the close of the day, or with a time in UTC, `YYYY-MM-DDTHH:MM` */
  readonly dates: readonly string[];
  /** [N] */
  readonly assets: readonly string[];
  /** [T, N] */
  readonly values: Float64Array;
  /** what a value is: `adjClose`, `close`, `logReturn`, … */
  readonly field: string;
  /** where it came from: `skfolio/sp500-stocks` */
  readonly source: string;
  /** for what the prices are adjusted, or those that it was made of; absent where that is not known, and of what is no price */
  readonly adjusted?: Adjustment;
}

/**
 * Daily bars of one asset: `open`, `high`, `low` and `close` in its currency, `volume` in shares. All arrays have the length of `dates`;
 * `source` is the dataset, as in `yahoo/AAPL`.
 */
export interface Bars {
  readonly asset: string;
  readonly dates: readonly string[];
  /** price of the first trade */
  readonly open: Float64Array;
  /** highest price */
  readonly high: Float64Array;
  /** lowest price */
  readonly low: Float64Array;
  /** price of the last trade */
  readonly close: Float64Array;
  /** close adjusted for splits and dividends; NaN where the source has none */
  readonly adjClose: Float64Array;
  readonly volume: Float64Array;
  /** the dataset, `yahoo/AAPL` */
  readonly source: string;
}

/** What part of a history to take: `from` and `to` are dates, both included; `assets` by name, in that order. All of it where left out. */
export interface Selection {
  /** first date, `YYYY-MM-DD` or with a time; the first there is unless told */
  readonly from?: string;
  /** last date; a day without a time is included to its last minute; the last there is unless told */
  readonly to?: string;
  /** in this order; all unless told */
  readonly assets?: readonly string[];
}

/** The source of what comes from several: `a/X + a/Y`, of more than three `a/A … a/L (12 datasets)`, since it stands in titles and errors. */
export function sourceOfAll(sources: readonly string[]): string {
  const all = [...new Set(sources)];
  return all.length > 3 ? `${all[0]} … ${all.at(-1)} (${all.length} datasets)` : all.join(' + ');
}

/** The whole history of one asset, [T]. Throws when the panel has no such asset. */
export function seriesOf(panel: Panel, asset: string): Float64Array {
  const n = assetIndex(panel.assets, asset, panel.source);
  return Float64Array.from(panel.dates, (_, t) => panel.values[t * panel.assets.length + n]);
}

/** Part of a panel by dates and assets. Throws on an unknown asset and when no date is left. */
export function select(panel: Panel, selection: Selection): Panel {
  checkOptions('select', selection, ['from', 'to', 'assets']);
  const [start, end] = dateRange(panel.dates, selection, panel.source);
  const wanted = selection.assets ?? panel.assets;
  const indices = wanted.map((asset) => assetIndex(panel.assets, asset, panel.source));
  const [N, width] = [panel.assets.length, indices.length];
  const whole = width === N && indices.every((n, i) => n === i);
  const values = whole ? panel.values.slice(start * N, end * N) : new Float64Array((end - start) * width);
  if (!whole)
    for (const [i, n] of indices.entries()) for (let t = start; t < end; t++) values[(t - start) * width + i] = panel.values[t * N + n];
  return { ...panel, dates: panel.dates.slice(start, end), assets: [...wanted], values };
}

/** A panel of the same dates and assets whose values `f` computes from value, date index and asset index. */
export function mapValues(panel: Panel, field: string, f: (value: number, t: number, n: number) => number): Panel {
  const N = panel.assets.length;
  return { ...panel, field, values: panel.values.map((value, i) => f(value, Math.floor(i / N), i % N)) };
}

/** Half-open index range of the dates in [from, to]. */
export function dateRange(dates: readonly string[], { from, to }: Selection, source: string): [start: number, end: number] {
  if (from !== undefined) parseDay(from, `${source}: from`);
  if (to !== undefined) parseDay(to, `${source}: to`);
  const start = from === undefined ? 0 : lowerBound(dates, (date) => date >= from);
  const end = to === undefined ? dates.length : lowerBound(dates, (date) => (isTimed(to) ? date : dayOf(date)) > to);
  if (start >= end) {
    const asked = `${from ?? 'the start'} … ${to ?? 'the end'}`;
    const cause = from !== undefined && to !== undefined && from > to ? 'from is after to' : 'the range holds none of them';
    throw new Error(
      `${source}: no date in ${asked}; it has ${dates[0]} … ${dates.at(-1)} (${dates.length} rows) and ${cause}; choose dates inside`,
    );
  }
  return [start, end];
}

function assetIndex(assets: readonly string[], asset: string, source: string): number {
  const n = assets.indexOf(asset);
  if (n >= 0) return n;
  const shown = assets.length > 30 ? `${assets.slice(0, 30).join(', ')}, … (${assets.length})` : assets.join(', ');
  throw new Error(`${source}: no asset '${asset}'; it has ${shown}; names are case-sensitive`);
}

/** First index whose date satisfies `reached`, which is false and then true along ascending dates. */
function lowerBound(dates: readonly string[], reached: (date: string) => boolean): number {
  let low = 0;
  let high = dates.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (reached(dates[middle])) high = middle;
    else low = middle + 1;
  }
  return low;
}
