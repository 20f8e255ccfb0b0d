import ts from 'typescript6';
import { declaredNames } from '../language/bindings.js';

/** A line that is not TypeScript, and what runs in its stead. */
interface Magic {
  usage: string;
  /** Of `text`, what follows the name: on its line, or for a cell magic on the lines below it. */
  rewrite: (text: string, isName: (word: string) => boolean) => string;
  /** Lines that the rewriting adds itself above the text. */
  lines?: number;
}

const KERNEL = "(await import('lemmata/kernel'))";
const shows = (form: string): Magic => ({
  usage: `%%${form}: shows the cell as ${form}; tslab.display.${form}(text)`,
  rewrite: (text) => `(await import('tslab')).display.${form}(${JSON.stringify(text)});`,
});

const LINE: Record<string, Magic> = {
  time: {
    usage: '%time f(x): its value, and how long it took; time(() => f(x))',
    rewrite: (text) => `await ${KERNEL}.time(async () => (${withoutEnd(text)}))`,
  },
};
const CELL: Record<string, Magic> = {
  bash: { usage: '%%bash: runs the cell with bash; shell(text, { with: "bash" })', rewrite: (text) => shell(text, ', { with: "bash" }') },
  parameters: {
    usage: '%%parameters: each `name = value;` sets parameters.name where the notebook has parameters, and else declares the name',
    rewrite: (text, isName) => assigning(text, isName('parameters') ? 'parameters.' : 'let '),
  },
  time: { usage: '%%time: how long the cell took; timeCell()', lines: 1, rewrite: (text) => `${KERNEL}.timeCell();\n${text}` },
  ...Object.fromEntries(['html', 'markdown', 'latex', 'svg', 'javascript'].map((form) => [form, shows(form)])),
};
/** Read by the compiler's side of the kernel. */
const OTHERS = /^%ts\b/;

const shell = (command: string, options = '') => `await ${KERNEL}.shell(${JSON.stringify(command)}${options});`;
const withoutEnd = (text: string) => text.replace(/\s\/\/[^'"`]*$/, '').replace(/;\s*$/, '');

/**
 * A cell with its magics written as TypeScript, line for line: `!ls data` runs a command, `%time f(x)` and `%%time` measure, `%%bash`
 * and `%%html` take the whole cell. A `!` before a name of the cell or the notebook, as in `!ready && start()`, is TypeScript's own.
 *
 * @throws when there is no such magic; the message lists those there are
 */
export function expandMagics(code: string, isName: (word: string) => boolean): string {
  if (!MAYBE.test(code)) return code;
  const cell = /^\s*%%(\w*)[^\S\n]*([^\n]*)\n?/.exec(code);
  if (cell) {
    const [head, name, argument] = cell;
    const magic = Object.hasOwn(CELL, name) ? CELL[name] : unknown(`%%${name}`);
    if (argument) throw new Error(`%%${name} takes nothing on its own line, got '${argument}'; its text starts on the next line`);
    const above = head.split('\n').length - 1 - (magic.lines ?? 0);
    return '\n'.repeat(Math.max(0, above)) + magic.rewrite(code.slice(head.length), isName);
  }
  const lines = code.split('\n');
  for (const i of magicLines(lines, isName)) lines[i] = rewriteLine(lines[i].trim());
  return lines.join('\n');
}

/** The cell with blanks in place of its magics: the same places, for questions about the TypeScript beside them. */
export function blankMagics(code: string, isName: (word: string) => boolean): string {
  if (!MAYBE.test(code)) return code;
  if (/^\s*%%(?!time\b)/.test(code)) return code.replace(/[^\n]/g, ' ');
  const lines = code.split('\n');
  for (const i of magicLines(lines, isName)) lines[i] = ' '.repeat(lines[i].length);
  for (const [i, line] of lines.entries()) if (/^\s*%%time\s*$/.test(line)) lines[i] = ' '.repeat(line.length);
  return lines.join('\n');
}

const MAYBE = /^[^\S\r\n]*[!%]/m;

function rewriteLine(line: string): string {
  if (line.startsWith('!')) return shell(line.slice(1).trim());
  const [, name, text] = /^%(\w*)\s*(.*)$/.exec(line)!;
  if (!text) throw new Error(`%${name} takes an expression on its line; ${LINE[name]?.usage ?? ''}`);
  return (LINE[name] ?? unknown(`%${name}`)).rewrite(text, () => false);
}

/**
 * The lines that start a statement, as a magic must, and are none of TypeScript's. What stands above one of them is parsed from the last
 * place where nothing was open, so a cell of many takes no longer than it must.
 */
function magicLines(lines: string[], isName: (word: string) => boolean): number[] {
  const found: number[] = [];
  const declared = new Set<string>();
  let start = 0;
  const startsStatement = (i: number): boolean => {
    const above = lines.slice(start, i).join('\n');
    const source = parsed(above);
    if (!isWhole(source)) return false;
    for (const name of declaredNames(source)) declared.add(name);
    start = i;
    return true;
  };
  for (const [i, line] of lines.entries()) {
    const text = line.trimStart();
    const isMagic = text.startsWith('%')
      ? isLineMagic(text, lines.slice(start, i).join('\n')) && startsStatement(i)
      : isCommand(text, isName) && startsStatement(i) && !declared.has(firstWord(text) ?? '');
    if (!isMagic) continue;
    found.push(i);
    start = i + 1;
  }
  return found;
}

function isLineMagic(text: string, above: string): boolean {
  const name = /^%([a-z]\w*)/.exec(text)?.[1];
  if (name === undefined || OTHERS.test(text)) return false;
  // The remainder of an expression may stand on a line of its own: `total\n  %count`.
  return Object.hasOwn(LINE, name) || /(^|[;}])\s*$/.test(above.trimEnd());
}

const firstWord = (text: string) => /^!([\w$]+)/.exec(text)?.[1];

function isCommand(text: string, isName: (word: string) => boolean): boolean {
  const word = firstWord(text);
  return word === undefined ? PATH.test(text) : !(isName(word) || word in globalThis || isWordOfTypeScript(word));
}

/** `!./run`, `!~/bin/run`, `!/usr/bin/env x`, `!$HOME/run`; `!/^a/.test(s)` is a regular expression. */
const PATH = /^!(?:\.{1,2}\/|~\/|\$[A-Z]|(?:\/[\w.-]+)+(?:\s|$))/;

const parsed = (code: string) =>
  ts.createSourceFile('cell.ts', code, { languageVersion: ts.ScriptTarget.Latest, setExternalModuleIndicator: asModule }, true);
/** In a module `await` is no name. */
const asModule = (file: ts.SourceFile) => Object.assign(file, { externalModuleIndicator: true });

/** Nothing is open at the end: no bracket, no text, no comment. */
function isWhole(source: ts.SourceFile): boolean {
  const { parseDiagnostics } = source as ts.SourceFile & { parseDiagnostics: readonly ts.DiagnosticWithLocation[] };
  return parseDiagnostics.every(({ start, length }) => start + length < source.text.trimEnd().length);
}

const isWordOfTypeScript = (word: string) => {
  const scanner = ts.createScanner(ts.ScriptTarget.ESNext, true, ts.LanguageVariant.Standard, word);
  return scanner.scan() !== ts.SyntaxKind.Identifier;
};

/** The text with `prefix` before each name that a statement of it assigns for the first time; `let` is written once a name. */
function assigning(text: string, prefix: string): string {
  const source = ts.createSourceFile('cell.ts', text, ts.ScriptTarget.Latest);
  const assigned = new Set<string>();
  let [written, at] = ['', 0];
  for (const statement of source.statements) {
    const expression = ts.isExpressionStatement(statement) ? statement.expression : undefined;
    if (!expression || !ts.isBinaryExpression(expression) || expression.operatorToken.kind !== ts.SyntaxKind.EqualsToken) continue;
    const { left } = expression;
    if (!ts.isIdentifier(left) || (prefix === 'let ' && assigned.has(left.text))) continue;
    assigned.add(left.text);
    written += text.slice(at, left.getStart(source)) + prefix;
    at = left.getStart(source);
  }
  return written + text.slice(at);
}

function unknown(name: string): never {
  const known = [
    '!command: runs it in a shell; shell(text)',
    ...[...Object.values(LINE), ...Object.values(CELL)].map(({ usage }) => usage),
  ];
  throw new Error(`there is no ${name}; there are\n  ${known.join('\n  ')}\n  %ts strict off: loose types from here on`);
}
