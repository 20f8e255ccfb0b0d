import { randomBytes } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type FileLock, tryLock } from './file-lock.js';

const HOUR = 3_600_000;
const partial = (root: string) => join(root, '.partial');

/** The lock under which a store's files change their places. */
export const storeLock = (root: string): string => join(partial(root), 'store.lock');

/**
 * Runs `work` with a fresh folder inside `root`, gone afterwards whatever happens. What is made there reaches its place by
 * `publish`, so a reader sees the old file or the new one and never a part. Its name is random, and a lock that the system gives up when
 * this process ends says that it is in use; folders of processes that were killed go first.
 *
 * @param afterKill  called when a process was killed in here before, since it may have left more than its folder
 */
export async function withStaging<T>(
  root: string,
  work: (folder: string) => Promise<T>,
  afterKill: () => Promise<void> = async () => {},
): Promise<T> {
  try {
    await mkdir(partial(root), { recursive: true });
    await removeAbandoned(root, afterKill);
    const { folder, lock } = await claim(root);
    try {
      await mkdir(folder);
      return await work(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
      lock.release();
    }
  } catch (error) {
    throw explainWriteError(error, root);
  }
}

/** A name that no other has, and its lock: `<name>.lock` is there, and held, for as long as the folder `<name>` is. */
async function claim(root: string): Promise<{ folder: string; lock: FileLock }> {
  for (;;) {
    const folder = join(partial(root), randomBytes(8).toString('hex'));
    const lock = await tryLock(`${folder}.lock`);
    if (lock) return { folder, lock };
    // Another process looked at the new file at this moment, took it for abandoned and removes it.
  }
}

/** Removes what killed processes left: last their locks, so that who is killed in here leaves the same for the next. */
async function removeAbandoned(root: string, afterKill: () => Promise<void>): Promise<void> {
  const old: string[] = [];
  const locks: FileLock[] = [];
  for (const entry of await readdir(partial(root))) {
    const path = join(partial(root), entry);
    if (path === storeLock(root)) continue; // who takes it next removes it, and `afterKill` must be able to
    if (!entry.endsWith('.lock')) {
      if (!existsSync(`${path}.lock`) && isOld(path)) old.push(path); // of a version without locks
      continue;
    }
    const lock = await tryLock(path, { make: false });
    if (!lock) continue;
    if (lock.exclusive || isOld(path)) {
      locks.push(lock);
      old.push(path.slice(0, -'.lock'.length));
    } else lock.leave();
  }
  try {
    if (old.length > 0) await afterKill();
    for (const path of old) await rm(path, { recursive: true, force: true });
  } catch (error) {
    for (const lock of locks) lock.leave();
    throw error;
  }
  for (const lock of locks) lock.release();
}

/** Where the system has no locks, and for what has none, an hour without a change says that its process is gone. */
export function isOld(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && Date.now() - found.mtimeMs > HOUR;
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
