import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { FileChanges } from 'typescript/unstable/proto';
import { API, type Project, type Snapshot } from 'typescript/unstable/sync';
import { packageRoot } from '../../base/internal.js';
import { AMBIENT } from './ambient.js';
import type { Completions } from './completions.js';
import { LocalFiles } from './local-files.js';
import type { Options } from './options.js';

type Match = Completions['matches'][number];
type Globals = Record<'values' | 'types', Match[]>;
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
  #globals: Globals | undefined;
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

  /** Takes up what the options and the declarations beside the notebook are now. */
  configure(): void {
    this.forgetGlobals();
    const declarations = this.#local.declarations();
    this.write(this.#config, this.#options.config([this.cell, this.#ambient, GLOBALS, ...declarations]));
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

  /** Takes up all changes so far at once: where imports changed, the program is made anew in any case. */
  takeUp(): void {
    const changed = [...this.#changed];
    this.#changed.clear();
    try {
      if (this.#snapshot) this.#update({ changed });
    } catch {
      this.close(); // the next question starts it anew
    }
  }

  /** The names of the global scope. */
  globals(membersAt: MembersAt): Globals {
    const namesAfter = (code: string) => {
      this.write(this.cell, code);
      return this.ask((project) => membersAt(project, this.cell, code.length) ?? []);
    };
    this.#globals ??= { values: namesAfter('globalThis.'), types: namesAfter('let x: globalThis.') };
    return this.#globals;
  }

  /** They change with the options, with declarations beside the notebook, and with a cell that adds to the types of the world. */
  forgetGlobals(): void {
    this.#globals = undefined;
  }

  /** Reads everything again: a package was installed, or a file appeared where nobody looked. */
  forget(): void {
    if (this.#snapshot) this.#update({ invalidateAll: true });
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
    this.#changed.clear();
    if (!this.#snapshot) {
      this.#api ??= new API({ cwd: this.#directory, fs: this.#fileSystem() });
      this.#snapshot = this.#api.updateSnapshot({ openProjects: [this.#config] });
    } else if (created.length || deleted.length || changed.includes(this.#config)) this.#update({ changed, created, deleted });
    // One at a time: a program takes up the change of one file in place, and is made anew for several.
    else for (const file of changed) this.#update({ changed: [file] });
    const project = this.#snapshot.getProject(this.#config)!;
    this.#local.watch(() => project.program.getSourceFileNames().filter((file) => !this.#virtual.has(file)), this.#virtual.get(this.cell)!);
    return project;
  }

  #update(fileChanges: FileChanges): void {
    const before = this.#snapshot;
    this.#snapshot = this.#api!.updateSnapshot({ fileChanges });
    before?.dispose();
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
