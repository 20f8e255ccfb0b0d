import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

interface Changes {
  changed: string[];
  created: string[];
  deleted: string[];
}

/**
 * The files that may change under a running kernel: what the notebook imports outside `node_modules`, and what else lies in its
 * folder. The compiler watches nothing, so it is told what is new since it last looked.
 */
export class LocalFiles {
  readonly #directory: string;
  readonly #watched = new Map<string, number>();
  #modified: number;
  #entries: string[];
  #imports = '';

  constructor(directory: string) {
    this.#directory = directory;
    this.#modified = modified(directory);
    this.#entries = list(directory);
  }

  /** The declarations that lie beside the notebook: they hold without an import, as in any project. */
  declarations(): string[] {
    return this.#entries.filter((name) => name.endsWith('.d.ts')).map((name) => join(this.#directory, name));
  }

  changes(): Changes {
    const changes: Changes = { changed: [], created: [], deleted: [] };
    for (const [file, before] of this.#watched) {
      const now = modified(file);
      if (now === before) continue;
      changes[now ? 'changed' : 'deleted'].push(file);
      this.#watched.set(file, now);
      this.#imports = ''; // it may import others now
    }
    const now = modified(this.#directory);
    if (now === this.#modified) return changes;
    this.#modified = now;
    const [before, after] = [new Set(this.#entries), list(this.#directory)];
    this.#entries = after;
    changes.created.push(...after.filter((name) => !before.has(name)).map((name) => join(this.#directory, name)));
    for (const name of after) before.delete(name);
    changes.deleted.push(...[...before].map((name) => join(this.#directory, name)).filter((file) => !changes.deleted.includes(file)));
    return changes;
  }

  /** Looks from now on at the files that a cell brought in; only one with other imports than the last can have brought any. */
  watch(filesOf: () => readonly string[], cell: string): void {
    const imports = (cell.match(/\b(?:import|require|from)\b[^\n]{0,300}/g) ?? []).filter((line) => !line.includes("'./$cell")).join('\n');
    if (imports === this.#imports) return;
    this.#imports = imports;
    for (const file of filesOf()) if (!file.includes('/node_modules/') && !this.#watched.has(file)) this.#watched.set(file, modified(file));
  }
}

/** When a file last changed; 0 if there is none. */
const modified = (file: string) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
