import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import ts from 'typescript6';
import { packageRoot } from '../../base/internal.js';
import type { Completions } from './completions.js';

type Match = Completions['matches'][number];

/** A string that the cursor stands in, and what of it is written before the cursor. */
export interface OpenString {
  begun: string;
  /** Whether it says what to import. */
  isModule: boolean;
}

/** The string at `offset` of a cell, closed or not yet. */
export function stringAt(code: string, offset: number): OpenString | undefined {
  const source = ts.createSourceFile('cell.ts', code, ts.ScriptTarget.Latest, true);
  const find = (node: ts.Node): ts.Node | undefined =>
    node.pos < offset && offset <= node.end ? (ts.forEachChild(node, find) ?? node) : undefined;
  const node = find(source);
  if (!node || !ts.isStringLiteralLike(node) || node.getStart() >= offset) return undefined;
  const isClosed = node.getText().length > 1 && !node.isUnterminated && offset === node.end;
  return isClosed ? undefined : { begun: code.slice(node.getStart() + 1, offset), isModule: namesModule(node) };
}

function namesModule(literal: ts.StringLiteralLike): boolean {
  const { parent } = literal;
  if (ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent) || ts.isExternalModuleReference(parent)) return true;
  if (ts.isLiteralTypeNode(parent)) return ts.isImportTypeNode(parent.parent);
  if (!ts.isCallExpression(parent) || parent.arguments[0] !== literal) return false;
  const { expression: callee } = parent;
  return callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require');
}

const RELATIVE = /^(?:\.{1,2}\/|\/)/;

/** The modules and files that a string which began so may go on to name, for a notebook in `directory`. */
export function completePath({ begun, isModule }: OpenString, offset: number, directory: string): Completions | undefined {
  const typed = RELATIVE.test(begun) ? begun.slice(begun.lastIndexOf('/') + 1) : begun;
  if (typed === begun && !isModule) return undefined;
  const found =
    typed === begun
      ? modulesFor(begun, directory)
      : filesIn(join(begun.startsWith('/') ? '' : directory, begun.slice(0, begun.length - typed.length)), isModule);
  const matches = found.filter(({ text }) => text.startsWith(typed) && (typed.startsWith('.') || !text.startsWith('.')));
  return { start: offset - typed.length, end: offset, matches };
}

const IMPORTABLE = /(?<!\.d)\.[mc]?[jt]s$|\.json$/;

function filesIn(folder: string, isModule: boolean): Match[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry): Match[] => {
      if (entry.isDirectory()) return [{ text: `${entry.name}/`, kind: 'directory' }];
      return isModule && !IMPORTABLE.test(entry.name) ? [] : [{ text: entry.name, kind: 'file' }];
    })
    .toSorted(byText);
}

const byText = (a: Match, b: Match) => (a.text < b.text ? -1 : 1);

/** The library's rooms, the packages that the checkout and the notebook's own folder depend on, and Node's own modules. */
function modulesFor(begun: string, directory: string): Match[] {
  const packages = [...new Set([...dependenciesOf(packageRoot), ...dependenciesOf(nearestPackage(directory))])].toSorted();
  const inside = packages.filter((name) => begun.startsWith(`${name}/`)).flatMap((name) => subpathsOf(name, directory));
  const builtin = builtinModules.filter((name) => !name.startsWith('_') && !name.startsWith('node:'));
  const names = [...rooms(), 'tslab', ...packages, ...inside, ...builtin.map((name) => `node:${name}`), ...(begun ? builtin : [])];
  return names.map((text) => ({ text, kind: 'module' }));
}

const rooms = () =>
  readdirSync(join(packageRoot, 'dist'))
    .filter((room) => existsSync(join(packageRoot, 'dist', room, 'index.d.ts')))
    .map((room) => `lemmata/${room}`);

function nearestPackage(folder: string): string {
  if (existsSync(join(folder, 'package.json')) || dirname(folder) === folder) return folder;
  return nearestPackage(dirname(folder));
}

function dependenciesOf(folder: string): string[] {
  const { dependencies, devDependencies, optionalDependencies } = readJson(join(folder, 'package.json'));
  return Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies }).filter((name) => !name.startsWith('@types/'));
}

/** What a package lets be imported beside itself: the entries of its `exports` without a pattern. */
function subpathsOf(name: string, directory: string): string[] {
  const homes = [nearestPackage(directory), packageRoot].map((folder) => join(folder, 'node_modules', name, 'package.json'));
  const { exports } = readJson(homes.find((file) => existsSync(file)));
  return Object.keys(exports ?? {})
    .filter((entry) => entry.startsWith('./') && !/[*]|\.json$/.test(entry))
    .map((entry) => name + entry.slice(1));
}

function readJson(file: string | undefined): Record<string, Record<string, unknown> | undefined> {
  try {
    return JSON.parse(readFileSync(file!, 'utf8'));
  } catch {
    return {};
  }
}
