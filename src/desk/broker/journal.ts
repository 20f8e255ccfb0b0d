import {
  appendFileSync,
  closeSync,
  existsSync,
  fdatasyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { sha256 } from '../../base/internal.js';
import { tryLock } from '../../market/internal.js';

/** One line of a journal: what happened at one call, all of it or nothing. */
export interface JournalEntry<E> {
  /** 1 for the first line, and one more for each */
  readonly number: number;
  /** when it was written, ISO 8601 */
  readonly at: string;
  /** what happened, in order */
  readonly events: readonly E[];
}

/** An append-only file of numbered lines, each with a sum over itself and all before it. */
export interface Journal<E> {
  /** Every line so far. */
  entries(): readonly JournalEntry<E>[];
  /**
   * Adds a line; it is on the disk when this returns.
   *
   * @throws when it can't be written: the file is as it was before
   */
  append(at: string, events: readonly E[]): void;
  /** Gives the file up to the next who opens it. */
  close(): void;
}

/**
 * Opens a journal, or begins one. What a killed writer left of its last line is moved to `<file>.torn`.
 *
 * @throws when it is open already, or a line's number or sum is not the one that follows from those before: it was changed, or lines between are gone.
 *         That the last lines are gone, whole, it cannot tell: keep a copy
 */
export async function openJournal<E>(named: string): Promise<Journal<E>> {
  mkdirSync(dirname(named), { recursive: true });
  const file = existsSync(named) ? realpathSync(named) : join(realpathSync(dirname(named)), basename(named));
  const lock = await tryLock(`${file}.lock`);
  if (!lock)
    throw new Error(
      `the journal ${file} is open already, here or in another process, and two would write over each other; close that one, or name another journal`,
    );
  try {
    const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
    const entries: JournalEntry<E>[] = [];
    let [sum, size] = ['', 0];
    const lines = bytes.toString().split('\n');
    for (const [i, line] of lines.entries()) {
      const isLast = i === lines.length - 1; // without its end
      if (isLast && line === '') break;
      const { entry, body, sum: told } = parsed<E>(line);
      const follows = entry?.number === entries.length + 1 && told === sumOf(sum, body);
      if (!follows && !isLast) refuse(file, entries.length + 1, line);
      if (!follows) {
        appendFileSync(`${file}.torn`, `${line}\n`);
        truncateSync(file, size);
        break;
      }
      [sum, size] = [told, size + Buffer.byteLength(line) + 1];
      entries.push(entry!);
      if (isLast) appendFileSync(file, '\n');
    }
    return journalOf(file, entries, { sum, size }, () => lock.release());
  } catch (error) {
    lock.release();
    throw error;
  }
}

function journalOf<E>(file: string, entries: JournalEntry<E>[], end: { sum: string; size: number }, release: () => void): Journal<E> {
  const descriptor = openSync(file, 'a');
  let { sum, size } = end;
  let isClosed = false;
  return {
    entries: () => entries,
    append(at, events) {
      if (isClosed) throw new Error(`the journal ${file} is closed; open it again`);
      const entry: JournalEntry<E> = { number: entries.length + 1, at, events };
      const body = JSON.stringify(entry);
      const next = sumOf(sum, body);
      const line = Buffer.from(`${next} ${body}\n`);
      try {
        for (let from = 0; from < line.length; ) from += writeSync(descriptor, line, from);
        fdatasyncSync(descriptor);
      } catch (cause) {
        ftruncateSync(descriptor, size);
        throw new Error(
          `the journal ${file} could not be written: ${(cause as Error).message}; nothing of this call has happened: free some space, then send it again`,
          { cause },
        );
      }
      [sum, size] = [next, size + line.length];
      entries.push(entry);
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      closeSync(descriptor);
      release();
    },
  };
}

/** Of a line and all before it; twelve digits tell a change from none. */
const sumOf = (before: string, body: string): string => sha256(`${before}${body}`).slice(0, 12);

function parsed<E>(line: string): { entry?: JournalEntry<E>; body: string; sum: string } {
  const [sum, body] = [line.slice(0, 12), line.slice(13)];
  try {
    return { entry: JSON.parse(body), body, sum };
  } catch {
    return { body, sum };
  }
}

function refuse(file: string, number: number, line: string): never {
  throw new Error(
    `${file}, line ${number} does not follow from the lines before it: ${line.slice(0, 60)}…; it was changed, or lines before it are gone. ` +
      'Bring the file back from a copy; what it says can not be trusted from this line on',
  );
}
