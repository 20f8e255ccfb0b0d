import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { API, type Project, type Snapshot } from 'typescript/unstable/sync';
import { packageRoot } from '../../base/internal.js';
import { AMBIENT } from './ambient.js';
import type { Completions } from './completions.js';
import { LocalFiles } from './local-files.js';
import type { Options } from './options.js';

type Match = Completions['matches'][number];
type MembersAt = (project: Project, file: string, position: number) => Match[] | undefined;

/**
 * TypeScript 7, a program of its own that this one asks: it checks a cell in a tenth of the time and a third of the memory of the
 * compiler in JavaScript. It sees the notebook's folder with the cells in it as files, which exist nowhere but here.
 */
export class Checker {
  /** The file that is asked about: the cell that is to run, or that the reader is writing. */
  readonly cell: string;
  readonly #directory: string;
  readonly #options: Options;
  readonly #config: string;
  readonly #ambient: string;
  readonly #virtual = new Map<string, string>();
  readonly #changed = new Set<string>();
  readonly #local: LocalFiles;
  #roots: string[] = [];
  #globals: Match[] | undefined;
  #api: API | undefined;
  #snapshot: Snapshot | undefined;

  constructor(directory: string, options: Options) {
    this.#directory = directory;
    this.#options = options;
    this.cell = join(directory, '$cell.ts');
    this.#config = join(directory, '$tsconfig.json');
    this.#ambient = join(directory, '$ambient.d.ts');
    this.#local = new LocalFiles(directory);
    this.write(this.#ambient, AMBIENT);
    this.write(this.cell, '');
    this.configure();
  }

  fileOf = (id: string) => join(this.#directory, `${id}.ts`);

  write(file: string, text: string): void {
    if (this.#virtual.get(file) === text) return;
    this.#virtual.set(file, text);
    this.#changed.add(file);
  }

  textOf = (file: string): string | undefined => this.#virtual.get(file);

  /** Cells that count without being imported: those that add to the types of the world. */
  setRoots(files: string[]): void {
    this.#roots = files;
    this.configure();
  }

  /** Takes up what the options and the roots are now. */
  configure(): void {
    this.#globals = undefined;
    const declarations = this.#local.declarations();
    this.write(this.#config, this.#options.config([this.cell, this.#ambient, GLOBALS, ...declarations, ...this.#roots]));
  }

  /** Asks about the files as they are now. A compiler that failed or was killed is started anew. */
  ask<T>(question: (project: Project) => T): T {
    try {
      return question(this.#project());
    } catch {
      this.close();
      return question(this.#project());
    }
  }

  /** The names of the global scope, values and types; they change only with the roots. */
  globals(membersAt: MembersAt): Match[] {
    this.#globals ??= ['globalThis.', 'let x: globalThis.'].flatMap((code) => {
      this.write(this.cell, code);
      return this.ask((project) => membersAt(project, this.cell, code.length) ?? []);
    });
    return this.#globals;
  }

  /** Reads everything again: a package was installed, or a file appeared where nobody looked. */
  forget(): void {
    this.#snapshot?.dispose();
    this.#snapshot = this.#api?.updateSnapshot({ fileChanges: { invalidateAll: true } });
  }

  close(): void {
    try {
      this.#api?.close();
    } catch {
      // It is gone already.
    }
    this.#api = undefined;
    this.#snapshot = undefined;
  }

  #project(): Project {
    const { changed, created, deleted } = this.#local.changes();
    if (created.length || deleted.length) this.configure();
    changed.push(...this.#changed);
    if (!this.#snapshot || changed.length + created.length + deleted.length) {
      this.#api ??= new API({ cwd: this.#directory, fs: this.#fileSystem() });
      const before = this.#snapshot;
      this.#snapshot = this.#api.updateSnapshot(before ? { fileChanges: { changed, created, deleted } } : { openProjects: [this.#config] });
      before?.dispose();
      this.#changed.clear();
    }
    const project = this.#snapshot.getProject(this.#config)!;
    this.#local.watch(() => project.program.getSourceFileNames().filter((file) => !this.#virtual.has(file)), this.#virtual.get(this.cell)!);
    return project;
  }

  /** A notebook that lies elsewhere finds this package's dependencies too, in the last place that is searched: `/node_modules`. */
  #fileSystem() {
    const { cells, all } = { cells: this.#virtual, all: !this.#directory.startsWith(packageRoot) };
    const own = {
      readFile: (file: string) => cells.get(file),
      fileExists: (file: string) => (cells.has(file) ? true : undefined),
    };
    if (!all) return own;
    return {
      readFile: (file: string) => cells.get(file) ?? (isLast(file) ? (readIfThere(place(file)) ?? null) : undefined),
      fileExists: (file: string) => cells.has(file) || (isLast(file) ? (kind(file)?.isFile() ?? false) : undefined),
      directoryExists: (folder: string) => (isLast(folder) ? (kind(folder)?.isDirectory() ?? false) : undefined),
      realpath: (file: string) => (isLast(file) && existsSync(place(file)) ? realpathSync(place(file)) : undefined),
    };
  }
}

const isLast = (file: string) => file === '/node_modules' || file.startsWith('/node_modules/');
const place = (file: string) => join(packageRoot, file);
const kind = (file: string) => statSync(place(file), { throwIfNoEntry: false });
const readIfThere = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);

/** Declares what cells find in the global scope: `input`, `password`. */
const GLOBALS = join(packageRoot, 'dist/kernel/globals.d.ts');
