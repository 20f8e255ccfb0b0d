import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a cell may print into the notebook: a front end with more of it stands still for seconds. */
const MOST_SHOWN = 1_000_000;
/** What the file may hold of it: an endless loop must not fill the disk. */
const MOST_KEPT = 2 ** 31;
/** How much less than other text the text counts that overwrites itself. */
const OVERWRITTEN = 50;
const BUFFER = 2 ** 16;

/** Where the output that is too long for the notebook goes; it ends with the kernel. */
export class OutputFolder {
  #path: string | undefined;

  file(cell: string): string {
    this.#path ??= mkdtempSync(join(tmpdir(), 'lemmata-output-'));
    return join(this.#path, `${cell.replace(/[[\]]+/g, '-').replace(/-$/, '')}.txt`);
  }

  remove(): void {
    if (this.#path) rmSync(this.#path, { recursive: true, force: true });
  }
}

/** What one cell prints: up to a limit into the notebook, and all of it into a file when there is more. */
export class CellOutput {
  readonly #cell: string;
  readonly #folder: OutputFolder;
  #shown = 0;
  #pieces: string[] = [];
  #file: OutputFile | undefined;

  constructor(cell: string, folder: OutputFolder) {
    this.#cell = cell;
    this.#folder = folder;
  }

  /** The part of `text` that is to be shown; with the last part, where the rest is. */
  take(text: string): string {
    if (this.#file) {
      this.#file.write(text);
      return '';
    }
    // A line that overwrites itself, such as a progress bar, takes hardly any room; but it is kept until the cell has ended.
    const room = text.startsWith('\r') && !text.includes('\n') ? 1 + text.length / OVERWRITTEN : text.length;
    this.#shown += room;
    this.#pieces.push(text);
    if (this.#shown <= MOST_SHOWN) return text;
    const path = this.#folder.file(this.#cell);
    this.#file = new OutputFile(path);
    for (const piece of this.#pieces.splice(0)) this.#file.write(piece);
    const shown = text.slice(0, Math.max(0, text.length - (this.#shown - MOST_SHOWN)));
    return `${shown}\n… this cell has printed over ${MOST_SHOWN / 1e6} MB; the notebook shows no more of it. All of it, until the kernel ends: ${path}\n`;
  }

  /** The notebook was emptied, so there is room again. */
  clear(): void {
    if (this.#file) return;
    this.#shown = 0;
    this.#pieces = [];
  }

  flush(): void {
    this.#file?.flush();
  }
}

/** Takes text in small pieces and writes it in large ones; on a full disk, or at its limit, it keeps what it has. */
class OutputFile {
  readonly #descriptor: number;
  #pending: string[] = [];
  #length = 0;
  #kept = 0;
  #isOpen = true;

  constructor(path: string) {
    this.#descriptor = openSync(path, 'w');
  }

  write(text: string): void {
    if (!this.#isOpen) return;
    this.#pending.push(text);
    this.#length += text.length;
    if (this.#length >= BUFFER) this.flush();
  }

  flush(): void {
    if (!this.#isOpen || !this.#length) return;
    const text = this.#pending.join('');
    this.#pending = [];
    this.#length = 0;
    try {
      this.#kept += writeSync(this.#descriptor, text);
      if (this.#kept > MOST_KEPT) this.#end('\n… the rest is not kept\n');
    } catch {
      this.#end('');
    }
  }

  #end(note: string): void {
    this.#isOpen = false;
    try {
      writeSync(this.#descriptor, note);
    } catch {
      // The disk is full: what is there stays.
    }
    closeSync(this.#descriptor);
  }
}
