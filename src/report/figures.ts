import type { Bundle } from './display.js';
import { plot, type Spec } from './plot.js';
import type { Row } from './table.js';

/** A column of the rows and what the axis calls it: `{ field: 'beta', title: 'β (1)' }`. */
export interface Axis {
  field: string;
  /** Quantity and unit. */
  title: string;
  log?: boolean;
  /** A d3 number format for the labels: `'.1%'`. */
  format?: string;
  domain?: readonly [number, number];
}

export interface Figure {
  title: string;
  subtitle?: string;
  rows: readonly Row[];
  x: Axis;
  y: Axis;
  /** The column that tells the series apart; its name heads the legend. */
  series?: string;
  /** Lines across the chart, at a value of x or of y: where zero is, what was chosen. */
  rules?: readonly ({ x: number | string } | { y: number })[];
  width?: number;
  height?: number;
}

/** Curves over x: time when x holds dates ('2008-09-15'), a number otherwise. */
export const line = (figure: Figure): Promise<Bundle> => plot(chart(figure, { type: 'line', strokeWidth: 1.5 }));

/** Points; `identity` adds the line y = x, where a perfect forecast would lie. */
export function scatter({ identity, ...figure }: Figure & { identity?: boolean }): Promise<Bundle> {
  const spec = chart(figure, { type: 'point', filled: true, size: 36, opacity: 0.8 });
  return plot(identity ? { ...spec, layer: [diagonal(figure), ...(spec.layer as Spec[])] } : spec);
}

/** Steps down x, one bar for each row: a histogram or an autocorrelation. */
export const bars = (figure: Figure): Promise<Bundle> => plot(chart(figure, { type: 'bar', size: 8 }));

/** Estimates with their intervals, one line for each name on y, sorted by the estimate on x. */
export function intervals({ low, high, ...figure }: Figure & { low: string; high: string }): Promise<Bundle> {
  const sorted = { type: 'nominal', sort: { field: figure.x.field, op: 'max', order: 'descending' } };
  const y = { field: figure.y.field, title: figure.y.title, ...sorted };
  const x = { ...channel(figure, figure.x), scale: { zero: false } };
  const colour = figure.series ? { color: { field: figure.series, type: 'nominal' }, yOffset: { field: figure.series } } : {};
  return plot({
    ...frame(figure),
    layer: [
      ...rules(figure),
      { mark: { type: 'rule', strokeWidth: 1.5 }, encoding: { x: { ...x, field: low }, x2: { field: high }, y, ...colour } },
      { mark: { type: 'point', filled: true, size: 40 }, encoding: { x, y, ...colour } },
    ],
  });
}

/** Each coefficient as the penalty grows, with the name of the coefficient at its line's left end. */
export function coefficientPath(figure: Figure & { series: string }): Promise<Bundle> {
  const smallest = Math.min(...figure.rows.map((row) => Number(row[figure.x.field])));
  const { layer, ...spec } = chart({ rules: [{ y: 0 }], ...figure }, { type: 'line', strokeWidth: 1.5 });
  const [x, y] = [channel(figure, figure.x), channel(figure, figure.y)];
  const names = {
    data: { values: figure.rows.filter((row) => row[figure.x.field] === smallest) },
    mark: { type: 'text', align: 'right', dx: -4, fontSize: 10 },
    encoding: { x, y, text: { field: figure.series }, color: { field: figure.series, sort: null, legend: null } },
  };
  return plot({ ...spec, layer: [...(layer as Spec[]), names], config: { axisY: { orient: 'right' } } });
}

function chart(figure: Figure, mark: Spec): Spec {
  const encoding: Record<string, unknown> = { x: channel(figure, figure.x), y: channel(figure, figure.y) };
  if (figure.series) encoding.color = { field: figure.series, type: 'nominal', sort: null };
  return { ...frame(figure), layer: [...rules(figure), { mark, encoding }] };
}

function frame({ title, subtitle, rows, width, height }: Figure): Spec {
  const heading = subtitle ? { text: title, subtitle } : title;
  return { title: heading, data: { values: rows }, ...(width && { width }), ...(height && { height }) };
}

function channel({ rows }: Figure, { field, title, log, format, domain }: Axis): Spec {
  const sample = rows.find((row) => row[field] != null)?.[field];
  if (sample === undefined)
    throw new Error(`figure: no row has a value in '${field}'; the columns are ${Object.keys(rows[0] ?? {}).join(', ')}`);
  if (typeof sample === 'string' && /^\d{4}-\d\d-\d\d/.test(sample)) return { field, title, type: 'temporal', scale: { type: 'utc' } };
  if (typeof sample !== 'number') return { field, title, type: 'nominal' };
  const scale = log ? { type: 'log', ...(domain && { domain }) } : { zero: false, ...(domain && { domain }) };
  return { field, title, type: 'quantitative', scale, axis: { ...(format && { format }), ...(log && { grid: false }) } };
}

/** Rules share the axes of the marks, so they take their titles too. */
function rules({ x, y, rules = [] }: Figure): Spec[] {
  return rules.map((at) => ({
    data: { values: [{ at: 'x' in at ? at.x : at.y }] },
    mark: { type: 'rule', color: '#888', strokeDash: [4, 3] },
    encoding:
      'x' in at
        ? { x: { field: 'at', type: typeof at.x === 'string' ? 'temporal' : 'quantitative', title: x.title } }
        : { y: { field: 'at', type: 'quantitative', title: y.title } },
  }));
}

function diagonal({ rows, x, y }: Figure): Spec {
  const values = rows.flatMap((row) => [Number(row[x.field]), Number(row[y.field])]).filter(Number.isFinite);
  const ends = [Math.min(...values), Math.max(...values)].map((v) => ({ from: v, to: v }));
  return {
    data: { values: ends },
    mark: { type: 'line', color: '#888', strokeDash: [4, 3] },
    encoding: { x: { field: 'from', type: 'quantitative', title: x.title }, y: { field: 'to', type: 'quantitative', title: y.title } },
  };
}
