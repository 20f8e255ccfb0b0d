import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { checkOptions, replaceFile } from '../../base/internal.js';
import { readParquet } from './parquet.js';
import type { Provenance } from './provenance.js';
import { parquetPath, readVersions } from './store.js';
import type { Table } from './table.js';

/** How a dataset is exported. */
export interface DataExport {
  /** write over a file that is there */
  readonly force?: boolean;
}

/**
 * A dataset as a file for other programs, whole or not at all: CSV with a header, `date` first and empty cells for what is missing, or Parquet, the
 * store's own bytes. Numbers in CSV have as many digits as it takes to read the same ones back.
 *
 *     await exportDataset('skfolio/sp500-stocks', 'prices.csv')
 *
 * @param path  ends in `.csv` or `.parquet`
 * @returns     the record of what was written
 * @throws      when the dataset is not in the store, the file is there and `force` is not given, its name ends otherwise, or it cannot be written
 */
export async function exportDataset(name: string, path: string, options: DataExport = {}): Promise<Provenance> {
  checkOptions('exportDataset', options, ['force']);
  const ending = extname(path).toLowerCase();
  if (ending !== '.csv' && ending !== '.parquet')
    throw new Error(
      `export of ${name}: '${path}' ends in '${ending}'; name a file that ends in .csv or .parquet, which says how it is written`,
    );
  return readVersions([name], async ([record]) => {
    const content = ending === '.csv' ? csvOf(await readParquet(parquetPath(record))) : [await readFile(parquetPath(record))];
    if (!options.force && existsSync(path))
      throw new Error(`export of ${name}: ${path} is there already; choose another name, or write over it with force: true`);
    try {
      replaceFile(path, content);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new Error(`export of ${name}: ${path} cannot be written (${code ?? message}); check that its folder is one and is yours`, {
        cause: error,
      });
    }
    return record;
  });
}

function csvOf({ dates, columns }: Table): string {
  const cell = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const values = [...columns.values()];
  const rows = dates.map((date, t) => [date, ...values.map((column) => (Number.isNaN(column[t]) ? '' : String(column[t])))].join(','));
  return `${[['date', ...columns.keys()].map(cell).join(','), ...rows].join('\n')}\n`;
}
