import ts from 'typescript6';
import { hostOf } from './compile-cell.js';
import type { Completions } from './completions.js';

const FILE = '/cell.ts';
const OPTIONS: ts.CompilerOptions = { target: ts.ScriptTarget.ES2023, noLib: true, noResolve: true, types: [] };

export interface Scope {
  /** Whether the place is one of a type: what is only a value cannot stand there, nor elsewhere what is only a type. */
  isType: boolean;
  names: Completions['matches'];
}

/** The names that a cell's own text has in scope at a place, imported ones among them; the nearest meaning of each. */
export function scopeAt(text: string, position: number): Scope {
  const program = ts.createProgram([FILE], OPTIONS, hostOf(FILE, text));
  const node = nodeAt(program.getSourceFile(FILE)!, position);
  const isType = isPlaceOfType(node);
  const names = program
    .getTypeChecker()
    .getSymbolsInScope(node, ts.SymbolFlags.Namespace | ts.SymbolFlags.Alias | (isType ? ts.SymbolFlags.Type : ts.SymbolFlags.Value))
    .map(({ name, flags }) => ({ text: name, kind: KINDS.find(([flag]) => flags & flag)?.[1] ?? 'variable' }))
    .toSorted((a, b) => (a.text < b.text ? -1 : 1));
  return { isType, names };
}

function isPlaceOfType(node: ts.Node): boolean {
  for (let at = node; at && !ts.isStatement(at) && !ts.isFunctionLike(at); at = at.parent) {
    if (ts.isExpressionWithTypeArguments(at)) return (at.parent as ts.HeritageClause).token === ts.SyntaxKind.ImplementsKeyword;
    if (ts.isTypeQueryNode(at)) return false; // `typeof x`
    if (ts.isTypeNode(at)) return true;
  }
  return false;
}

function nodeAt(source: ts.SourceFile, position: number): ts.Node {
  const find = (node: ts.Node): ts.Node | undefined =>
    node.pos <= position && position <= node.end ? (ts.forEachChild(node, find) ?? node) : undefined;
  return find(source) ?? source;
}

const KINDS: [ts.SymbolFlags, string][] = [
  [ts.SymbolFlags.Function, 'function'],
  [ts.SymbolFlags.Class, 'class'],
  [ts.SymbolFlags.Enum, 'enum'],
  [ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias, 'interface'],
  [ts.SymbolFlags.Module, 'module'],
  [ts.SymbolFlags.TypeParameter, 'typeParameter'],
];
