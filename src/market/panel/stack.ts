import { checkOptions } from '../../base/internal.js';
import type { Matrix } from '../../linalg/index.js';
import type { FeatureFrame } from '../features/feature-frame.js';
import type { RowChoice } from '../splits/fold.js';
import type { Panel } from './panel.js';
import { rowsOf } from './rows.js';

/** Panels as the rows of a pooled regression, one row for each date and asset that has all values. */
export interface Stacked {
  /** [n, F] in double precision, its columns named by the fields of the panels */
  readonly x: Matrix;
  /** [n] where the row is in a panel's values: asset a on date t is `t * assets.length + a` */
  readonly cells: Int32Array;
  /** [T] of the panels, all of them */
  readonly dates: readonly string[];
  /** [N] */
  readonly assets: readonly string[];
  /** that of the first panel: `skfolio/sp500-stocks` */
  readonly source: string;
}

/**
 * Panels of the same dates and assets as the design of a pooled regression, in which every asset on every date is one observation:
 *
 *     const { x, y } = stack(features, { label, rows: fold.train });
 *     const test = stack(features, { rows: fold.test });
 *     const forecast = unstack(predict(ridge(x, y, { lambda: 10 }), test.x), test, 'forecast');        [T, N]
 *
 * Rows go by date as chosen, and by asset within a date. A date and asset that lacks any of the columns or its label (NaN) is left out of all;
 * infinite values stay, and a fit refuses them by name. The assets of a date move together, so that the standard errors of such a fit are too small:
 * judge its forecasts by `rankIC`, or by losses that `averageByDate` made one a date.
 *
 * As `stack` of a pandas frame with one column of dates and assets for each field.
 *
 * @param columns  F panels, each [T, N], or features
 * @returns        x [n, F], where each row of it is from, and with a label y [n]
 * @throws         when there is no column, two have one name, dates or assets differ, `rows` has a row that is not there, or nothing is left
 */
export function stack(
  columns: readonly Panel[] | FeatureFrame,
  options: { readonly label: Panel; readonly rows?: RowChoice },
): Stacked & { readonly y: Float64Array };
export function stack(columns: readonly Panel[] | FeatureFrame, options?: { readonly rows?: RowChoice }): Stacked;
export function stack(
  columns: readonly Panel[] | FeatureFrame,
  options: { readonly label?: Panel; readonly rows?: RowChoice } = {},
): Stacked & { y?: Float64Array } {
  checkOptions('stack', options, ['label', 'rows']);
  const { label, rows } = options;
  const panels = 'names' in columns ? columns.names.map((name) => columns.panel(name)) : columns;
  const [first] = panels;
  if (!first) throw new Error('stack needs a panel or more: got none');
  const names = panels.map(({ field }) => field);
  const twice = names.find((name, f) => names.indexOf(name) !== f);
  if (twice !== undefined) throw new Error(`stack: two columns would be named '${twice}'; give the panels different fields`);
  const given = label ? [...panels, label] : panels;
  for (const panel of given) checkSameCells(first, panel);

  const { dates, assets } = first;
  const [N, F] = [assets.length, panels.length];
  const all = Int32Array.from(dates, (_, t) => t);
  const chosen = rows === undefined ? all : rowsOf(all, rows);
  const cells = new Int32Array(chosen.length * N);
  let n = 0;
  for (const t of chosen)
    for (let cell = t * N; cell < (t + 1) * N; cell++) if (given.every(({ values }) => !Number.isNaN(values[cell]))) cells[n++] = cell;
  if (n === 0) throw nothingLeft(given, chosen);
  const kept = cells.slice(0, n);
  const data = new Float64Array(n * F);
  for (const [f, { values }] of panels.entries()) for (let i = 0; i < n; i++) data[i * F + f] = values[kept[i]];
  const stacked = { x: { rows: n, cols: F, data, names }, cells: kept, dates, assets, source: first.source };
  return label ? { ...stacked, y: Float64Array.from(kept, (cell) => label.values[cell]) } : stacked;
}

/**
 * What was computed of stacked rows, such as forecasts, as a panel on all dates and assets of the panels; NaN where no row is from.
 *
 * @param values   [n] one of each row
 * @param stacked  whose rows they are of
 * @param field    what they are: `forecast`
 * @returns        [T, N]
 * @throws         when there are more or fewer values than rows
 */
export function unstack(values: ArrayLike<number>, { cells, dates, assets, source }: Stacked, field: string): Panel {
  if (values.length !== cells.length)
    throw new Error(
      `unstack: ${field} has ${values.length} values and ${cells.length} rows were stacked; give it those of the same rows, train or test`,
    );
  const whole = new Float64Array(dates.length * assets.length).fill(Number.NaN);
  for (let i = 0; i < cells.length; i++) whole[cells[i]] = values[i];
  return { dates, assets, values: whole, field, source };
}

function checkSameCells(first: Panel, panel: Panel): void {
  for (const axis of ['dates', 'assets'] as const) {
    const [wanted, got] = [first[axis], panel[axis]];
    if (wanted === got) continue;
    const at = wanted.findIndex((name, i) => name !== got[i]);
    if (at < 0 && wanted.length === got.length) continue;
    const place = at < 0 ? wanted.length : at;
    throw new Error(
      `stack: '${first.field}' has ${wanted.length} ${axis} and '${panel.field}' ${got.length}, and at place ${place} ` +
        `${wanted[place] ?? 'none'} and ${got[place] ?? 'none'}; ${axis === 'dates' ? 'align' : 'select the assets of'} them first`,
    );
  }
}

function nothingLeft(panels: readonly Panel[], rows: Int32Array): Error {
  const { dates, assets } = panels[0];
  const N = assets.length;
  const empty = panels.find(({ values }) => rows.every((t) => values.subarray(t * N, (t + 1) * N).every(Number.isNaN)));
  const cause = empty ? `'${empty.field}' has none there` : 'each lacks one or another';
  const span = `${rows.length} ${rows.length === 1 ? 'date' : 'dates'} from ${dates[rows[0]]} to ${dates[rows[rows.length - 1]]}`;
  return new Error(
    `stack: on ${span} no asset has a value of all of ${panels.map(({ field }) => field).join(', ')}: ${cause}; ` +
      'do features still warm up, or do labels look past the end? Choose other rows, or drop the column',
  );
}
