import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { inParts } from './digest.js';

/**
 * Writes a whole file in place of the one before: a reader finds the old bytes or the new ones, and so does who comes after a crash or
 * a full disk.
 *
 * @param content  a text, or the bytes in consecutive pieces
 * @throws         when it cannot be written; the file before is still there
 */
export function replaceFile(file: string, content: string | readonly Uint8Array[]): void {
  mkdirSync(dirname(file), { recursive: true });
  removeAbandoned(file);
  const draft = draftOf(file);
  try {
    const descriptor = openSync(draft, 'w');
    try {
      if (typeof content === 'string') writeFileSync(descriptor, content);
      else for (const piece of content) for (const part of inParts(piece)) writeFileSync(descriptor, part);
    } finally {
      closeSync(descriptor);
    }
    publish(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** Moves a finished file to its place: on the disk before it is visible, and visible all at once. */
export function publish(draft: string, file: string): void {
  const descriptor = openSync(draft, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  mkdirSync(dirname(file), { recursive: true });
  renameSync(draft, file);
}

/**
 * Makes a folder in place of the one before, which goes when `fill` has made all of the new one; a `fill` that makes nothing leaves none.
 *
 * @returns what `fill` returned
 */
export function replaceFolder<T>(folder: string, fill: (draft: string) => T): T {
  const draft = draftOf(folder);
  try {
    mkdirSync(draft, { recursive: true });
    const result = fill(draft);
    rmSync(folder, { recursive: true, force: true });
    if (readdirSync(draft).length > 0) renameSync(draft, folder);
    return result;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Whether a process of this number runs, whoever owns it. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const draftOf = (path: string) => `${path}.${process.pid}.${randomBytes(4).toString('hex')}.part`;

/** Drafts of this file whose process was killed. */
function removeAbandoned(file: string): void {
  const folder = dirname(file);
  const prefix = `${basename(file)}.`;
  for (const name of readdirSync(folder)) {
    const pid = name.startsWith(prefix) && /^(\d+)\.[0-9a-f]{8}\.part$/.exec(name.slice(prefix.length))?.[1];
    if (pid && !isAlive(Number(pid))) rmSync(join(folder, name), { force: true });
  }
}
