import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MimeBundle } from '../protocol.js';

/** What a cell may print into the notebook: a front end with more of it stands still for seconds. */
const MOST_SHOWN = 1_000_000;
/** What its charts, tables and images may hold together. */
const MOST_DISPLAYED = 50_000_000;
/** What the file may hold of it: an endless loop must not fill the disk. */
const MOST_KEPT = 2 ** 31;
/** How much less than other text the text counts that overwrites itself. */
const OVERWRITTEN = 50;
const BUFFER = 2 ** 16;

const ENDINGS: Record<string, string> = { 'text/html': 'html', 'image/svg+xml': 'svg', 'image/png': 'png', 'image/jpeg': 'jpg' };

const textOf = (form: unknown): string => (typeof form === 'string' ? form : (JSON.stringify(form) ?? ''));

/** Where the output that is too long for the notebook goes; it ends with the kernel. */
export class OutputFolder {
  #path: string | undefined;

  /** @param ending  what follows the cell in the file's name */
  file(cell: string, ending: string): string {
    this.#path ??= mkdtempSync(join(tmpdir(), 'lemmata-output-'));
    return join(this.#path, `${cell.replace(/[[\]]+/g, '-').replace(/-$/, '')}${ending}`);
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
  #displayed = 0;
  /** Outputs that are in files. */
  #kept = 0;
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
    const path = this.#folder.file(this.#cell, '.txt');
    this.#file = new OutputFile(path);
    for (const piece of this.#pieces.splice(0)) this.#file.write(piece);
    const shown = text.slice(0, Math.max(0, text.length - (this.#shown - MOST_SHOWN)));
    return `${shown}\n… this cell has printed over ${MOST_SHOWN / 1e6} MB; the notebook shows no more of it. All of it, until the kernel ends: ${path}\n`;
  }

  /** The forms of an output, as far as there is room; else where the longest of them is. */
  display(data: MimeBundle): MimeBundle {
    const lengths = Object.entries(data).map(([type, form]) => [type, textOf(form).length] as const);
    const length = lengths.reduce((sum, [, part]) => sum + part, 0);
    this.#displayed += length;
    if (this.#displayed <= MOST_DISPLAYED) return data;
    this.#displayed -= length;
    const [type] = lengths.reduce((a, b) => (b[1] > a[1] ? b : a));
    const path = this.#folder.file(
      this.#cell,
      `-output-${++this.#kept}.${ENDINGS[type] ?? (typeof data[type] === 'string' ? 'txt' : 'json')}`,
    );
    writeFileSync(path, textOf(data[type]), /^image\/(?!svg)/.test(type) ? 'base64' : 'utf8');
    const size = (length / 1e6).toFixed(1);
    return {
      'text/plain': `… this output of ${size} MB would make over ${MOST_DISPLAYED / 1e6} MB in this cell, more than a notebook can show. It is, until the kernel ends, in ${path}`,
    };
  }

  /** The notebook was emptied, so there is room again. */
  clear(): void {
    this.#displayed = 0;
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
