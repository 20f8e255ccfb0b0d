import { resolve } from 'node:path';
import { checkOneOf, sha256 } from '../../../base/internal.js';
import { ADJUSTMENTS, type Adjustment } from '../../panel/panel.js';
import type { Provenance } from '../../store/provenance.js';
import { saveDataset } from '../../store/store.js';
import { barsAdjusted, type Kind } from '../../store/table.js';
import { findingsOf } from '../findings.js';
import { bytesOf, parseBytes } from './csv.js';
import type { CsvOptions } from './options.js';

/** A CSV file, and what is to be known of it: the `unit` of its values, its `licence`, and the `limits` of what it can tell. */
export interface CsvImport extends CsvOptions {
  /** `<source>/<dataset>`, for example `csv/my-prices` */
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
 * @returns the record; its `findings` say what looks like a fault of the file: bars out of order, another unit, a split that is not applied
 * @throws  as `readCsv` and `saveDataset`
 */
export async function importCsv(
  path: string,
  { name, field = 'close', unit = 'not stated', licence = 'not stated', adjusted, limits = [], ...layout }: CsvImport,
): Promise<Provenance> {
  if (adjusted !== undefined) checkOneOf('importCsv', 'adjusted', adjusted, ADJUSTMENTS);
  const bytes = await bytesOf(path);
  const table = await parseBytes(bytes, layout, path, path);
  const kind = layout.kind ?? 'prices';
  const unadjusted = kind === 'bars' && !table.columns.has('adjClose') ? ['the file has no adjusted closes'] : [];
  return saveDataset(
    {
      name,
      kind,
      field: kind === 'bars' ? 'bars' : field,
      unit,
      source: `CSV file ${resolve(path)}`,
      version: 'as imported',
      sourceSha256: sha256(bytes),
      licence,
      ...adjustment(kind, field, adjusted),
      limits: [...limits, ...unadjusted],
      layout: JSON.stringify(layout),
      findings: findingsOf(table, kind),
    },
    table,
  );
}

function adjustment(kind: Kind, field: string, adjusted?: Adjustment): Pick<Provenance, 'adjusted'> {
  const total = field === 'adjClose' ? 'splits and dividends' : undefined; // which is what the field's name says
  if (kind === 'bars')
    return { adjusted: adjusted ? barsAdjusted(adjusted, 'splits and dividends') : { adjClose: 'splits and dividends' } };
  const told = adjusted ?? total;
  return told && kind === 'prices' ? { adjusted: { [field]: told } } : {};
}
