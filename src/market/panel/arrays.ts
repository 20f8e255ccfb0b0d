import type { HostArray } from '../../base/index.js';
import { checkWhole, rowsUpTo, windowEnds } from '../../base/internal.js';
import type { Matrix } from '../../linalg/index.js';
import type { Panel } from './panel.js';

/**
 * A panel, or several on the same dates side by side, as a matrix [T, columns] with named columns.
 *
 *     linearRegression(design(matrixOf([momentum, volatility])), seriesOf(label, 'AAPL'))
 *
 * A column is named by its asset where all panels hold one field, by its field where all hold one asset, and by both otherwise:
 * `momentum AAPL`. Missing values stay NaN, and a fit refuses them by name: `dropMissing` first.
 *
 * @param panels  each [T, N_i]
 * @throws        when there is none, dates differ (align first), or two columns would have one name
 */
export function matrixOf(panels: Panel | readonly Panel[]): Matrix {
  const all = 'dates' in panels ? [panels] : panels;
  const [first] = all;
  if (!first) throw new Error('matrixOf needs a panel or more: got none');
  const { rows, names } = { rows: first.dates.length, names: columnNames(all) };
  const data = new Float64Array(rows * names.length);
  let offset = 0;
  for (const panel of all) {
    if (panel.dates.length !== rows || panel.dates.some((date, t) => date !== first.dates[t]))
      throw new Error(
        `matrixOf: ${first.field} has ${rows} dates from ${first.dates[0]} and ${panel.field} ${panel.dates.length} from ${panel.dates[0]}; align them first`,
      );
    const N = panel.assets.length;
    for (let t = 0; t < rows; t++) data.set(panel.values.subarray(t * N, (t + 1) * N), t * names.length + offset);
    offset += N;
  }
  return { rows, cols: names.length, data, names };
}

/** The names of columns of panels side by side. Throws when two are the same. */
export function columnNames(panels: readonly Panel[]): string[] {
  const one = (values: readonly string[]) => new Set(values).size === 1;
  const field = one(panels.map((panel) => panel.field));
  const asset = one(panels.flatMap((panel) => panel.assets)) && panels.length > 1;
  const names = panels.flatMap((panel) => panel.assets.map((name) => (field ? name : asset ? panel.field : `${panel.field} ${name}`)));
  const twice = names.find((name, j) => names.indexOf(name) !== j);
  if (twice !== undefined) throw new Error(`matrixOf: two columns would be named '${twice}'; give the panels different fields or assets`);
  return names;
}

/** Windows of a panel as a network takes them, and the steps that follow each. */
export interface PanelWindows {
  /** [n, lookback, N] float32. */
  readonly x: HostArray<Float32Array>;
  /** [n, horizon, N] float32. */
  readonly y: HostArray<Float32Array>;
  /** [n] the last date that window i sees; what follows it is known `horizon` rows later, as `walkForward` must be told. */
  readonly dates: readonly string[];
}

/**
 * Every window of `lookback` rows of a panel with the `horizon` rows that follow it, in the order of dates.
 *
 *     const { x, y, dates } = windowsOf(returns, { lookback: 64, horizon: 5 });        walkForward(dates, { horizon: 5, … })
 *
 * For a regression the windows are rows: `{ rows: dates.length, cols: lookback * N, data: Float64Array.from(x.data) }`. For windows of
 * single series below one another in double precision: `windows(matrixOf(panel), …)` of `lemmata/stats`. For batches
 * of windows that are not copied: `windowBatches` of `lemmata/train`.
 *
 * @param panel  [T, N]
 * @throws       when lookback or horizon is no positive integer, no window fits, or a value is missing, naming its date and asset
 */
export function windowsOf(panel: Panel, { lookback, horizon }: { readonly lookback: number; readonly horizon: number }): PanelWindows {
  checkWhole('windowsOf', 'horizon', horizon);
  const [T, N] = [panel.dates.length, panel.assets.length];
  const ends = windowEnds(`windowsOf, ${panel.source}`, T, { lookback, horizon });
  const missing = panel.values.findIndex((value) => !Number.isFinite(value));
  if (missing >= 0)
    throw new Error(
      `windowsOf: '${panel.assets[missing % N]}' is ${panel.values[missing]} on ${panel.dates[Math.floor(missing / N)]}; dropMissing first, or select a later start`,
    );
  const series = { data: Float32Array.from(panel.values), shape: [T, N] };
  const upTo = (last: Int32Array, length: number) => ({ data: rowsUpTo(series, last, length), shape: [last.length, length, N] });
  const after = ends.map((end) => end + horizon);
  return { x: upTo(ends, lookback), y: upTo(after, horizon), dates: Array.from(ends, (end) => panel.dates[end]) };
}
