import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');
/** A path in it. */
export const at = (/** @type {string[]} */ ...names) => join(ROOT, ...names);

/** What set-up knows of itself: stamps, logs, and folders in the making. */
export const OWN = at('.lemmata');

/** The text of a file, or undefined when there is none. */
export const read = (/** @type {string} */ file) => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};

/**
 * What a file holds, or undefined when there is none.
 *
 * @param {string} file
 * @returns {any}
 */
export const readJson = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
};

/**
 * Readers see the old text or the new one, never a part.
 *
 * @param {string} file
 * @param {string} text
 */
export function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, file);
}

/**
 * sha256 over texts, and over files by name and content.
 *
 * @param {{ texts?: readonly string[], files?: readonly string[] }} of
 */
export function digest({ texts = [], files = [] }) {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text}\0`);
  for (const file of files)
    hash
      .update(`${file}\0`)
      .update(existsSync(at(file)) ? readFileSync(at(file)) : '')
      .update('\0');
  return hash.digest('hex');
}

/** Files under a folder of the checkout, relative to it, sorted. */
export const filesUnder = (/** @type {string} */ folder) =>
  readdirSync(at(folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
    .sort();

/**
 * A folder to make something in. It belongs to this process alone, so a predecessor that was killed, or whose child still
 * writes, cannot spoil it; `swap` puts the result in its place by renaming.
 *
 * @param {string} name
 */
export function workshop(name) {
  const folder = join(OWN, 'making', `${name}-${process.pid}-${Date.now()}`);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/**
 * @param {string} made
 * @param {string} place
 */
export function swap(made, place) {
  const old = `${workshop('old')}/old`;
  if (existsSync(place)) renameSync(place, old);
  renameSync(made, place);
  discard(dirname(old));
}

/** Removes what unfinished set-ups left. */
export const sweep = () => discard(join(OWN, 'making'));

/** @param {string} path */
export function discard(path) {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // an orphan of a killed set-up may still write there; the next sweep takes it
  }
}
