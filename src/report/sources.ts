import { listDatasets } from '../market/index.js';
import type { Source } from './results.js';

/** A dataset that a notebook used, and what it must not be used for. */
export interface UsedSource extends Source {
  /** What it cannot tell, one sentence each. */
  readonly limits: readonly string[];
}

/**
 * The datasets that a notebook used, with the hashes that `save` records and the limits that a reader should know.
 *
 *     const data = await sourcesOf('skfolio/sp500-index', 'arch/french-factors')
 *
 * @throws when the store has no such dataset, naming those that it has
 */
export async function sourcesOf(...names: readonly string[]): Promise<UsedSource[]> {
  const stored = await listDatasets();
  return names.map((name) => {
    const found = stored.find((dataset) => dataset.name === name);
    if (!found)
      throw new Error(
        `sourcesOf: the store has no dataset '${name}'; it has ${stored.map((dataset) => dataset.name).join(', ')}; run npx lemmata data update`,
      );
    return { name, sha256: found.sourceSha256, limits: found.limits };
  });
}
