import { resolve } from 'node:path';
import { checkOneOf, sha256 } from '../../../base/internal.js';
import { ADJUSTMENTS, type Adjustment } from '../../panel/panel.js';
import { checkColumnNames } from '../../store/check.js';
import { isDatasetName, type Provenance } from '../../store/provenance.js';
import { saveDataset } from '../../store/store.js';
import { barsAdjusted, type Kind, type Table } from '../../store/table.js';
import { findingsOf } from '../findings.js';
import { bytesOf, parseAssets, parseBytes } from './csv.js';
import type { CsvOptions } from './options.js';

/** A CSV file, and what is to be known of it: the `unit` of its values, its `licence`, and the `limits` of what it can tell. */
export interface CsvImport extends CsvOptions {
  /** `<source>/<dataset>`, for example `csv/my-prices`; of bars of several assets `<source>`, since each becomes `<source>/<asset>` */
  readonly name: string;
  /** what a value is; `close` unless told */
  readonly field?: string;
  readonly unit?: string;
  /** for what its prices are adjusted, of bars all but `adjClose`, which are for splits and dividends; not known unless told */
  readonly adjusted?: Adjustment;
  readonly licence?: string;
  readonly limits?: readonly string[];
}

/**
 * A CSV file into the store, checked as `readCsv` checks it.
 *
 *     await importCsv('prices.csv', { name: 'own/prices' })                       Date,AAPL,MSFT
 *     await importCsv('long.csv', { name: 'own/prices', asset: 'Ticker' })        Date,Ticker,Close: one dataset, an asset a column
 *     const made = await importCsv('bars.csv', { name: 'own', kind: 'bars', asset: 'Ticker' });        own/AAPL, own/MSFT
 *     await loadFrame(made.map(({ name }) => name))
 *
 * @returns the record, of bars of several assets that of each; its `findings` say what looks like a fault of the file: bars out of order, another
 *          unit, a split that is not applied
 * @throws  as `readCsv` and `saveDataset`; where an asset cannot name a dataset, before the first is saved
 */
export async function importCsv(path: string, options: CsvImport & { kind: 'bars'; asset: string }): Promise<Provenance[]>;
export async function importCsv(
  path: string,
  options: CsvImport & ({ kind?: 'prices' | 'series' } | { asset?: undefined }),
): Promise<Provenance>;
export async function importCsv(path: string, options: CsvImport): Promise<Provenance | Provenance[]>;
export async function importCsv(
  path: string,
  { name, field = 'close', unit = 'not stated', licence = 'not stated', adjusted, limits = [], ...layout }: CsvImport,
): Promise<Provenance | Provenance[]> {
  if (adjusted !== undefined) checkOneOf('importCsv', 'adjusted', adjusted, ADJUSTMENTS);
  const kind = layout.kind ?? 'prices';
  const several = kind === 'bars' && layout.asset !== undefined;
  if (several) checkSource(name);
  const bytes = await bytesOf(path);
  const save = (as: string, table: Table): Promise<Provenance> =>
    saveDataset(
      {
        name: as,
        kind,
        field: kind === 'bars' ? 'bars' : field,
        unit,
        source: `CSV file ${resolve(path)}`,
        version: 'as imported',
        sourceSha256: sha256(bytes),
        licence,
        ...adjustment(kind, field, adjusted),
        limits: [...limits, ...(kind === 'bars' && !table.columns.has('adjClose') ? ['the file has no adjusted closes'] : [])],
        layout: JSON.stringify(layout),
        findings: findingsOf(table, kind),
      },
      table,
    );
  if (!several) return save(name, await parseBytes(bytes, layout, path, path));
  const tables = await parseAssets(bytes, layout, path, path);
  checkColumnNames(path, [...tables.keys()]);
  for (const asset of tables.keys())
    if (!isDatasetName(`${name}/${asset}`))
      throw new Error(
        `${path}: '${asset}' in column '${layout.asset}' cannot name a dataset, whose name has letters, digits and . - _ = ^ only; rename it in the file`,
      );
  const made: Provenance[] = [];
  for (const [asset, table] of tables) made.push(await save(`${name}/${asset}`, table));
  return made;
}

function checkSource(name: string): void {
  if (!name.includes('/') && isDatasetName(`${name}/x`)) return;
  throw new Error(
    `importCsv: bars of several assets become a dataset each, own/AAPL and so on: pass a name of small letters, digits and dashes such as 'own', got '${name}'`,
  );
}

function adjustment(kind: Kind, field: string, adjusted?: Adjustment): Pick<Provenance, 'adjusted'> {
  const total = field === 'adjClose' ? 'splits and dividends' : undefined; // which is what the field's name says
  if (kind === 'bars')
    return { adjusted: adjusted ? barsAdjusted(adjusted, 'splits and dividends') : { adjClose: 'splits and dividends' } };
  const told = adjusted ?? total;
  return told && kind === 'prices' ? { adjusted: { [field]: told } } : {};
}
