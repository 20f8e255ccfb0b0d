import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What a target is made of: the name that a reader knows, a file or a number's key, and a digest. @typedef {Record<string, string>} Inputs */

/** What a build left: digests of what it read and of what it wrote, and how long it took. @typedef {{ inputs: Inputs, outputs: Inputs, seconds: number }} Stamp */

/** @param {string | Buffer} text */
export const digest = (text) => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** After so many ms a file that changes has another time. */
const SETTLED = 2_000;

/** Digests of files that did not change while we run. @type {Map<string, { at: string, digest: string }>} */
const known = new Map();

/**
 * The digest of a file or of all files of a folder; 'none' when there is nothing.
 *
 * @param {string} path
 * @returns {string}
 */
export function digestOf(path) {
  if (!existsSync(path)) return 'none';
  const { mtimeMs, size, isFolder } = withKind(path);
  if (isFolder)
    return digest(
      readdirSync(path)
        .sort()
        .map((name) => `${name} ${digestOf(join(path, name))}`)
        .join('\n'),
    );
  const at = `${mtimeMs} ${size}`;
  const before = known.get(path);
  if (before?.at === at) return before.digest;
  const now = { at, digest: digest(readFileSync(path)) };
  // A file that was changed just now may change again within one tick of the file system's clock.
  if (Date.now() - mtimeMs > SETTLED) known.set(path, now);
  return now.digest;
}

/** @param {string} path */
function withKind(path) {
  const stats = statSync(path);
  return { mtimeMs: stats.mtimeMs, size: stats.size, isFolder: stats.isDirectory() };
}

/**
 * Digests of files of the repository, by their names.
 *
 * @param {string} root
 * @param {readonly string[]} files
 * @returns {Inputs}
 */
export const filesOf = (root, files) => Object.fromEntries([...new Set(files)].sort().map((file) => [file, digestOf(join(root, file))]));

/** @param {string} root @param {string} name */
const place = (root, name) => join(root, 'build', 'stamps', `${name.replaceAll('/', '-')}.json`);

/** The stamp of the last good build; none after one that was killed as it wrote. @param {string} root @param {string} name @returns {Stamp | undefined} */
export function readStamp(root, name) {
  try {
    return JSON.parse(readFileSync(place(root, name), 'utf8'));
  } catch {
    return undefined;
  }
}

/** Puts a stamp in place whole or not at all. @param {string} root @param {string} name @param {Stamp} stamp */
export function writeStamp(root, name, stamp) {
  const file = place(root, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, `${JSON.stringify(stamp, null, 1)}\n`);
  renameSync(`${file}.${process.pid}`, file);
}

/**
 * How inputs differ from those of the last build, by name.
 *
 * @param {Inputs} before
 * @param {Inputs} now
 */
export function changes(before, now) {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  return names.flatMap((name) => {
    if (before[name] === now[name]) return [];
    return [`${name} ${!(name in before) ? 'is new' : now[name] === undefined || now[name] === 'none' ? 'is gone' : 'changed'}`];
  });
}
