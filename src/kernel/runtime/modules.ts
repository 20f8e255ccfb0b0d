import { existsSync, statSync } from 'node:fs';
import { createRequire, Module, registerHooks } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { drawFrames } from '../display/frame-plot.js';
import { currentCell } from './cell-context.js';
import { loadTypeScript } from './transform.js';

type Namespace = Record<string, unknown>;

/** A module that cells import: `module` is replaced when a reload finds that its files changed. */
export interface Loaded {
  module: Namespace;
}

const OWN_URL = import.meta.url;
const TSLAB = new URL('../tslab.js', OWN_URL).href;
const EXTENSIONS = ['.ts', '.mts', '.js', '/index.ts', '/index.js'];

/**
 * Loads modules for cells: from the notebook's folder first, then from this package, so that `lemmata/<room>` and its
 * dependencies are found everywhere. A local file that changed since it was loaded, or that imports one that did, is loaded
 * anew by the next import; everything else keeps its one instance.
 */
export class Modules {
  readonly dirname: string;
  /** The notebook, if Jupyter says which it is. */
  readonly filename: string;
  /** What a script of Node finds under these names, as the main one: `require.main === module`. */
  readonly require: NodeJS.Require;
  readonly module: Module;
  readonly exports: unknown;
  readonly meta: Pick<ImportMeta, 'url' | 'dirname' | 'filename' | 'resolve'> & { main: boolean };
  readonly #base: string;
  readonly #loaded = new Map<string, Loaded>();
  /** file → the local files it imports */
  readonly #imports = new Map<string, Set<string>>();
  /** file → the version that was asked for last */
  readonly #served = new Map<string, number>();
  /** file → when it last changed and its version, known for the time that one import takes */
  readonly #modified = new Map<string, number>();
  readonly #versions = new Map<string, number>();
  /** file → when it had last changed, at its first load */
  readonly #first = new Map<string, number>();

  constructor(directory: string) {
    this.#base = pathToFileURL(join(directory, 'cell.js')).href;
    this.dirname = directory;
    this.filename = join(directory, basename(process.env.JPY_SESSION_NAME || 'notebook.ipynb'));
    this.module = new Module(this.filename);
    this.exports = this.module.exports;
    this.require = Object.assign(createRequire(this.#base), { main: this.module });
    Object.assign(this.module, {
      filename: this.filename,
      path: directory,
      paths: this.require.resolve.paths('x') ?? [],
      require: this.require,
    });
    this.meta = {
      url: pathToFileURL(this.filename).href,
      dirname: directory,
      filename: this.filename,
      main: true,
      resolve: (specifier) => import.meta.resolve(specifier), // the hooks below take this file for a cell
    };
    registerHooks({
      resolve: (specifier, context, next) => {
        const found = this.#resolve(specifier, context, next);
        return { ...found, url: this.#versioned(found.url, context.parentURL) };
      },
      load: loadTypeScript,
    });
  }

  /** The module as it is now, in a record that every import of it shares. */
  async load(specifier: string): Promise<Loaded> {
    const module = await this.import(specifier);
    const known = this.#loaded.get(specifier);
    if (known) known.module = module;
    else this.#loaded.set(specifier, { module });
    return this.#loaded.get(specifier)!;
  }

  import = async (specifier: string): Promise<Namespace> => {
    const cell = currentCell();
    if (cell) cell.loading++;
    try {
      const module = interoperable(
        specifier.endsWith('.json') ? await import(specifier, { with: { type: 'json' } }) : await import(specifier),
      );
      if (specifier === 'danfojs-node') drawFrames(module);
      return module;
    } finally {
      if (cell) cell.loading--;
    }
  };

  /** Loads again what changed on disk, for all cells that imported it. */
  async reload(): Promise<void> {
    for (const specifier of this.#loaded.keys()) await this.load(specifier);
  }

  #resolve: Resolve = (specifier, context, next) => {
    const isFromCell = context.parentURL === OWN_URL || context.parentURL === this.#base;
    if (!isFromCell && !isLocal(context.parentURL)) return next(specifier, context);
    if (specifier === 'tslab') return { url: TSLAB, shortCircuit: true };
    if (/^lemmata(\/|$)/.test(specifier)) return next(specifier, { ...context, parentURL: OWN_URL });
    if (!isFromCell) return resolveLoosely(specifier, context, next);
    try {
      return resolveLoosely(specifier, { ...context, parentURL: this.#base }, next);
    } catch (error) {
      if (/^\.{0,2}\//.test(specifier)) throw error;
      return next(specifier, { ...context, parentURL: OWN_URL }); // the attempt has changed `context`
    }
  };

  /** A file that is as it was when first loaded, like all it imports, keeps its plain URL: the instance that others share. */
  #versioned(url: string, parent: string | undefined): string {
    if (!isLocal(url)) return url;
    const file = fileURLToPath(url);
    if (parent && isLocal(parent)) this.#importsOf(fileURLToPath(parent)).add(file);
    const version = this.#versions.get(file) ?? this.#version(file, new Set());
    this.#versions.set(file, version);
    if (version !== (this.#served.get(file) ?? 0)) delete this.require.cache[file]; // CommonJS knows files, not URLs
    this.#served.set(file, version);
    return version === 0 ? url : `${pathToFileURL(file)}?v=${version}`;
  }

  #importsOf(file: string): Set<string> {
    const known = this.#imports.get(file) ?? new Set();
    this.#imports.set(file, known);
    return known;
  }

  #lastChange(file: string): number {
    const known = this.#modified.get(file);
    if (known !== undefined) return known;
    if (!this.#modified.size)
      setImmediate(() => {
        this.#modified.clear();
        this.#versions.clear();
      });
    const now = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    this.#modified.set(file, now);
    return now;
  }

  /** 0 until the file or one that it imports, known so far, has changed; then when the latest of them did. */
  #version(file: string, seen: Set<string>): number {
    seen.add(file);
    const now = this.#lastChange(file);
    const first = this.#first.get(file) ?? now;
    this.#first.set(file, first);
    const below = [...this.#importsOf(file)].filter((imported) => !seen.has(imported)).map((imported) => this.#version(imported, seen));
    return Math.max(now === first ? 0 : now, ...below);
  }
}

type Resolve = Parameters<typeof registerHooks>[0]['resolve'] & {};

const isLocal = (url: string | undefined) => !!url?.startsWith('file:') && !url.includes('/node_modules/');

/** As TypeScript resolves relative imports: `./prices` or `./prices.js` may be `prices` with any extension of TypeScript. */
const resolveLoosely: Resolve = (specifier, context, next) => {
  if (!/^\.{1,2}\//.test(specifier) || !context.parentURL) return next(specifier, context);
  const exact = new URL(specifier, context.parentURL);
  if (existsSync(exact) && statSync(exact).isFile()) return next(specifier, context);
  const stem = specifier.replace(/\.js$/, '');
  const extension = EXTENSIONS.find((candidate) => existsSync(new URL(stem + candidate, context.parentURL)));
  return next(extension ? stem + extension : specifier, context);
};

/** A CommonJS module that was compiled from ES modules exports `default` and names, as its types say; Node wraps them once more. */
function interoperable(module: Namespace): Namespace {
  const exported = module['module.exports'] as Namespace | undefined;
  if (!exported) return module;
  if (exported.__esModule) return exported;
  return typeof exported === 'object' || typeof exported === 'function'
    ? new Proxy(module, { get: (target, name) => reach(target, exported, name) })
    : module;
}

const reach = (module: Namespace, exported: Namespace, name: string | symbol) =>
  name in module ? module[name as string] : exported[name as string];
