import { isTimed, knownOrder } from '../panel/dates.js';
import { type Adjustment, dateRange, type Panel, type Selection, select, sourceOfAll } from '../panel/panel.js';
import { BAR_FIELDS } from '../store/table.js';

export { BAR_FIELDS } from '../store/table.js';

/** Fields of bars that are prices. */
export const PRICE_FIELDS: readonly string[] = BAR_FIELDS.filter((name) => name !== 'volume');

/** Fields of what happened to shares: no prices, so that no mask and no finding concerns them. */
export const ACTION_FIELDS: readonly string[] = ['split', 'dividend'];

/**
 * Several fields of the same assets on the same dates, with what else was known: the data of features, audits and backtests.
 *
 * A `Panel` is one field of a frame: `fieldOf(frame, 'close')`, and `frameOf(panel)` the other way.
 */
export interface Frame {
  /** [T] ascending: `YYYY-MM-DD`, known at the close of the day, or all with a time in UTC, `YYYY-MM-DDTHH:MM`, known then */
  readonly dates: readonly string[];
  /** [N] */
  readonly assets: readonly string[];
  /** each [T, N] row-major, as a panel's values, NaN where missing: `open`, `high`, `low`, `close`, `adjClose`, `volume`, and others by name */
  readonly fields: Readonly<Record<string, Float64Array>>;
  /** what belongs to no asset, by name: `VIX`, `tenYearYield` */
  readonly series: Readonly<Record<string, Series>>;
  /** [T, N] 1 where the asset was listed, or in the universe, on the date and 0 elsewhere, where all fields but `split` and `dividend` are NaN; all are listed unless told */
  readonly listed?: Uint8Array;
  /** by field, for what its prices are adjusted; a field is absent where that is not known, or is no price */
  readonly adjusted?: Readonly<Record<string, Adjustment>>;
  /** where it came from: `arch/sp500` */
  readonly source: string;
}

/** Values dated by when they were known, not by what they speak of: a month's inflation by the day that it was published. */
export interface Series {
  /** [K] */
  readonly values: Float64Array;
  /** [K] ascending; a value is known at the close of its day, or at the minute, where it has a time */
  readonly knownAt: readonly string[];
}

/** What of a frame is not in the panels it is made of: its `series`, and who was `listed` when, as a `Frame` has them. */
export interface FrameExtras {
  readonly series?: Frame['series'];
  readonly listed?: Uint8Array;
  /** the panels' unless told */
  readonly source?: string;
}

/**
 * Panels of the same dates and assets as one frame; each panel's `field` names its values there.
 *
 *     frameOf([close, volume], { series: { VIX: { values, knownAt } } })
 *
 * @param panels  each [T, N]
 * @throws        when there is none, dates, assets or lengths differ (align first), two hold one field, or a series is not in the order of its dates
 */
export function frameOf(panels: Panel | readonly Panel[], { series = {}, listed, source }: FrameExtras = {}): Frame {
  const all = 'dates' in panels ? [panels] : panels;
  const [first] = all;
  if (!first) throw new Error('frameOf needs a panel or more: got none');
  const fields: Record<string, Float64Array> = {};
  const adjustments: Record<string, Adjustment> = {};
  for (const { field, dates, assets, values, adjusted } of all) {
    if (field in fields) throw new Error(`frameOf: two panels hold ${field}; a frame has each field once: rename one`);
    if (!same(dates, first.dates) || !same(assets, first.assets))
      throw new Error(
        `frameOf: ${first.field} has ${extent(first)} and ${field} ${extent({ dates, assets })}, and they must be the same; align and select first`,
      );
    fields[field] = listed ? whereListed(field, values, listed) : values;
    if (adjusted) adjustments[field] = adjusted;
  }
  const frame: Frame = {
    dates: first.dates,
    assets: first.assets,
    fields,
    series,
    ...(listed && { listed }),
    ...(Object.keys(adjustments).length > 0 && { adjusted: adjustments }),
    source: source ?? sourceOfAll(all.map((panel) => panel.source)),
  };
  checkFrame(frame);
  return frame;
}

/**
 * The values where the asset is listed, NaN elsewhere; the same array where that changes none. Shares are split outside a universe too, and prices
 * before must be adjusted for it when they come back.
 */
function whereListed(field: string, values: Float64Array, listed: Uint8Array): Float64Array {
  if (ACTION_FIELDS.includes(field)) return values;
  let masked: Float64Array | undefined;
  for (let i = 0; i < listed.length; i++)
    if (listed[i] === 0 && i < values.length && !Number.isNaN(values[i])) {
      masked ??= values.slice();
      masked[i] = Number.NaN;
    }
  return masked ?? values;
}

/**
 * A frame with a universe by date: what is not in it has no value there, in features, labels and backtests alike.
 *
 *     withUniverse(frame, Uint8Array.from(fieldOf(frame, 'volume').values, (shares) => (shares > 1e6 ? 1 : 0)))
 *
 * A universe must be known on its date: one of today's members is survivorship. And it is no listing: `backtest` takes an asset that is not
 * `listed` as gone, and settles what is held of it; give features the frame with its universe, and a backtest the frame before.
 *
 * @param universe  [T, N] 1 where the asset is in the universe and 0 elsewhere; who was not `listed` before is not now
 * @throws          when it has another length, or another number than 0 and 1
 */
export function withUniverse(frame: Frame, universe: Uint8Array): Frame {
  const { dates, assets, series, source } = frame;
  if (universe.length !== dates.length * assets.length)
    throw new Error(
      `withUniverse: ${source} has ${extent(frame)}, and the universe ${universe.length} entries; it needs one a date and asset`,
    );
  const other = universe.findIndex((entry) => entry > 1);
  if (other >= 0)
    throw new Error(
      `withUniverse: entry ${other} is ${universe[other]}; 1 is in the universe and 0 is not: compare, as in value > least ? 1 : 0`,
    );
  const listed = universe.map((entry, i) => entry & (frame.listed?.[i] ?? 1));
  return frameOf(
    Object.keys(frame.fields).map((field) => fieldOf(frame, field)),
    { series, listed, source },
  );
}

/**
 * One field of a frame as a panel, on the same memory; NaN where an asset is not listed.
 *
 * @throws when the frame has no such field, naming those that it has
 */
export function fieldOf({ dates, assets, fields, listed, adjusted, source }: Frame, field: string): Panel {
  const held = fields[field];
  if (!held) throw new Error(`${source} has no ${field}: it has ${Object.keys(fields).join(', ')}`);
  const values = listed ? whereListed(field, held, listed) : held;
  return { dates, assets, values, field, source, ...(adjusted?.[field] && { adjusted: adjusted[field] }) };
}

/**
 * Part of a frame by dates and assets, as `select` takes it of a panel. Series stay whole: what was known earlier is known still.
 *
 * @throws on an unknown asset and when no date is left
 */
export function selectFrame(frame: Frame, selection: Selection): Frame {
  const panels = Object.keys(frame.fields).map((field) => select(fieldOf(frame, field), selection));
  const [start, end] = dateRange(frame.dates, selection, frame.source);
  const columns = panels[0].assets.map((asset) => frame.assets.indexOf(asset));
  const N = frame.assets.length;
  const { listed } = frame;
  const rows = Array.from({ length: end - start }, (_, t) => columns.map((n) => listed?.[(start + t) * N + n] ?? 1));
  return frameOf(panels, { series: frame.series, source: frame.source, ...(listed && { listed: Uint8Array.from(rows.flat()) }) });
}

/**
 * The last value of a series that was known on each date, at the close of a day or at the minute, NaN before the first: what became known at the
 * close of a day is not known at its minutes.
 *
 * @param dates  [T] ascending
 * @returns      [T]
 */
export function asKnown({ values, knownAt }: Series, dates: readonly string[]): Float64Array {
  const known = new Float64Array(dates.length);
  const order = [...dates, ...knownAt].some(isTimed) ? knownOrder : (date: string) => date;
  for (let t = 0, k = 0; t < dates.length; t++) {
    const now = order(dates[t]);
    while (k < knownAt.length && order(knownAt[k]) <= now) k++;
    known[t] = k === 0 ? Number.NaN : values[k - 1];
  }
  return known;
}

/** Throws where lengths do not fit, dates do not ascend or only some have a time, or a series is not in the order in which it was known. */
export function checkFrame({ dates, assets, fields, series, listed, source }: Frame): void {
  const size = dates.length * assets.length;
  const lengths = [...Object.entries(fields), ...(listed ? [['listed', listed] as const] : [])];
  for (const [name, { length }] of lengths)
    if (length !== size) throw new Error(`${source}: ${name} has ${length} values, and ${extent({ dates, assets })} need ${size}`);
  const late = dates.findIndex((date, t) => t > 0 && !(dates[t - 1] < date));
  if (late >= 0) throw new Error(`${source}: dates must ascend: ${dates[late]} comes after ${dates[late - 1]}; sort its rows, one a date`);
  const other = dates.findIndex((date) => isTimed(date) !== isTimed(dates[0]));
  if (other >= 0)
    throw new Error(`${source}: ${dates[0]} and ${dates[other]} are dates of two kinds; give all of them a time in UTC, or none of them`);
  for (const [name, { values, knownAt }] of Object.entries(series)) {
    if (values.length !== knownAt.length)
      throw new Error(`${source}: series ${name} has ${values.length} values and ${knownAt.length} dates; one date a value`);
    const back = knownAt.findIndex((date, k) => k > 0 && !(knownOrder(knownAt[k - 1]) <= knownOrder(date)));
    if (back >= 0)
      throw new Error(
        `${source}: series ${name} was known on ${knownAt[back - 1]} and then on ${knownAt[back]}; sort it by when it was known`,
      );
  }
}

const same = (a: readonly string[], b: readonly string[]): boolean => a === b || (a.length === b.length && a.every((x, i) => x === b[i]));

const extent = ({ dates, assets }: Pick<Frame, 'dates' | 'assets'>): string =>
  `${dates.length} dates from ${dates[0]} and ${assets.length} assets from ${assets[0]}`;
