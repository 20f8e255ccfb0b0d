import { CompletionItemKind, type Project } from 'typescript/unstable/sync';
import ts from 'typescript6';
import type { Checker } from './checker.js';
import { completePath, stringAt } from './complete-path.js';
import type { Completions, Question } from './completions.js';
import { scopeAt } from './scope.js';

type Match = Completions['matches'][number];

/** What may stand at `offset`, narrowed to what the word before it begins with. */
export function complete(checker: Checker, { code, offset, shift }: Question, directory: string): Completions {
  const string = stringAt(code, offset);
  const path = string && completePath(string, offset, directory);
  if (path) return path;
  const start = string ? offset - string.begun.length : wordBefore(code, offset);
  const prefix = code.slice(start, offset).toLowerCase();
  const found = checker.ask((project) => membersAt(project, checker.cell, offset + shift)) ?? namesAt(checker, shift, offset);
  const matches = found.filter(({ text }) => text.toLowerCase().startsWith(prefix) && !text.startsWith('$'));
  return { start, end: offset, matches };
}

/** What the compiler offers; nothing where any name may stand, for there it would first read all packages for names to import. */
function membersAt({ checker }: Project, file: string, position: number): Match[] | undefined {
  try {
    const entries = checker.getCompletionsAtPosition(file, position, {})?.entries ?? [];
    return entries
      .filter(({ insertText }) => !insertText?.startsWith('['))
      .toSorted((a, b) => compare(a.sortText ?? '', b.sortText ?? '') || compare(a.name, b.name))
      .map(({ name, kind }) => ({ text: name.replace(/^["'](.*)["']$/s, '$1'), kind: KINDS[kind ?? CompletionItemKind.Text] ?? 'text' }));
  } catch (error) {
    if (/auto imports/.test((error as Error).message)) return undefined;
    throw error;
  }
}

/** The names of the scope at a place, then those of the language and of the world. */
function namesAt(checker: Checker, shift: number, offset: number): Match[] {
  const { isType, names } = scopeAt(checker.textOf(checker.cell)!, offset + shift);
  const { values, types } = checker.globals(membersAt);
  const others = [...KEYWORDS, ...(isType ? types : values)].toSorted((a, b) => compare(a.text, b.text));
  const seen = new Set<string>(); // the cell's own meaning of a name hides others
  return [...names, ...others].filter(({ text }) => !seen.has(text) && seen.add(text));
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

const KINDS = Object.fromEntries(
  Object.entries(CompletionItemKind).map(([name, value]) => [
    value,
    name === 'Field' ? 'property' : name.charAt(0).toLowerCase() + name.slice(1),
  ]),
) as Record<number, string>;

const KEYWORDS: Match[] = Array.from({ length: ts.SyntaxKind.LastKeyword - ts.SyntaxKind.FirstKeyword + 1 }, (_, i) => ({
  text: ts.tokenToString(ts.SyntaxKind.FirstKeyword + i)!,
  kind: 'keyword',
}));

/** Where the word begins that ends at `offset`; looked for backwards, since a cell may hold a word of a million letters. */
function wordBefore(code: string, offset: number): number {
  let start = offset;
  while (start > 0) {
    const size = start > 1 && isLowSurrogate(code.charCodeAt(start - 1)) ? 2 : 1;
    if (!ts.isIdentifierPart(code.codePointAt(start - size)!, ts.ScriptTarget.Latest)) break;
    start -= size;
  }
  return start;
}

const isLowSurrogate = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff;
