import type { Bundle, Row } from '../base/index.js';
import { extent } from '../base/internal.js';
import { dateAxis } from './date-axis.js';
import { GREY, PALETTE, plot, type Spec } from './plot.js';
import { thin } from './thin.js';

/** A column of the rows and what the axis calls it: `{ field: 'beta', title: 'β' }`. */
export interface Axis {
  field: string;
  /** Quantity and unit. */
  title: string;
  /** Whether the axis is logarithmic. */
  log?: boolean;
  /** A d3 number format for the labels: `'.1%'`. */
  format?: string;
  /** The ends of the axis; those of the data without it. */
  domain?: readonly [number, number];
}

/**
 * What every chart is made of: a `title` that states its question, a `subtitle` that says of what, `rows`, and the axes `x` and `y`;
 * `width` and `height` are in pixels.
 */
export interface Figure {
  title: string;
  subtitle?: string;
  rows: readonly Row[];
  x: Axis;
  y: Axis;
  /** The column that tells the series apart. */
  series?: string;
  /** Series → colour, so that within a notebook one colour has one meaning; in the palette's order without it. */
  colours?: Readonly<Record<string, string>>;
  /** Lines across the chart, at a value of x or of y: where zero is, what was chosen. */
  rules?: readonly ({ x: number | string } | { y: number })[];
  width?: number;
  height?: number;
}

/** What a line chart may carry beside its curves. */
export interface LineExtras {
  /** Columns with the ends of each point's interval, drawn as a band. */
  band?: { low: string; high: string };
}

/**
 * Curves over x: time when x holds dates ('2008-09-15'), a number otherwise. Each is named at its right end.
 *
 * Of long curves it draws what a screen can show, the lowest and highest point of every few, and says so below the title: twenty assets
 * over thirty years are a chart of less than 300 kB.
 *
 * @throws when a series has no colour in `colours`
 */
export function line({ band, ...whole }: Figure & LineExtras): Promise<Bundle> {
  const { rows, note } = thin(whole.rows, {
    x: whole.x.field,
    heights: [whole.y.field, ...(band ? [band.low, band.high] : [])],
    ...(whole.series && { series: whole.series }),
  });
  const subtitle = [whole.subtitle, note].filter(Boolean).join('; ');
  const figure = { ...whole, rows, ...(subtitle && { subtitle }) };
  const { layer, ...spec } = chart(figure, { type: 'line', strokeWidth: 1.8 }, null);
  const y = channel(figure, figure.y);
  const area = band && {
    mark: { type: 'area', opacity: 0.25 },
    encoding: {
      x: channel(figure, figure.x),
      y: { ...y, field: band.low },
      y2: { field: band.high },
      ...(figure.series && { color: colour(figure, null) }),
    },
  };
  return plot({ ...spec, layer: [area, ...(layer as Spec[]), ...names(figure)].filter(Boolean) });
}

/** The name of each series at its last point, moved apart where two would overlap. */
function names(figure: Figure): Spec[] {
  const { series, rows, y } = figure;
  if (!series) return [];
  const last = new Map<unknown, Row>();
  for (const row of rows) if (row[y.field] != null) last.set(row[series], row);
  return [named(figure, [...last.values()], { type: 'text', align: 'left', baseline: 'middle', dx: 6 }, 13)];
}

/** Names of series at the points given, each `pixels` or more below the next. */
function named(figure: Figure, points: readonly Row[], mark: Spec, pixels: number): Spec {
  const { rows, x, y, series, height = 260 } = figure;
  const scale = (value: number) => (y.log ? Math.log(value) : value);
  const all = rows.map((row) => scale(Number(row[y.field]))).filter(Number.isFinite);
  const [low, high] = y.domain?.map(scale) ?? extent(all);
  const sorted = [...points].sort((a, b) => Number(a[y.field]) - Number(b[y.field]));
  const apart = ((high - low) * pixels) / height;
  const wanted = sorted.map((row) => scale(Number(row[y.field])));
  const at = spread(wanted, apart, low + apart / 2, high); // the axis below strikes no name through
  const values = sorted.map((row, i) => ({ ...row, [y.field]: y.log ? Math.exp(at[i]) : at[i] }));
  const text = { field: series, type: 'nominal' };
  return { data: { values }, mark, encoding: { x: channel(figure, x), y: channel(figure, y), text } };
}

/** Ascending positions moved as little as needed to be `apart`, and kept within [low, high]. */
function spread(positions: readonly number[], apart: number, low: number, high: number): number[] {
  const at = positions.map((position) => Math.max(low, position));
  for (let i = 1; i < at.length; i++) at[i] = Math.max(at[i], at[i - 1] + apart);
  for (let i = at.length - 1, limit = high; i >= 0; limit = at[i] - apart, i--) at[i] = Math.max(low, Math.min(at[i], limit));
  return at;
}

/** What a scatter plot may carry beside its points. */
export interface ScatterExtras {
  /** The line y = intercept + slope · x: a fit, or where perfect forecasts would lie. */
  through?: { intercept: number; slope: number };
  /** Columns with the ends of each point's interval on y. */
  interval?: { low: string; high: string };
}

/** Points, one for each row; with `through` a line, with `interval` a bar for how sure each point is. */
export function scatter({ through, interval, ...figure }: Figure & ScatterExtras): Promise<Bundle> {
  const points = chart(figure, { type: 'point', filled: true, size: 30 });
  const y = channel(figure, figure.y);
  const bars = interval && {
    mark: { type: 'rule' },
    encoding: { x: channel(figure, figure.x), y: { ...y, field: interval.low }, y2: { field: interval.high } },
  };
  const layers = [bars, ...(points.layer as Spec[]), through && straight(figure, through)];
  return plot({ ...points, layer: layers.filter(Boolean) });
}

/**
 * The distributions of samples on one axis, as outlines of histograms with equal bins.
 *
 * Missing values, NaN, are counted nowhere, and a line below the title says how many there are.
 *
 * @param samples  name → values
 * @throws         when a value is infinite, or a sample has none
 */
export function histogram(figure: {
  title: string;
  subtitle?: string;
  x: string;
  samples: Readonly<Record<string, ArrayLike<number>>>;
  bins?: number;
  rules?: Figure['rules'];
  colours?: Figure['colours'];
}): Promise<Bundle> {
  const { samples, bins = 50, x, ...rest } = figure;
  const known = Object.entries(samples).map(([sample, values]) => {
    const kept = Float64Array.from(values).filter((value) => !Number.isNaN(value));
    if (kept.length === 0) throw new Error(`histogram: '${sample}' has no value, so it has no distribution; is all of it missing?`);
    return { sample, kept, missing: values.length - kept.length };
  });
  const ends = known.map(({ kept }) => extent(kept));
  const [least, most] = [extent(ends.map(([low]) => low))[0], extent(ends.map(([, high]) => high))[1]];
  if (!Number.isFinite(most - least)) throw new Error(`histogram: values go from ${least} to ${most}; leave out those that are infinite`);
  const margin = least === most ? Math.abs(least) / 2 || 0.5 : 0; // one value is a bar in the middle
  const [low, high] = [least - margin, most + margin];
  const width = (high - low) / bins;
  const rows = known.flatMap(({ sample, kept }) => {
    const counts = new Array<number>(bins).fill(0);
    for (const value of kept) counts[Math.min(bins - 1, Math.floor((value - low) / width))]++;
    return counts.map((count, k) => ({ sample, value: low + (k + 0.5) * width, share: count / kept.length }));
  });
  const gaps = known
    .filter(({ missing }) => missing > 0)
    .map(({ sample, kept, missing }) => `${sample}: ${missing} of ${kept.length + missing} missing`);
  const subtitle = [rest.subtitle, ...gaps].filter(Boolean).join('; ');
  const axes = { x: { field: 'value', title: x }, y: { field: 'share', title: 'share of draws (%)', format: '.0%' } };
  return plot(
    chart(
      { ...rest, ...(subtitle && { subtitle }), rows, ...axes, series: 'sample' },
      { type: 'line', interpolate: 'step', strokeWidth: 1.5 },
    ),
  );
}

/** One bar for each row. */
export const bars = (figure: Figure): Promise<Bundle> => plot(chart(figure, { type: 'bar', size: 8 }));

/** Estimates with their intervals, one line for each name on y, sorted by the estimate on x. */
export function intervals({ low, high, ...figure }: Figure & { low: string; high: string }): Promise<Bundle> {
  const sorted = { type: 'nominal', sort: { field: figure.x.field, op: 'max', order: 'descending' } };
  const y = { field: figure.y.field, title: figure.y.title, ...sorted };
  const x = { ...channel(figure, figure.x), scale: { zero: false } };
  const kind = figure.series ? { color: colour(figure, TOP), yOffset: { field: figure.series } } : {};
  return plot({
    ...frame(figure),
    layer: [
      ...rules(figure),
      { mark: { type: 'rule', strokeWidth: 1.5 }, encoding: { x: { ...x, field: low }, x2: { field: high }, y, ...kind } },
      { mark: { type: 'point', filled: true, size: 40 }, encoding: { x, y, ...kind } },
    ],
  });
}

/**
 * Each coefficient as the penalty grows, named at its line's left end; names that would overlap are moved apart.
 *
 * @param named  the series that the chart is about; others are grey and nameless. All without it
 */
export function coefficientPath({ named: only, ...rest }: Figure & { series: string; named?: readonly string[] }): Promise<Bundle> {
  const about = (row: Row) => !only || only.includes(String(row[rest.series]));
  const colours = only && {
    ...Object.fromEntries(rest.rows.map((row) => [String(row[rest.series]), GREY])),
    ...Object.fromEntries(only.map((name, i) => [name, PALETTE[i % PALETTE.length]])),
  };
  const figure = { rules: [{ y: 0 }], ...(colours && { colours }), ...rest };
  const { layer, ...spec } = chart(figure, { type: 'line', strokeWidth: 1.5 }, null);
  const [smallest] = extent(figure.rows.map((row) => Number(row[figure.x.field])));
  const starts = figure.rows.filter((row) => row[figure.x.field] === smallest && about(row));
  const mark = { type: 'text', align: 'right', baseline: 'middle', dx: -4, fontSize: 10 };
  return plot({ ...spec, layer: [...(layer as Spec[]), named(figure, starts, mark, 12)], config: { axisY: { orient: 'right' } } });
}

const TOP = { orient: 'top', title: null };

function chart(figure: Figure, mark: Spec, legend: Spec | null = TOP): Spec {
  const encoding: Record<string, unknown> = { x: channel(figure, figure.x), y: channel(figure, figure.y) };
  if (figure.series) encoding.color = colour(figure, legend);
  return { ...frame(figure), layer: [...rules(figure), { mark, encoding }] };
}

function frame({ title, subtitle, rows, width, height }: Figure): Spec {
  const heading = subtitle ? { text: title, subtitle } : title;
  return { title: heading, data: { values: rows }, ...(width && { width }), ...(height && { height }) };
}

function colour({ series = '', rows, colours }: Figure, legend: Spec | null): Spec {
  const domain = [...new Set(rows.map((row) => String(row[series])))];
  const range = domain.map((name, i) => (colours ? colours[name] : PALETTE[i % PALETTE.length]));
  const unknown = domain.find((_, i) => !range[i]);
  if (unknown) throw new Error(`figure: '${unknown}' has no colour; colours has ${Object.keys(colours ?? {}).join(', ')}`);
  return { field: series, type: 'nominal', sort: null, scale: { domain, range }, legend };
}

/** Labels powers of ten only: between them a logarithmic axis has ticks, and no room for words. */
const DECADES = 'abs(log(datum.value) / LN10 - round(log(datum.value) / LN10)) < 1e-9';
/** On an axis that is told to span less than two powers, 1, 2 and 5 times one: there is room for them. */
const HALVES = 'indexof([1, 2, 5], round(datum.value / pow(10, floor(log(datum.value) / LN10 + 1e-9)))) >= 0';
/** `1e−7`, `1e2`: Vega itself changes from digits to exponents within an axis, after 0.000001. */
const EXPONENT = "replace(replace(format(datum.value, '.0e'), '+', ''), '-', '−')";

/** Labels of a logarithmic axis, by their exponents, all of them, where `significant` writes one of its ends so. */
function logLabels(rows: readonly Row[], { field, format, domain }: Axis): string {
  const [low, high] = domain ?? extent(rows.map((row) => Number(row[field])).filter((value) => value > 0 && value < Infinity));
  const label = !format && (low < 1e-4 || high >= 1e7) ? EXPONENT : 'datum.label';
  return `${domain && high < 100 * low ? HALVES : DECADES} ? ${label} : ''`;
}

function channel({ rows, x, width = 560 }: Figure, axis: Axis): Spec {
  const { field, title, log, format, domain } = axis;
  const sample = rows.find((row) => row[field] != null)?.[field];
  if (sample === undefined)
    throw new Error(`figure: no row has a value in '${field}'; the columns are ${Object.keys(rows[0] ?? {}).join(', ')}`);
  if (typeof sample === 'string' && /^\d{4}-\d\d-\d\d/.test(sample)) {
    let [first, last] = [sample, sample];
    for (const { [field]: date } of rows) {
      if (typeof date !== 'string') continue;
      if (date < first) first = date;
      if (date > last) last = date;
    }
    return { field, title, type: 'temporal', scale: { type: 'utc' }, axis: dateAxis(first, last, width) };
  }
  if (typeof sample !== 'number') return { field, title, type: 'nominal' };
  // A logarithmic x ends where the data end, so that names stand beside their curves, and an axis whose ends are told ends there.
  const scale = log ? { type: 'log', nice: axis !== x && !domain, ...(domain && { domain }) } : { zero: false, ...(domain && { domain }) };
  return {
    field,
    title,
    type: 'quantitative',
    scale,
    axis: { ...(format && { format }), ...(log && { grid: false, labelExpr: logLabels(rows, axis) }) },
  };
}

/** Rules share the axes of the marks, so they take their titles too. */
function rules({ x, y, rules = [] }: Figure): Spec[] {
  return rules.map((at) => ({
    data: { values: [{ at: 'x' in at ? at.x : at.y }] },
    mark: { type: 'rule', color: GREY, strokeDash: [4, 3] },
    encoding:
      'x' in at
        ? { x: { field: 'at', type: typeof at.x === 'string' ? 'temporal' : 'quantitative', title: x.title } }
        : { y: { field: 'at', type: 'quantitative', title: y.title } },
  }));
}

function straight({ rows, x, y }: Figure, { intercept, slope }: { intercept: number; slope: number }): Spec {
  const ends = extent(rows.map((row) => Number(row[x.field]))).map((at) => ({ at, line: intercept + slope * at }));
  return {
    data: { values: ends },
    mark: { type: 'line', color: PALETTE[3], strokeWidth: 1.5 },
    encoding: { x: { field: 'at', type: 'quantitative', title: x.title }, y: { field: 'line', type: 'quantitative', title: y.title } },
  };
}
