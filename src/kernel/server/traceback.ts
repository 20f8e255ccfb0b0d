import { styleText } from 'node:util';
import type { Diagnostic } from '../language/diagnose.js';
import type { Failure } from '../protocol.js';

/** A failure as the protocol wants it: `traceback` is what the notebook shows. */
export interface ErrorContent {
  ename: string;
  evalue: string;
  traceback: string[];
}

const CONTEXT = 2;
const MOST_DIAGNOSTICS = 20;

/** The stack of a failure and, below it, the line of the cell that is on top of it. */
export function describeFailure({ name, message, stack }: Failure, sourceOf: (cell: string) => string | undefined): ErrorContent {
  const place = /\b((?:In|Unstored)\[\d+\]):(\d+):(\d+)/.exec(stack);
  const source = place && sourceOf(place[1]);
  const excerpt = source ? ['', frame(source, Number(place[2]) - 1, Number(place[3]) - 1)] : [];
  return { ename: name, evalue: message, traceback: [emphasise(stack, name), ...excerpt].flatMap((text) => text.split('\n')) };
}

/** What the compiler found, each with its line, as `tsc` prints it. */
export function describeDiagnostics(diagnostics: Diagnostic[], cell: string, source: string): ErrorContent {
  const first = diagnostics[0];
  const traceback = diagnostics
    .slice(0, MOST_DIAGNOSTICS)
    .flatMap(({ code, message, line, column, length }) => [
      `${cell}:${line + 1}:${column + 1} - ${styleText('red', 'error', NO_CHECK)} TS${code}: ${message}`,
      ...frame(source, line, column, length, 0).split('\n'),
      '',
    ]);
  const more = diagnostics.length - MOST_DIAGNOSTICS;
  if (more > 0) traceback.push(`… and ${more} more errors`, '');
  return { ename: `TS${first.code}`, evalue: first.message, traceback: traceback.slice(0, -1) };
}

const emphasise = (stack: string, name: string) =>
  stack.startsWith(name) ? styleText('red', name, NO_CHECK) + stack.slice(name.length) : stack;

/** Notebooks show colours whatever this process's own output is. */
const NO_CHECK = { validateStream: false } as const;

/** The lines around a place, with the place marked. */
function frame(source: string, line: number, column: number, length = 1, context = CONTEXT): string {
  const lines = source.split('\n');
  const from = Math.max(0, line - context);
  const to = Math.min(lines.length - 1, line + context);
  const width = String(to + 1).length;
  const start = column < WIDEST ? 0 : column - WIDEST / 2; // of a long line, the part with the place
  const shown: string[] = [];
  for (let i = from; i <= to; i++) {
    const here = i === line;
    shown.push(`${here ? styleText('red', '>', NO_CHECK) : ' '} ${String(i + 1).padStart(width)} │ ${excerpt(lines[i], here ? start : 0)}`);
    if (!here) continue;
    const room = Math.min(lines[i].length, start + WIDEST) - column;
    const marks = '~'.repeat(Math.max(1, Math.min(length, room)));
    const indent = ' '.repeat(column - start + (start ? 1 : 0));
    shown.push(`  ${' '.repeat(width)} │ ${indent}${styleText('red', length > 1 ? marks : '^', NO_CHECK)}`);
  }
  return shown.join('\n');
}

/** The columns that are shown of a line. */
const WIDEST = 400;

const excerpt = (line: string, start: number) =>
  `${start ? '…' : ''}${line.slice(start, start + WIDEST)}${line.length > start + WIDEST ? '…' : ''}`;
