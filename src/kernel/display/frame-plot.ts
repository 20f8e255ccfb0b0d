import { cellHook } from '../../base/internal.js';
import { isNDframe, type NDframe, showNDframe } from './data-frame.js';
import { showChart } from './vega.js';

type Fields = Record<string, unknown>;
type Title = string | { text?: string };

/** What danfojs' plots are given: columns, and Plotly's layout, of which titles and sizes are heeded. */
interface PlotConfig {
  config?: { x?: string; y?: string; columns?: string[]; labels?: string; values?: string };
  layout?: { title?: Title; width?: number; height?: number; xaxis?: { title?: Title }; yaxis?: { title?: Title } };
}

interface Points {
  rows: { x: unknown; y: unknown; series: string }[];
  x: string;
  y: string;
}

/**
 * Gives danfojs' frames and series the plots that it has in browsers only: `frame.plot('any').line({ config: { columns: ['A'] } })`.
 * JupyterLab brings Vega-Lite and not Plotly, so the same marks are drawn with that.
 */
export function drawFrames(module: Fields): void {
  for (const owner of [module.DataFrame, module.Series]) {
    let prototype = (owner as { prototype?: object } | undefined)?.prototype;
    while (prototype && !Object.hasOwn(prototype, 'plot')) prototype = Object.getPrototypeOf(prototype) as object | undefined;
    if (prototype)
      Object.defineProperty(prototype, 'plot', {
        configurable: true,
        writable: true,
        value(this: object) {
          return isNDframe(this) ? plotsOf(this) : undefined;
        },
      });
  }
}

function plotsOf(frame: NDframe) {
  const draw =
    (mark: unknown, encode: (points: Points) => Fields) =>
    (options: PlotConfig = {}) => {
      const points = pointsOf(frame, options.config ?? {});
      const several = new Set(points.rows.map((row) => row.series)).size > 1;
      show(options, { mark, data: { values: points.rows }, encoding: { ...encode(points), ...(several ? COLOURED : {}) } });
    };
  return {
    line: draw({ type: 'line', tooltip: true }, straight),
    scatter: draw({ type: 'point', tooltip: true }, straight),
    bar: draw({ type: 'bar', tooltip: true }, ({ x, y }) => ({
      x: { field: 'x', type: 'nominal', sort: null, title: x },
      y: { field: 'y', type: 'quantitative', title: y },
      xOffset: { field: 'series' },
    })),
    hist: draw({ type: 'bar', opacity: 0.7, tooltip: true }, ({ y }) => ({
      x: { field: 'y', bin: { maxbins: 30 }, title: y },
      y: { aggregate: 'count', stack: null, title: 'count' },
    })),
    box: draw({ type: 'boxplot' }, ({ y }) => ({ x: SERIES, y: { field: 'y', type: 'quantitative', title: y } })),
    violin: (options: PlotConfig = {}) => {
      const { rows, y } = pointsOf(frame, options.config ?? {});
      show(options, {
        data: { values: rows },
        transform: [{ density: 'y', groupby: ['series'], as: ['value', 'density'] }],
        mark: { type: 'area', orient: 'horizontal' },
        encoding: {
          x: { field: 'density', type: 'quantitative', stack: 'center', axis: null },
          y: { field: 'value', type: 'quantitative', title: y },
          column: { field: 'series', type: 'nominal', title: null, spacing: 0 },
          color: { field: 'series', type: 'nominal', legend: null },
        },
        width: 120,
      });
    },
    pie: (options: PlotConfig = {}) => {
      const { labels, values } = options.config ?? {};
      const [label, share] = frame.$isSeries ? [frame.index, frame.values] : [columnOf(frame, labels), columnOf(frame, values)];
      show(options, {
        data: { values: label.map((name, i) => ({ label: name, share: share[i] })) },
        mark: { type: 'arc', tooltip: true },
        encoding: {
          theta: { field: 'share', type: 'quantitative' },
          color: { field: 'label', type: 'nominal', sort: null, title: labels ?? 'index' },
        },
      });
    },
    table: () => cellHook('display')?.(showNDframe(frame)),
  };
}

const SERIES = { field: 'series', type: 'nominal', sort: null, title: null };
const COLOURED = { color: { ...SERIES } };

const straight = ({ rows, x, y }: Points) => ({
  x: { field: 'x', type: typeOf(rows.map((row) => row.x)), title: x, ...(typeof rows[0]?.x === 'number' && { scale: { zero: false } }) },
  y: { field: 'y', type: typeOf(rows.map((row) => row.y)), title: y, scale: { zero: false } },
});

/** Two columns against each other, one against the index, or all columns of numbers against the index, as danfojs chooses. */
function pointsOf(frame: NDframe, { x, y, columns }: NonNullable<PlotConfig['config']>): Points {
  const numeric = frame.columns.filter((_, j) => ['int32', 'float32'].includes(frame.dtypes[j]));
  const shown = y ? [y] : x ? [x] : (columns ?? (frame.$isSeries ? frame.columns : numeric));
  if (shown.length === 0) throw new Error(`plot: no column holds numbers; the columns are ${listed(frame)}`);
  const across = x && y ? columnOf(frame, x) : frame.index;
  const rows = shown.flatMap((name) => columnOf(frame, name).map((value, i) => ({ x: across[i], y: value, series: name })));
  const points = { rows, x: x && y ? x : 'index', y: shown.length === 1 ? shown[0] : 'value' };
  return x && !y ? { rows: rows.map((row) => ({ ...row, x: row.y, y: row.x })), x, y: 'index' } : points;
}

function columnOf(frame: NDframe, name: string | undefined): readonly unknown[] {
  const j = frame.columns.indexOf(name as string);
  if (j < 0) throw new Error(`plot: there is no column '${name}'; the columns are ${listed(frame)}`);
  return frame.$isSeries ? frame.values : frame.values.map((row) => (row as unknown[])[j]);
}

const listed = (frame: NDframe) => frame.columns.join(', ');

function typeOf(values: readonly unknown[]): 'quantitative' | 'temporal' | 'nominal' {
  const known = values.filter((value) => value != null);
  if (known.every((value) => typeof value === 'number')) return 'quantitative';
  return known.every((value) => value instanceof Date || /^\d{4}-\d\d-\d\d/.test(String(value))) ? 'temporal' : 'nominal';
}

function show({ layout = {} }: PlotConfig, spec: Fields): void {
  const encoding = spec.encoding as Record<string, Fields>;
  for (const [channel, title] of [
    ['x', textOf(layout.xaxis?.title)],
    ['y', textOf(layout.yaxis?.title)],
  ] as const)
    if (title && encoding[channel]) encoding[channel] = { ...encoding[channel], title };
  const title = textOf(layout.title);
  const { width = 560, height = 260 } = layout;
  cellHook('display')?.(
    showChart({
      usermeta: { embedOptions: { actions: false, renderer: 'svg' } },
      config: CONFIG,
      ...(title && { title }),
      width,
      height,
      ...spec,
    }),
  );
}

const textOf = (title: Title | undefined) => (typeof title === 'object' ? title.text : title);

const INK = 'currentColor';
/** The page's own colours, in a light theme and in a dark one. */
const CONFIG = {
  background: 'transparent',
  view: { stroke: null },
  title: { color: INK },
  axis: { labelColor: INK, titleColor: INK, domainColor: '#888', tickColor: '#888', gridColor: '#888', gridOpacity: 0.25 },
  legend: { labelColor: INK, titleColor: INK },
  header: { labelColor: INK },
};
