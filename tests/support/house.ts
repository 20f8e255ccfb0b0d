import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript6';

/** The source tree as the tests of its shape see it: files, rooms, doors, and what each door names. */
export const ROOT = join(import.meta.dirname, '..', '..');

export const text = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** Source files that are no tests, as paths of the repository. */
export const sources: readonly string[] = globSync('src/**/*.ts', { cwd: ROOT })
  .filter((file) => !file.endsWith('.test.ts'))
  .sort();

export const roomOf = (file: string): string => file.split('/')[1];

export const rooms: readonly string[] = [...new Set(sources.map(roomOf))].sort();

/** Rooms with something for users, which is all but the command line. */
export const publicRooms: readonly string[] = rooms.filter((room) => sources.includes(`src/${room}/index.ts`));

/** One name that a module exports, and where it is declared. */
export interface Public {
  readonly name: string;
  readonly symbol: ts.Symbol;
  readonly declarations: readonly ts.Declaration[];
}

const options = ts.parseJsonConfigFileContent(ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile).config, ts.sys, ROOT).options;
let house: ts.Program | undefined;

/** The compiler's view of `src/`; made once per test file, because it takes seconds. */
export function compiled(): ts.Program {
  house ??= ts.createProgram(
    sources.map((file) => join(ROOT, file)),
    options,
  );
  return house;
}

/** The compiler's view of modules that are on no disk, by path. */
export function compiledFrom(files: Readonly<Record<string, string>>): ts.Program {
  const paths = new Map(Object.entries(files).map(([file, code]) => [join(ROOT, file), code]));
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  host.fileExists = (file) => paths.has(file) || fileExists(file);
  host.readFile = (file) => paths.get(file) ?? readFile(file);
  return ts.createProgram([...paths.keys()], options, host);
}

/** What a module exports, re-exports followed to where they are declared. */
export function exportsOf(file: string, program = compiled()): Public[] {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(join(ROOT, file));
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) return [];
  return checker.getExportsOfModule(module).map((exported) => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    return { name: exported.name, symbol, declarations: symbol.declarations ?? [] };
  });
}

/** `src/nn/linear.ts:12`, of a node. */
export function place(node: ts.Node): string {
  const file = node.getSourceFile();
  const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
  return `${file.fileName.slice(ROOT.length + 1)}:${line + 1}`;
}
