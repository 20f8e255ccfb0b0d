// Letters: fills {{ num('…') }} from results/ and lists the [[placeholders]] that a person has yet to fill.
//
//     node scripts/paper/letters.mjs              every paper/letters/*.md, into build/letters/
//     node scripts/paper/letters.mjs <letter>    one of your own, into build/letters/
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { quotable } from '../blog/numbers.mjs';

const root = resolve(import.meta.dirname, '../..');
const CALL = /\{\{\s*num\(\s*'([^']+)'(?:,\s*'([^']+)')?\s*\)\s*\}\}/g;
const PLACEHOLDER = /\[\[([^[\]]*)\]\]/g;

/**
 * A letter with its numbers, and what of it is still to be filled in: each placeholder once, with the line it first stands in.
 *
 * @param {string} text
 * @param {(key: string, format?: string, where?: string) => string} num
 * @param {string} file  for messages
 * @returns {{ letter: string, open: { placeholder: string, line: number }[] }}
 * @throws when a number is missing or stale, a call of num cannot be read, or a placeholder is empty, with file and line
 */
export function filled(text, num, file) {
  const lineAt = (/** @type {number} */ index) => text.slice(0, index).split('\n').length;
  const letter = text.replace(CALL, (_, key, format, index) => num(key, format, `${file}:${lineAt(index)}`));
  const left = letter.search(/\{\{|\}\}/);
  if (left >= 0) {
    const line = letter.slice(0, left).split('\n').length;
    throw new Error(`${file}:${line}: '${letter.slice(left, left + 40)}…' is no number; write {{ num('week12.all.contests', '.0f') }}`);
  }
  /** @type {Map<string, number>} */
  const open = new Map();
  for (const { 1: placeholder, index } of text.matchAll(PLACEHOLDER)) {
    if (!placeholder.trim()) throw new Error(`${file}:${lineAt(index)}: [[]] says nothing; name what is to be filled in, as [[name]]`);
    if (!open.has(placeholder)) open.set(placeholder, lineAt(index));
  }
  return { letter, open: [...open].map(([placeholder, line]) => ({ placeholder, line })) };
}

if (process.argv[1] === import.meta.filename) {
  const folder = join(root, 'paper', 'letters');
  const own = process.argv.slice(2);
  const names = readdirSync(folder).filter((name) => name.endsWith('.md') && name !== 'README.md');
  const files = own.length ? own.map((name) => resolve(name)) : names.sort().map((name) => join(folder, name));
  const { num } = quotable(root);
  mkdirSync(join(root, 'build', 'letters'), { recursive: true });
  for (const file of files) {
    const shown = relative(root, file);
    try {
      if (!existsSync(file)) throw new Error(`letters: there is no ${shown}; the templates are ${names.join(', ')} in paper/letters`);
      const { letter, open } = filled(readFileSync(file, 'utf8'), num, shown);
      writeFileSync(join(root, 'build', 'letters', basename(file)), letter);
      const todo = open.map(({ placeholder, line }) => `\n  ${shown}:${line}  [[${placeholder}]]`).join('');
      console.log(`build/letters/${basename(file)}  ${open.length === 0 ? 'complete' : `${open.length} to fill in:${todo}`}`);
    } catch (error) {
      console.error(/** @type {Error} */ (error).message);
      process.exitCode = 1;
    }
  }
}
