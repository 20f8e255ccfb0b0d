import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A lock that is older than this was left behind: no document takes so long. */
const LONGEST = 15 * 60_000;

/**
 * Works alone on something that other processes, or another call of this one, may work on too: waits until they are done. A lock that a killed
 * process left does not count.
 *
 * @template T
 * @param {string} lock  a file that exists while one works
 * @param {() => Promise<T>} work
 * @param {{ every?: number }} [options]  ms between two looks
 * @returns {Promise<T>}
 */
export async function alone(lock, work, { every = 200 } = {}) {
  mkdirSync(dirname(lock), { recursive: true });
  while (!taken(lock)) await sleep(every);
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Takes a lock, unless another has it who is still at work. @param {string} lock */
function taken(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
  }
  if (isLeft(lock)) {
    const aside = `${lock}.${process.pid}`;
    try {
      renameSync(lock, aside); // of several who see it, one moves it
      rmSync(aside, { force: true });
    } catch {}
  }
  return false;
}

/** @param {string} lock */
function isLeft(lock) {
  try {
    if (Date.now() - statSync(lock).mtimeMs > LONGEST) return true;
    const owner = Number(readFileSync(lock, 'utf8'));
    if (owner > 0) process.kill(owner, 0);
    return false;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH';
  }
}
