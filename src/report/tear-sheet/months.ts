import type { Bundle } from '../../base/index.js';
import { fixed } from '../../base/index.js';
import { PALETTE, plot } from '../plot.js';
import { compoundOver, periodsOf } from './periods.js';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const WHOLE = 'year';
/** Darkest tint: words in the page's own ink are still read on it, on a light page and on a dark one. */
const DARKEST = 0.5;

/**
 * Returns [T] by month and year, each in its cell: blue gained, orange lost, the darker the more. Months that a history only begins or ends in
 * are of the days that it has.
 */
export function monthlyReturns(dates: readonly string[], returns: Float64Array): Promise<Bundle> {
  const months = periodsOf(dates, 'month').map((month) => ({
    year: month.name.slice(0, 4),
    month: MONTHS[Number(month.name.slice(5)) - 1],
    r: compoundOver(returns, month),
  }));
  const years = periodsOf(dates, 'year').map((year) => ({ year: year.name, month: WHOLE, r: compoundOver(returns, year) }));
  const strongest = (cells: readonly { r: number }[]) => Math.max(...cells.map(({ r }) => Math.abs(r)), 1e-12);
  const shaded = [months, years].flatMap((cells) => {
    const most = strongest(cells);
    return cells.map((cell) => ({ ...cell, label: fixed(100 * cell.r, 1), shade: (DARKEST * Math.abs(cell.r)) / most }));
  });
  const x = {
    field: 'month',
    type: 'ordinal',
    sort: [...MONTHS, WHOLE],
    title: 'month, and the whole year',
    axis: { labelAngle: 0, orient: 'top' },
  };
  const y = { field: 'year', type: 'ordinal', title: 'year', axis: { labelOverlap: false } };
  return plot({
    title: { text: 'What did each month earn?', subtitle: 'net returns, %' },
    width: 520,
    height: Math.max(80, 18 * years.length),
    data: { values: shaded },
    encoding: { x, y },
    layer: [
      {
        mark: { type: 'rect' },
        encoding: {
          color: { condition: { test: 'datum.r < 0', value: PALETTE[3] }, value: PALETTE[0] },
          opacity: { field: 'shade', type: 'quantitative', scale: null, legend: null },
        },
      },
      { mark: { type: 'text', fontSize: 10 }, encoding: { text: { field: 'label', type: 'nominal' } } },
    ],
  });
}
