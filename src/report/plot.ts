import type { Bundle, Row } from '../base/index.js';
import { textWidth } from '../base/internal.js';

/** A Vega-Lite specification of version 5, the newest that JupyterLab shows. */
export type Spec = Readonly<Record<string, unknown>>;

/**
 * Colours that stay apart for colour-blind readers, after Okabe & Ito (2008), and have a contrast of 3 or more (WCAG 2.2, 1.4.11)
 * with JupyterLab's light page, #fff, as with its dark one, #111: theirs are darker or lighter than that allows.
 */
export const PALETTE = ['#1f83c4', '#b97700', '#00906a', '#d55e00', '#bf5f95', '#7d74d9'];

/** Of what is compared with: a rule at zero, a bound, a band of noise. */
export const GREY = '#888888';

const FONT = "system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', 'DejaVu Sans', sans-serif";

/**
 * Words in the colour of the page's own: no one colour has a contrast of 4.5 (WCAG 2.2, 1.4.3) with white and with #111. It needs
 * SVG, because a canvas does not know the page.
 */
const INK = 'currentColor';

const CONFIG = {
  background: 'transparent',
  font: FONT,
  view: { stroke: null },
  range: { category: PALETTE },
  mark: { color: PALETTE[0], aria: false },
  point: { opacity: 1 },
  rule: { color: PALETTE[0] },
  text: { color: INK, fontSize: 11 },
  axis: {
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    titlePadding: 8,
    labelColor: INK,
    titleColor: INK,
    domainColor: GREY,
    tickColor: GREY,
    gridColor: GREY,
    gridOpacity: 0.25,
    labelSeparation: 6,
  },
  // Of numbers every second label goes where there is no room for all; dates are spaced to fit, and a name that is left out is missed alone.
  axisDiscrete: { labelOverlap: 'greedy' },
  axisTemporal: { labelOverlap: 'greedy' },
  legend: { labelFontSize: 11, titleFontSize: 12, titleFontWeight: 'normal', labelLimit: 240, labelColor: INK, titleColor: INK },
  header: { labelColor: INK, titleColor: INK, labelFontSize: 11 },
  title: { fontSize: 14, subtitleFontSize: 12, anchor: 'start', offset: 10, color: INK, subtitleColor: INK },
};

/** A file has no page around it: it brings its own, and dark words. */
const PAPER = { ground: '#ffffff', ink: '#1b1b1b' };

/**
 * A chart from a Vega-Lite specification: the specification for front ends that draw it, an SVG for those that do not, and
 * one line of text.
 *
 * @throws when the chart has no title, or an axis has none: say what is shown, and in which unit
 */
export async function plot(spec: Spec): Promise<Bundle> {
  const title = titleOf(spec);
  const axes = axisTitles(spec);
  const chart = {
    $schema: 'https://vega.github.io/schema/vega-lite/v5.json',
    usermeta: { embedOptions: { actions: false, renderer: 'svg' } },
    width: 560,
    height: 260,
    ...(compact(rounded(spec)) as Spec),
    config: { ...CONFIG, ...(spec.config as object) },
  };
  const svg = (await render({ ...chart, config: { ...chart.config, background: PAPER.ground } })).replaceAll(INK, PAPER.ink);
  const words = [...new Set([...axes].map(([channel, axis]) => `${channel}: ${axis}`))].join(' · ');
  return { 'application/vnd.vegalite.v5+json': chart, 'image/svg+xml': svg, 'text/plain': `[chart] ${title} · ${words}` };
}

/** Draws the specification without a browser. Vega is loaded at the first chart, because it takes a third of a second. */
async function render(spec: Spec): Promise<string> {
  const [vega, vegaLite] = await Promise.all([import('vega'), import('vega-lite')]);
  const { textMetrics } = vega as unknown as { textMetrics: { width(item: { fontSize?: number }, text: unknown): number } };
  textMetrics.width = (item, text) => textWidth(String(text), item.fontSize ?? 11);
  vega.resetSVGDefIds();
  // A copy, because Vega marks the rows that it is given.
  const compiled = vegaLite.compile(structuredClone(spec) as never, { logger: strict(vega) });
  const view = new vega.View(vega.parse(compiled.spec), { renderer: 'none', logger: strict(vega) });
  try {
    return shortened(await view.toSVG());
  } finally {
    view.finalize();
  }
}

/**
 * The same picture in half the bytes: coordinates with two decimals (a hundredth of a pixel is not seen), circles as circles, and
 * without what only a live chart needs: roles, classes, defaults, frames of no size.
 */
const shortened = (svg: string) =>
  svg
    .replace(/ (?:d|transform|x|y|x1|x2|y1|y2|width|height)="[^"]*"/g, (attribute) =>
      attribute.replace(/(?<!\d)\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2)))),
    )
    .replace(/ (?:class|role|aria-[a-z]+|pointer-events|xmlns:xlink|version)="[^"]*"| opacity="1"/g, '')
    .replace(/<path d="M0,0h0v0h0Z"\/>/g, '')
    .replace(
      /<path transform="translate\(([^,]+),([^)]+)\)" d="M([\d.]+),0A\3,\3,0,1,1,-\3,0A\3,\3,0,1,1,\3,0"/g,
      '<circle cx="$1" cy="$2" r="$3"',
    );

/** A warning of Vega is nearly always a chart that misleads: an empty scale, a field that is not there. */
function strict(vega: typeof import('vega')) {
  const logger = vega.logger(vega.Warn);
  logger.warn = logger.error = (...messages: readonly unknown[]) => {
    throw new Error(`plot: ${messages.join(' ')}`);
  };
  return logger;
}

function titleOf(spec: Spec): string {
  const title = typeof spec.title === 'object' && spec.title ? (spec.title as { text?: unknown }).text : spec.title;
  if (!title) throw new Error("plot: the chart has no title; add title: 'what it shows'");
  return String(title);
}

/** Channel and title of each axis, those of layers and facets included. */
function axisTitles(spec: Spec, inherited: Spec = {}): [string, string][] {
  const encoding = { ...inherited, ...(spec.encoding as Spec | undefined) };
  const parts = ['layer', 'concat', 'hconcat', 'vconcat'].flatMap((key) => (spec[key] as Spec[] | undefined) ?? []);
  if (spec.spec) parts.push(spec.spec as Spec);
  if (parts.length > 0) return parts.flatMap((part) => axisTitles(part, encoding));
  return ['x', 'y'].filter((channel) => channel in encoding).map((channel) => [channel, axisTitle(channel, encoding[channel] as Channel)]);
}

interface Channel {
  title?: string | null;
  axis?: { title?: string | null } | null;
  field?: string;
  datum?: unknown;
}

function axisTitle(channel: string, encoding: Channel): string {
  const title = encoding.axis?.title ?? encoding.title;
  if (title || encoding.axis === null || (encoding.datum !== undefined && !encoding.field)) return title ?? '';
  throw new Error(`plot: the ${channel} axis (${encoding.field ?? 'no field'}) has no title; add title: 'quantity (unit)'`);
}

const SHORT = 8;

/** Longer data as CSV text: a tenth of the lines that JSON takes in a notebook, with the same rows. */
function compact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(compact);
  if (!value || typeof value !== 'object') return value;
  const { values } = value as { values?: unknown };
  if (Array.isArray(values) && values.length > SHORT) return asCsv(values as Row[]);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, compact(item)]));
}

function asCsv(rows: readonly Row[]): Spec {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const quoted = (cell: unknown) =>
    cell == null ? '' : /[",\n]/.test(String(cell)) ? `"${String(cell).replaceAll('"', '""')}"` : String(cell);
  const lines = rows.map((row) => names.map((name) => quoted(row[name])).join(','));
  const numeric = names.filter((name) => rows.some((row) => typeof row[name] === 'number'));
  const parse = Object.fromEntries(numeric.map((name) => [name, 'number']));
  return { values: [names.map(quoted).join(','), ...lines].join('\n'), format: { type: 'csv', parse } };
}

/** A date with a time as panels have it; a browser would take it for the time of its own zone. */
const TIMED = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/;

/**
 * Six significant digits are more than a pixel shows; the notebook stays small and its bytes do not depend on the last bits. Times are said to be
 * of UTC.
 */
function rounded(value: unknown): unknown {
  if (typeof value === 'string' && TIMED.test(value)) return `${value}Z`;
  if (typeof value === 'number') return Number.isFinite(value) ? Number(value.toPrecision(6)) : null;
  if (Array.isArray(value)) return value.map(rounded);
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rounded(item)]));
  return value;
}
