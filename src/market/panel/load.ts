import { checkOptions } from '../../base/internal.js';
import { loadDataset } from '../store/store.js';
import type { BAR_FIELDS, Table } from '../store/table.js';
import { type Bars, dateRange, type Panel, type Selection, select } from './panel.js';

/** What to take of a dataset: dates, assets, and of bars which field (`adjClose` unless told). */
export interface PanelSelection extends Selection {
  readonly field?: (typeof BAR_FIELDS)[number];
}

/**
 * A dataset of the store as a panel [T, N].
 *
 *     await loadPanel('skfolio/sp500-stocks', { from: '1995-01-01', to: '2016-12-31', assets: ['AAPL', 'KO'] })
 *
 * Of bars it takes one field, of one asset. Prices and their units are the source's: see `lemmata data list`.
 *
 * @throws when the dataset is not in the store or is damaged, on an unknown asset, and when no date is in the range
 */
export async function loadPanel(name: string, options: PanelSelection = {}): Promise<Panel> {
  checkOptions('loadPanel', options, ['field', 'from', 'to', 'assets']);
  const { field, ...selection } = options;
  return select(panelOfDataset(await loadDataset(name), field), selection);
}

/** One field of a dataset that was loaded; of bars `adjClose` unless told. Throws when it has no such field. */
export function panelOfDataset({ table, provenance }: Awaited<ReturnType<typeof loadDataset>>, field?: string): Panel {
  const { name, kind, columns, adjusted } = provenance;
  if (kind !== 'bars' && field !== undefined && field !== provenance.field)
    throw new Error(`${name} holds ${provenance.field} only: got field '${field}'; leave field out`);
  const known = kind === 'bars' ? (field ?? 'adjClose') : provenance.field;
  const bars = kind === 'bars' && table.columns.get(known);
  if (bars === undefined)
    throw new Error(
      `${name} has no ${known}: its source gave ${columns.join(', ')}; pass field: 'close', ` +
        'and mind that splits and dividends are not in it',
    );
  const panel = toPanel({ dates: table.dates, columns: bars ? new Map([[assetOf(name), bars]]) : table.columns }, known, name);
  return { ...panel, ...(adjusted?.[known] && { adjusted: adjusted[known] }) };
}

/**
 * A dataset of bars: open, high, low, close, adjusted close and volume of one asset.
 *
 * @throws when the dataset holds no bars, and as `loadPanel` does
 */
export async function loadBars(name: string, selection: Omit<Selection, 'assets'> = {}): Promise<Bars> {
  checkOptions('loadBars', selection, ['from', 'to']);
  const { table, provenance } = await loadDataset(name);
  if (provenance.kind !== 'bars')
    throw new Error(`${name} holds ${provenance.field} of ${provenance.columns.length} assets, not bars; use loadPanel('${name}')`);
  const [start, end] = dateRange(table.dates, selection, name);
  const field = (column: string) => table.columns.get(column)!.slice(start, end);
  return {
    asset: assetOf(name),
    dates: table.dates.slice(start, end),
    open: field('open'),
    high: field('high'),
    low: field('low'),
    close: field('close'),
    adjClose: table.columns.has('adjClose') ? field('adjClose') : new Float64Array(end - start).fill(Number.NaN),
    volume: field('volume'),
    source: name,
  };
}

/** The bars of `arch/sp500` are those of SP500, of `yahoo/BRK-B` those of BRK-B. */
const assetOf = (name: string): string => name.slice(name.indexOf('/') + 1).toUpperCase();

/** The table of a dataset as a panel [T, N]: one asset per column, in their order. */
export function toPanel({ dates, columns }: Table, field: string, source: string): Panel {
  const assets = [...columns.keys()];
  const [T, N] = [dates.length, assets.length];
  const values = new Float64Array(T * N);
  for (const [n, history] of [...columns.values()].entries()) for (let t = 0; t < T; t++) values[t * N + n] = history[t];
  return { dates, assets, values, field, source };
}
