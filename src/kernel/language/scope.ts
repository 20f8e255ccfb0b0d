import ts from 'typescript6';
import { hostOf } from './compile-cell.js';
import type { Completions } from './completions.js';

const FILE = '/cell.ts';
const OPTIONS: ts.CompilerOptions = { target: ts.ScriptTarget.ES2023, noLib: true, noResolve: true, types: [] };

/** The names that a cell's own text has in scope at a place, imported ones among them; the nearest meaning of each. */
export function namesInScope(text: string, position: number): Completions['matches'] {
  const program = ts.createProgram([FILE], OPTIONS, hostOf(FILE, text));
  const symbols = program.getTypeChecker().getSymbolsInScope(nodeAt(program.getSourceFile(FILE)!, position), EVERYTHING);
  return symbols
    .map(({ name, flags }) => ({ text: name, kind: KINDS.find(([flag]) => flags & flag)?.[1] ?? 'variable' }))
    .toSorted((a, b) => (a.text < b.text ? -1 : 1));
}

function nodeAt(source: ts.SourceFile, position: number): ts.Node {
  const find = (node: ts.Node): ts.Node | undefined =>
    node.pos <= position && position <= node.end ? (ts.forEachChild(node, find) ?? node) : undefined;
  return find(source) ?? source;
}

const EVERYTHING = ts.SymbolFlags.Value | ts.SymbolFlags.Type | ts.SymbolFlags.Namespace | ts.SymbolFlags.Alias;

const KINDS: [ts.SymbolFlags, string][] = [
  [ts.SymbolFlags.Function, 'function'],
  [ts.SymbolFlags.Class, 'class'],
  [ts.SymbolFlags.Enum, 'enum'],
  [ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias, 'interface'],
  [ts.SymbolFlags.Module, 'module'],
  [ts.SymbolFlags.TypeParameter, 'typeParameter'],
];
