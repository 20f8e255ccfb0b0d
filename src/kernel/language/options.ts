import { join } from 'node:path';
import ts from 'typescript6';
import { packageRoot } from '../../base/internal.js';

/** What a notebook may decide itself, in a line `%ts strict off` or in its folder's tsconfig.json. */
const DEFAULTS = {
  strict: true,
  lib: ['esnext'], // without `dom`: cells run in Node, where `document` or a stray `name` would fail
  types: ['node'],
  typeRoots: [join(packageRoot, 'node_modules/@types')],
};

/** What cells rest on: they are modules that the kernel itself finds, rewrites and runs. */
const FIXED = {
  target: 'es2023',
  module: 'preserve',
  moduleResolution: 'bundler',
  moduleDetection: 'force',
  allowImportingTsExtensions: true,
  resolveJsonModule: true,
  esModuleInterop: true,
  isolatedModules: true,
  skipLibCheck: true,
  noEmit: true,
  allowJs: false,
  composite: false,
  incremental: false,
  noUnusedLocals: false,
  noUnusedParameters: false,
  verbatimModuleSyntax: false,
  erasableSyntaxOnly: false,
};

/** The switches that `%ts <name> on|off` may turn. */
export const SWITCHES = [
  'strict',
  'noImplicitAny',
  'strictNullChecks',
  'strictFunctionTypes',
  'strictPropertyInitialization',
  'noImplicitThis',
  'useUnknownInCatchVariables',
  'noUncheckedIndexedAccess',
  'exactOptionalPropertyTypes',
  'noImplicitReturns',
  'experimentalDecorators',
  'emitDecoratorMetadata',
] as const;

/** What decides how cells are checked and compiled: the folder's tsconfig.json, and over it the notebook's own switches. */
export class Options {
  readonly #file: string | undefined;
  readonly #folder: ts.CompilerOptions;
  readonly #switches = new Map<string, boolean>();
  readonly #guesses = new Map<string, boolean>();

  constructor(directory: string) {
    const file = join(directory, 'tsconfig.json');
    // The tsconfig.json of a package says how that package is built; a notebook's folder has one for its notebooks.
    this.#file = directory !== packageRoot && ts.sys.fileExists(file) ? file : undefined;
    this.#folder = this.#file ? optionsOf(this.#file) : {};
  }

  set(name: string, on: boolean): void {
    this.#switches.set(name, on);
  }

  /** What the notebook's own cells suggest, where nobody has said what holds. */
  guess(name: string, on: boolean): void {
    this.#guesses.set(name, on);
  }

  isSet(name: string): boolean {
    return this.#switches.has(name) || name in this.#folder;
  }

  get(name: string): unknown {
    return this.#switches.get(name) ?? this.#folder[name] ?? this.#guesses.get(name);
  }

  /** The configuration, as the text of a tsconfig.json, for a program of these files. */
  config(files: string[]): string {
    const defaults = Object.fromEntries(Object.entries(DEFAULTS).filter(([name]) => !(name in this.#folder)));
    const paths = {
      ...this.#paths(),
      'lemmata/*': [join(packageRoot, 'dist/*/index.d.ts')],
      tslab: [join(packageRoot, 'dist/kernel/tslab.d.ts')],
    };
    const compilerOptions = { ...defaults, ...FIXED, paths, ...Object.fromEntries([...this.#guesses, ...this.#switches]) };
    return JSON.stringify({ ...(this.#file && { extends: this.#file }), compilerOptions, files, include: [] });
  }

  #paths(): ts.MapLike<string[]> {
    const { paths = {}, pathsBasePath, baseUrl } = this.#folder;
    const base = baseUrl ?? String(pathsBasePath);
    return Object.fromEntries(Object.entries(paths).map(([pattern, targets]) => [pattern, targets.map((target) => join(base, target))]));
  }

  /** How one cell becomes JavaScript, once its types are known to be right. */
  emit(): ts.CompilerOptions {
    const { jsx, jsxFactory, jsxFragmentFactory, jsxImportSource, useDefineForClassFields } = this.#folder;
    return {
      jsx,
      jsxFactory,
      jsxFragmentFactory,
      jsxImportSource,
      useDefineForClassFields,
      experimentalDecorators: this.get('experimentalDecorators') === true,
      emitDecoratorMetadata: this.get('emitDecoratorMetadata') === true,
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.Preserve,
      moduleDetection: ts.ModuleDetectionKind.Force,
      isolatedModules: true,
      preserveConstEnums: true,
      sourceMap: true,
      noCheck: true, // that was done
      noLib: true,
      noResolve: true,
      types: [],
    };
  }
}

/** What a tsconfig.json and those it extends say. It is read once: a kernel keeps the options that it started with. */
function optionsOf(file: string): ts.CompilerOptions {
  const host = { ...ts.sys, readDirectory: () => [], onUnRecoverableConfigFileDiagnostic: () => {} };
  return ts.getParsedCommandLineOfConfigFile(file, {}, host)?.options ?? {};
}

const SWITCH = /^[ \t]*%ts[ \t]+(\w+)[ \t]+(on|off)[ \t]*$/;

export interface Switches {
  /** The cell without its `%ts` lines: they become comments, so that no place in it moves. */
  code: string;
  switches: [name: string, on: boolean][];
  /** The first line that is no switch though it begins like one. */
  wrong?: { line: number; text: string; message: string };
}

/** What the `%ts` lines say that a cell begins with. */
export function switchesIn(cell: string): Switches {
  const lines = cell.split('\n');
  const found: Switches = { code: cell, switches: [] };
  for (let i = 0; i < lines.length && /^\s*(?:%ts\b|$)/.test(lines[i]); i++) {
    if (!lines[i].trim()) continue;
    const [, name, state] = SWITCH.exec(lines[i]) ?? [];
    if ((SWITCHES as readonly string[]).includes(name)) found.switches.push([name, state === 'on']);
    else
      found.wrong ??= {
        line: i,
        text: lines[i],
        message: `got '${lines[i].trim()}'; write %ts strict off, with on or off after one of ${SWITCHES.join(', ')}`,
      };
    lines[i] = lines[i].replace('%t', '//');
  }
  return { ...found, code: lines.join('\n') };
}
