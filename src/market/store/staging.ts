import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from '../../base/internal.js';

/**
 * Runs `work` with a fresh folder inside `root`, gone afterwards whatever happens. What is made there reaches its place by
 * `publish`, so a reader sees the old file or the new one and never a part. Folders of processes that were killed go first.
 */
export async function withStaging<T>(root: string, work: (folder: string) => Promise<T>): Promise<T> {
  const staging = join(root, '.partial');
  const folder = join(staging, `${process.pid}-${randomBytes(4).toString('hex')}`);
  try {
    await mkdir(folder, { recursive: true });
    await removeAbandoned(staging);
    try {
      return await work(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  } catch (error) {
    throw explainWriteError(error, root);
  }
}

async function removeAbandoned(staging: string): Promise<void> {
  for (const name of await readdir(staging))
    if (!isAlive(Number.parseInt(name, 10))) await rm(join(staging, name), { recursive: true, force: true });
}

/** Says what to do about a full or unwritable disk, whoever met it: Node, DuckDB or pip. Other errors pass unchanged. */
function explainWriteError(error: unknown, root: string): unknown {
  const text = error instanceof Error ? error.message : String(error);
  const intact = 'Nothing was half-written: what was stored before is intact.';
  if (/ENOSPC|EDQUOT|EFBIG|No space left|quota exceeded|File too large/i.test(text))
    return new Error(
      `the disk that holds ${root} is full. ${intact} Free about 20 MB, or set LEMMATA_DATA to a folder on another disk, and run it again.`,
      { cause: error },
    );
  // On a read-only file system Node's recursive mkdir says ENOENT.
  if (/EACCES|EROFS|EPERM|Permission denied|Read-only file system|(?:ENOENT|ENOTDIR|EEXIST)\b.* mkdir/.test(text))
    return new Error(
      `cannot write in ${root}: it is read-only, or no folder. ${intact} ` +
        'Make it a writable folder, or set LEMMATA_DATA to a folder of yours, and run it again.',
      { cause: error },
    );
  return error;
}
