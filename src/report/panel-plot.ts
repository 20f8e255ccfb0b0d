import type { Bundle } from '../base/index.js';
import type { Panel } from '../market/index.js';
import { type Figure, line } from './figures.js';

/** What a panel does not say of itself: the question that the chart answers, and the unit of its values. */
export interface PanelFigure extends Pick<Figure, 'title' | 'subtitle' | 'colours' | 'rules' | 'width' | 'height'> {
  /** quantity and unit, as the axis has them: `close (US dollars)` */
  readonly y: string;
  /** whether the axis is logarithmic, as for prices over decades */
  readonly log?: boolean;
}

/** More curves than this have no room for their names. */
const CURVES = 30;

/**
 * A panel [T, N] over time, a curve for each asset, with a gap where a value is missing.
 *
 *     plotPanel(prices, { title: 'Did all twenty grow?', y: 'close (US dollars)', log: true })
 *
 * Below the title stand where the data came from and for what prices are adjusted. Long curves are drawn as `line` draws them.
 *
 * @throws when there are more than 30 assets, no value at all, or one that is not positive on a logarithmic axis
 */
export function plotPanel(panel: Panel, { y, log, subtitle, ...figure }: PanelFigure): Promise<Bundle> {
  const { dates, assets, values, source, adjusted } = panel;
  const N = assets.length;
  if (N > CURVES)
    throw new Error(
      `plotPanel: ${source} has ${N} assets, and a chart shows ${CURVES} at most; select(panel, { assets: [...] }) those that it is about`,
    );
  if (values.every(Number.isNaN))
    throw new Error(
      `plotPanel: ${source} has no value from ${dates[0]} to ${dates.at(-1)}; is a feature still warming up? Choose a later range`,
    );
  const low = log ? values.findIndex((value) => value <= 0) : -1;
  if (low >= 0)
    throw new Error(
      `plotPanel: '${assets[low % N]}' is ${values[low]} on ${dates[Math.floor(low / N)]}, and a logarithmic axis has positive values only; leave log out`,
    );
  const rows = assets.flatMap((asset, n) =>
    dates.map((date, t) => {
      const value = values[t * N + n];
      return { date, asset, value: Number.isFinite(value) ? value : null };
    }),
  );
  const words = adjusted && (adjusted === 'none' ? 'not adjusted' : `adjusted for ${adjusted}`);
  const below = [subtitle, [source, words].filter(Boolean).join(', ')].filter(Boolean).join('; ');
  return line({
    ...figure,
    subtitle: below,
    rows,
    x: { field: 'date', title: dates[0].length > 10 ? 'time (UTC)' : 'date' },
    y: { field: 'value', title: y, ...(log && { log }) },
    ...(N > 1 && { series: 'asset' }),
  });
}
