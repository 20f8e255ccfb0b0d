import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';

/** An empty data folder for one test, set as LEMMATA_DATA and removed afterwards. */
export function temporaryStore(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lemmata-store-'));
  vi.stubEnv('LEMMATA_DATA', folder);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** The Parquet file of a folder that holds one dataset. */
export const parquetIn = (folder: string): string => join(folder, readdirSync(folder).find((file) => file.endsWith('.parquet'))!);
