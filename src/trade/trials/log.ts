import { appendFileSync, closeSync, existsSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { withLock } from '../../market/internal.js';

/** What JSON holds. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * One text for equal values: keys sorted, nothing between them.
 *
 * @throws at a number that is not finite, or what is no JSON, naming where
 */
export function canonical(value: unknown, at = 'config'): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Error(`${at} is ${value}, which JSON cannot hold; leave it out, or write it as a text`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((one, i) => canonical(one, `${at}[${i}]`)).join(',')}]`;
  if (typeof value === 'object' && ['Object', undefined].includes(value.constructor?.name)) {
    const parts = Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${parts.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one, `${at}.${key}`)}`).join(',')}}`;
  }
  throw new Error(
    `${at} is ${typeof value === 'object' ? `a ${value.constructor.name}` : `a ${typeof value}`}, which JSON cannot hold; give numbers, texts, lists and plain objects`,
  );
}

/**
 * The entries of an append-only file of JSON lines; none when there is no file. A last line without its end, of a writer that was killed, is passed over.
 *
 * @throws at a line in between that is no JSON, as a merge leaves it, with its number and text
 */
export function readEntries<E>(file: string): E[] {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  const torn = lines.pop() ?? '';
  const whole = torn !== '' && isJson(torn) ? [...lines, torn] : lines;
  return whole.map((line, i) => {
    if (isJson(line)) return JSON.parse(line) as E;
    throw new Error(
      `${file}, line ${i + 1} is no JSON: ${line.slice(0, 60)}; after a merge keep the lines of both sides, else bring the file back with git`,
    );
  });
}

/**
 * Adds one line to an append-only file, or none: `next` sees the entries that are there while no other process writes.
 *
 * The line goes to the disk in one write. What a killed writer left of its own is moved to `<file>.torn` first.
 *
 * @returns the entry that was added, or undefined
 * @throws  as `readEntries` and `canonical`; when another process holds the file for half a minute
 */
export function appendToLog<E extends object>(file: string, next: (entries: readonly E[]) => E | undefined): Promise<E | undefined> {
  mkdirSync(dirname(file), { recursive: true });
  return withLock(`${file}.lock`, () => {
    mend(file);
    const entry = next(readEntries<E>(file));
    if (entry) write(file, `${canonical(entry)}\n`);
    return entry;
  });
}

/** Ends a last line that only lacks its end, and sets a torn one aside. */
function mend(file: string): void {
  const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
  const end = bytes.lastIndexOf('\n') + 1;
  const last = bytes.subarray(end).toString();
  if (last === '') return;
  if (isJson(last)) {
    write(file, '\n');
    return;
  }
  appendFileSync(`${file}.torn`, `${last}\n`);
  toDisk(file, 'r+', (descriptor) => ftruncateSync(descriptor, end));
}

const write = (file: string, text: string): void => toDisk(file, 'a', (descriptor) => writeSync(descriptor, text));

/** Changes a file, and returns when the change is on the disk. */
function toDisk(file: string, flags: 'r+' | 'a', change: (descriptor: number) => void): void {
  const descriptor = openSync(file, flags);
  try {
    change(descriptor);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function isJson(line: string): boolean {
  try {
    return typeof JSON.parse(line) === 'object';
  } catch {
    return false;
  }
}
