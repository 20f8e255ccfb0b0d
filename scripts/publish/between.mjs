import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';

/**
 * Puts a text between two lines of a file.
 *
 * @param {string} file
 * @param {{ begin: string, end: string, text: string }} what
 * @throws when the file does not have the lines
 */
export function replaceBetween(file, { begin, end, text }) {
  const before = readFileSync(file, 'utf8');
  const [from, to] = [before.indexOf(begin), before.indexOf(end)];
  if (from < 0 || to < from)
    throw new Error(`${basename(file)}: its table has lost its place; write the lines '${begin}' and '${end}' above and below it`);
  writeFileSync(`${file}.new`, `${before.slice(0, from)}${begin}\n\n${text}\n\n${before.slice(to)}`);
  renameSync(`${file}.new`, file);
}
