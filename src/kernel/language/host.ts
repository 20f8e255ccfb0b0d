import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript6';
import { packageRoot } from '../../base/internal.js';

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.esnext.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  allowImportingTsExtensions: true,
  resolveJsonModule: true,
  esModuleInterop: true,
  preserveConstEnums: true,
  strict: true,
  skipLibCheck: true,
  sourceMap: true,
  types: ['node'],
  typeRoots: ts.getEffectiveTypeRoots({}, { getCurrentDirectory: () => packageRoot }),
};

const isInstalled = (file: string) => file.includes('/node_modules/');

/**
 * The language service's view of the world: the cells in memory, every other file on disk. From the package's root cells find
 * `lemmata/<room>` and its dependencies, wherever the notebook lies.
 */
export class LanguageHost implements ts.LanguageServiceHost {
  readonly #directory: string;
  /** What installed and built files import, by folder and specifier, once found: where a file is does not change under a running kernel. */
  readonly #found = new Map<string, ts.ResolvedModuleWithFailedLookupLocations>();
  /** The texts of files on disk: the service asks for every one at every cell. */
  readonly #snapshots = new Map<string, { version: string; snapshot: ts.IScriptSnapshot }>();
  readonly #resolutions = ts.createModuleResolutionCache(packageRoot, (file) => file, OPTIONS);
  readonly #cells = new Map<string, { text: string; version: number }>();
  #roots: string[] = [];
  #version = 0;

  readonly useCaseSensitiveFileNames = () => ts.sys.useCaseSensitiveFileNames;
  readonly directoryExists = ts.sys.directoryExists;
  readonly getDirectories = ts.sys.getDirectories;
  readonly readDirectory = ts.sys.readDirectory;
  readonly realpath = ts.sys.realpath;

  constructor(directory: string) {
    this.#directory = directory;
  }

  fileOf = (id: string) => join(this.#directory, `${id}.ts`);

  put(id: string, text: string): void {
    this.#cells.set(this.fileOf(id), { text, version: ++this.#version });
    this.#roots = [...this.#roots.filter((file) => file !== this.fileOf(id)), this.fileOf(id)];
  }

  remove(id: string): void {
    this.#cells.delete(this.fileOf(id));
    this.#roots = this.#roots.filter((file) => file !== this.fileOf(id));
  }

  /** The cells that still declare something. Others stay readable: a later cell may rest on their types. */
  setRoots(ids: string[]): void {
    this.#roots = ids.map(this.fileOf);
  }

  getCompilationSettings = () => OPTIONS;
  getCurrentDirectory = () => this.#directory;
  getDefaultLibFileName = ts.getDefaultLibFilePath;
  getScriptFileNames = () => [GLOBALS, ...this.#roots];
  fileExists = (file: string) => this.#cells.has(file) || ts.sys.fileExists(file);
  readFile = (file: string) => this.#cells.get(file)?.text ?? ts.sys.readFile(file);

  getScriptSnapshot = (file: string) => {
    const version = this.getScriptVersion(file);
    const known = this.#snapshots.get(file);
    if (known?.version === version) return known.snapshot;
    const text = this.readFile(file);
    if (text === undefined) return undefined;
    const snapshot = ts.ScriptSnapshot.fromString(text);
    if (!this.#cells.has(file)) this.#snapshots.set(file, { version, snapshot });
    return snapshot;
  };

  // Installed packages do not change under a running kernel; the library and the user's own files do.
  getScriptVersion = (file: string) => {
    const cell = this.#cells.get(file);
    if (cell) return String(cell.version);
    if (isInstalled(file)) return 'installed';
    return String(statSync(file, { throwIfNoEntry: false })?.mtimeMs);
  };

  resolveModuleNameLiterals = (
    literals: readonly ts.StringLiteralLike[],
    containingFile: string,
  ): readonly ts.ResolvedModuleWithFailedLookupLocations[] =>
    literals.map(({ text }) => {
      const stays = isInstalled(containingFile) || containingFile.startsWith(BUILT);
      if (!stays) return this.#resolve(text, containingFile);
      const key = `${dirname(containingFile)} ${text}`;
      const known = this.#found.get(key) ?? ts.resolveModuleName(text, containingFile, OPTIONS, this, this.#resolutions);
      if (known.resolvedModule) this.#found.set(key, known);
      return known;
    });

  #resolve(specifier: string, containingFile: string): ts.ResolvedModuleWithFailedLookupLocations {
    if (specifier === 'tslab') return resolved(builtFile('kernel/tslab'));
    const room = /^lemmata\/(.+)$/.exec(specifier)?.[1];
    if (room) return resolved(builtFile(`${room}/index`));
    const near = ts.resolveModuleName(specifier, containingFile, OPTIONS, this);
    const isRelative = /^\.{0,2}\//.test(specifier);
    return near.resolvedModule || isRelative ? near : ts.resolveModuleName(specifier, join(packageRoot, 'cell.ts'), OPTIONS, this);
  }
}

const BUILT = join(packageRoot, 'dist', '/');
const builtFile = (path: string) => join(packageRoot, 'dist', `${path}.d.ts`);

const resolved = (file: string): ts.ResolvedModuleWithFailedLookupLocations => ({
  resolvedModule: ts.sys.fileExists(file)
    ? { resolvedFileName: file, extension: ts.Extension.Dts, isExternalLibraryImport: false }
    : undefined,
});

/** Declares what cells find in the global scope: `input`, `password`. */
const GLOBALS = builtFile('kernel/globals');
