import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readStamp } from './stamps.mjs';

const FILE = 'scripts/publish/times.json';

/** Seconds that targets took when somebody last wrote them down, by name: for a clone that has built nothing yet. @param {string} root @returns {Record<string, number>} */
export function timesOf(root) {
  const file = join(root, FILE);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).seconds : {};
}

/**
 * Writes down what this checkout's builds took, beside what was known of others.
 *
 * @param {string} root
 * @param {readonly { name: string }[]} targets
 */
export function writeTimes(root, targets) {
  const measured = targets.flatMap(({ name }) => {
    const seconds = readStamp(root, name)?.seconds;
    return seconds ? [[name, seconds]] : [];
  });
  const seconds = Object.fromEntries(
    Object.entries({ ...timesOf(root), ...Object.fromEntries(measured) }).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  const about =
    'What targets took when they were last built, in seconds, on two cores that were busy with other work. Written by npm run reproduce -- --log.';
  writeFileSync(join(root, FILE), `${JSON.stringify({ about, seconds }, null, 2)}\n`);
  return FILE;
}
