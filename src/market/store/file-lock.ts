import { closeSync, fstatSync, openSync, rmSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A lock on a file that the operating system takes back when its holder ends, by whatever death. Process numbers and host names would not
 * do: two containers that share a folder have the same ones.
 */
export interface FileLock {
  /** false where the system or the file system has no locks: the holder may not be alone */
  readonly exclusive: boolean;
  /** Removes the file and gives the lock up. */
  release(): void;
  /** Gives the lock up and leaves the file. */
  leave(): void;
}

/**
 * Takes the lock of a file, which is made, or of one that must be there (`make` false).
 *
 * @returns undefined when another holds it, or when the file is not there
 */
export async function tryLock(path: string, { make = true } = {}): Promise<FileLock | undefined> {
  const flock = await systemLock();
  let descriptor: number;
  try {
    descriptor = openSync(path, make ? 'a+' : 'r+');
  } catch (error) {
    if (!make && (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const answer = flock(descriptor);
  // A holder removes the file before it gives up the lock, so this may be a file that is no longer there.
  if (answer === 'held' || fstatSync(descriptor).ino !== statSync(path, { throwIfNoEntry: false })?.ino) {
    closeSync(descriptor);
    return undefined;
  }
  const leave = () => closeSync(descriptor);
  const release = () => {
    rmSync(path, { force: true });
    leave();
  };
  return { exclusive: answer === 'taken', release, leave };
}

/**
 * Runs `work` while no other process or task holds the lock of this file. `work` is synchronous, so the lock is held for milliseconds.
 *
 * @throws when another holds it for `patienceMs`
 */
export async function withLock<T>(path: string, work: (exclusive: boolean) => T, patienceMs = 30_000): Promise<T> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const lock = await tryLock(path);
    if (lock)
      try {
        return work(lock.exclusive);
      } finally {
        lock.release();
      }
    if (Date.now() > until)
      throw new Error(
        `another process has held ${path} for ${patienceMs / 1000} s; a writer may have been stopped half-way: end it, and run this again`,
      );
    await sleep(2 + Math.random() * 8);
  }
}

type Flock = (descriptor: number) => 'taken' | 'held' | 'none';
let found: Promise<Flock> | undefined;

/** flock(2) of the C library that this process has loaded; Node itself offers no lock. */
function systemLock(): Promise<Flock> {
  found ??= import('koffi').then(({ default: koffi }): Flock => {
    try {
      const flock = koffi.load(null).func('int flock(int, int)') as (descriptor: number, operation: number) => number;
      const { EWOULDBLOCK, EAGAIN } = koffi.os.errno;
      return (descriptor) => {
        if (flock(descriptor, LOCK_EX | LOCK_NB) === 0) return 'taken';
        return [EWOULDBLOCK, EAGAIN].includes(koffi.errno()) ? 'held' : 'none';
      };
    } catch {
      return () => 'none';
    }
  });
  return found;
}

/** The same on Linux, macOS and the BSDs. */
const LOCK_EX = 2;
const LOCK_NB = 4;
