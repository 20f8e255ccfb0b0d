import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { packageRoot, publish, sha256 } from '../../base/internal.js';
import { readParquet, writeParquet } from './parquet.js';
import { type Description, isDatasetName, type Provenance, parseProvenance } from './provenance.js';
import { withStaging } from './staging.js';
import type { Table } from './table.js';

/** Where datasets live: `LEMMATA_DATA`, else `data/` at the root of the package. */
export const dataRoot = (): string => process.env.LEMMATA_DATA || join(packageRoot, 'data');

/**
 * Writes a table into the store, with the record that says where it came from. The Parquet file is named by its own hash and the record,
 * renamed into place last, names that hash: whenever the process ends, the record points at a complete file, the old one or the new.
 *
 * @returns the record
 * @throws  when the name is not `<source>/<dataset>`, or the disk is full
 */
export async function saveDataset(about: Description, table: Table): Promise<Provenance> {
  const { name } = about;
  if (!isDatasetName(name)) throw new Error(`'${name}' is no name of a dataset; write <source>/<dataset>, for example csv/my-prices`);
  return withStaging(dataRoot(), async (folder) => {
    const parquet = join(folder, 'data.parquet');
    await writeParquet(parquet, table);
    const bytes = await readFile(parquet);
    const record: Provenance = {
      ...about,
      fetchedAt: new Date().toISOString(),
      columns: [...table.columns.keys()],
      rows: table.dates.length,
      first: table.dates[0],
      last: table.dates.at(-1)!,
      bytes: bytes.length,
      sha256: sha256(bytes),
    };
    const json = join(folder, 'data.json');
    await writeFile(json, `${JSON.stringify(record, null, 2)}\n`);
    publish(parquet, parquetPath(record));
    publish(json, recordPath(name));
    await removeFormer(record);
    return record;
  });
}

/**
 * A dataset, as its table and its record.
 *
 * @throws when it is not in the store, or its file is not the one that was written
 */
export async function loadDataset(name: string): Promise<{ table: Table; provenance: Provenance }> {
  const record = await readRecord(name);
  if (!record) {
    const known = (await listDatasets()).map((entry) => entry.name).join(', ') || 'nothing yet';
    throw new Error(`no dataset '${name}' in ${dataRoot()}: it holds ${known}; fetch the default data with: lemmata data update`);
  }
  const damage = await findDamage(record);
  if (damage) throw new Error(damage);
  return { table: await readParquet(parquetPath(record)), provenance: record };
}

/** The records of all datasets, by name. Quick: no Parquet file is opened. */
export async function listDatasets(): Promise<Provenance[]> {
  const root = dataRoot();
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
  const names = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json') && !entry.parentPath.includes('.partial'))
    .map((entry) =>
      relative(root, join(entry.parentPath, entry.name))
        .replace(/\.json$/, '')
        .replaceAll('\\', '/'),
    )
    .filter(isDatasetName);
  const records = await Promise.all(names.sort().map(readRecord));
  return records.filter((record) => record !== undefined);
}

/** Why a dataset's Parquet file cannot be trusted, or undefined when it is byte for byte what was written. */
export async function findDamage(record: Provenance): Promise<string | undefined> {
  const { name, bytes, source } = record;
  const path = parquetPath(record);
  const fix = source.startsWith('PyPI') ? 'run: lemmata data update' : `load ${name} from its source again`;
  const found = await stat(path).catch(() => undefined);
  if (!found) return `${path} is missing, but its record is there; to repair it, ${fix}`;
  const repair = `so it was ${found.size < bytes ? 'cut short' : 'changed'}; to repair it, ${fix}`;
  if (found.size !== bytes) return `${path} is damaged: ${found.size} bytes instead of ${bytes}, ${repair}`;
  const actual = sha256(await readFile(path));
  if (actual !== record.sha256)
    return `${path} is damaged: sha256 ${actual.slice(0, 12)}… instead of ${record.sha256.slice(0, 12)}…, ${repair}`;
  return undefined;
}

/** A dataset's record, undefined when there is none. Throws when it is no record. */
export async function readRecord(name: string): Promise<Provenance | undefined> {
  const path = recordPath(name);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return parseProvenance(text);
  } catch {
    throw new Error(`${path} is not a dataset's record: it was changed after it was written; delete it and run: lemmata data update`);
  }
}

const recordPath = (name: string) => join(dataRoot(), `${name}.json`);
/** Where the Parquet file of a record is. */
export const parquetPath = ({ name, sha256 }: Provenance) => join(dataRoot(), `${name}.${sha256.slice(0, 8)}.parquet`);

/** Removes the Parquet files that an earlier record of the same dataset named. */
async function removeFormer(record: Provenance): Promise<void> {
  const current = parquetPath(record);
  const prefix = `${basename(record.name)}.`;
  for (const file of await readdir(dirname(current)))
    if (file.startsWith(prefix) && /^[0-9a-f]{8}\.parquet$/.test(file.slice(prefix.length)) && file !== basename(current))
      await rm(join(dirname(current), file), { force: true });
}
