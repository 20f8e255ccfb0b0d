import { fixed, percent, type Row, table } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import type { Panel } from '../../market/index.js';
import { icDecay, quantileReturns } from '../../trade/index.js';
import { line } from '../figures.js';
import { GREY, PALETTE, plot } from '../plot.js';
import { sheetOf, type TearSheet } from './tear-sheet.js';

/** How a factor is looked at. */
export interface FactorTearSheetOptions {
  /** above the numbers; the factor's field unless told. Its source stands once, in the caption of the table */
  readonly title?: string;
  /** groups of assets by the factor's rank on a date, of equal size; 5 unless told */
  readonly quantiles?: number;
  /** rows ahead over which returns run; 1, 2, 5, 10 and 20 unless told, as far as the dates go */
  readonly horizons?: readonly number[];
}

const SIZE = { width: 520, height: 200 };

/**
 * The tear sheet of a factor, a forecast of the cross-section: its rank information coefficient by horizon with the ICIR, what each quantile of it
 * earned, and what the highest earned over the lowest. All per row, whatever the horizon, with 95 % HAC intervals.
 *
 * It says what the factor knew, not what could be earned: returns start at the close at which it is known, and cost nothing. Trade it with
 * `backtest` for that.
 *
 * @param factor  [T, N], known at its date
 * @param prices  [T, N] of the same dates and assets
 * @throws        as `icDecay` and `quantileReturns`: other dates or assets, too few assets or dates
 */
export async function factorTearSheet(factor: Panel, prices: Panel, options: FactorTearSheetOptions = {}): Promise<TearSheet> {
  checkOptions('factorTearSheet', options, ['title', 'quantiles', 'horizons']);
  const { title = factor.field, quantiles = 5 } = options;
  const horizons = options.horizons ?? [1, 2, 5, 10, 20].filter((rows) => rows < factor.dates.length / 3);
  if (horizons.length === 0)
    throw new Error(
      options.horizons
        ? 'factorTearSheet: horizons is empty; name one or more, in rows ahead: [1, 5]'
        : `factorTearSheet: the factor has ${factor.dates.length} dates, and a horizon of one row takes four or more; load more history`,
    );
  const decay = icDecay(factor, prices, { horizons });
  const groups = horizons.map((horizon) => quantileReturns(factor, prices, { quantiles, horizon }));
  const interval = ({ low, high }: { low: number; high: number }, show: (x: number) => string) => `${show(low)} to ${show(high)}`;
  const coefficient = (x: number) => fixed(x, 3);
  const rate = (x: number) => percent(x, 3);
  const rows = horizons.map((horizon, i) => ({
    'rows ahead': horizon,
    'rank IC': coefficient(decay[i].mean.value),
    '95 % interval': interval(decay[i].mean.interval, coefficient),
    ICIR: decay[i].ratio ? coefficient(decay[i].ratio.value) : null,
    'of the ICIR': decay[i].ratio ? interval(decay[i].ratio.interval, coefficient) : null,
    'highest over lowest quantile, a row': rate(groups[i].spread.value),
    'its 95 % interval': interval(groups[i].spread.interval, rate),
  }));
  const numbers = table(rows, { title: `${title}, ${factor.dates[0]} to ${factor.dates.at(-1)}, of ${factor.source}` });

  const charts = await Promise.all([
    plot({
      title: {
        text: 'How soon is what it knows stale?',
        subtitle: 'rank information coefficient of the factor, with 95 % intervals (HAC)',
      },
      ...SIZE,
      data: { values: horizons.map((horizon, i) => ({ horizon, ic: decay[i].mean.value, ...decay[i].mean.interval })) },
      layer: withIntervals({ field: 'horizon', type: 'ordinal', title: 'rows ahead', axis: { labelAngle: 0 } }, 'ic', 'mean rank IC'),
    }),
    plot({
      title: {
        text: 'What did each quantile earn?',
        subtitle: `over ${horizons[0]} ${horizons[0] === 1 ? 'row' : 'rows'}, with 95 % intervals (HAC)`,
      },
      ...SIZE,
      data: { values: groups[0].means.map(({ value, interval }, q) => ({ quantile: quantileName(q, quantiles), value, ...interval })) },
      layer: withIntervals(
        { field: 'quantile', type: 'ordinal', sort: null, title: 'quantile of the factor', axis: { labelAngle: 0 } },
        'value',
        'mean return a row (%)',
        '.2%',
      ),
    }),
    line({
      title: 'When did the highest quantile beat the lowest?',
      subtitle: 'sum of their difference, before any cost',
      rows: cumulated(groups[0].dates, groups[0].spreads, horizons[0]),
      x: { field: 'date', title: 'date' },
      y: { field: 'sum', title: 'sum of differences (%)', format: '.0%' },
      rules: [{ y: 0 }],
      ...SIZE,
    }),
  ]);
  const lines = rows.map((row): [string, string, string] => [
    `rank IC, ${row['rows ahead']} ${row['rows ahead'] === 1 ? 'row' : 'rows'} ahead`,
    row['rank IC'],
    `${row['95 % interval']}${row.ICIR === null ? '' : `; ICIR ${row.ICIR}, ${row['of the ICIR']}`}; highest over lowest ${row['highest over lowest quantile, a row']} a row, ${row['its 95 % interval']}`,
  ]);
  return sheetOf({ title, lines, tables: [String(numbers['text/html'])], charts }, numbers);
}

const quantileName = (q: number, all: number) => (q === 0 ? 'lowest' : q === all - 1 ? 'highest' : String(q + 1));

/** A bar from `low` to `high` and a point at `field` for each x, over a rule at zero. */
function withIntervals(x: object, field: string, title: string, format?: string): object[] {
  const axis = format ? { axis: { format } } : {};
  const y = { type: 'quantitative', title, ...axis };
  return [
    { mark: { type: 'rule', color: GREY, strokeDash: [4, 3] }, encoding: { y: { ...y, datum: 0 } } },
    { mark: { type: 'rule', color: PALETTE[0], strokeWidth: 1.5 }, encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' } } },
    { mark: { type: 'point', filled: true, size: 50, color: PALETTE[0] }, encoding: { x, y: { ...y, field } } },
  ];
}

/** Σ of spreads [T] so far: of every `step`-th row, so that returns over several rows are counted once. */
function cumulated(dates: readonly string[], spreads: Float64Array, step: number): Row[] {
  let sum = 0;
  const rows: Row[] = [];
  for (let t = 0; t < dates.length; t += step) {
    if (Number.isNaN(spreads[t])) continue;
    sum += step * spreads[t];
    rows.push({ date: dates[t], sum });
  }
  return rows;
}
