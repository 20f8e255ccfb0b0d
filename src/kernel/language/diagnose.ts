import { DiagnosticCategory, type Diagnostic as Found, type Project } from 'typescript/unstable/sync';
import { adviceOn } from './advice.js';

/** A complaint of the compiler about a cell, at zero-based line and column. */
export interface Diagnostic {
  code: number;
  message: string;
  line: number;
  column: number;
  length: number;
}

export interface Diagnosis {
  /** The errors of a cell, in order: its syntax if that is wrong, else its types. */
  diagnostics: Diagnostic[];
  /** The modules that it imports without types, by name. */
  untyped: string[];
}

/** More errors than anyone reads say nothing more, and each is shown with its line. */
const MOST = 20;

/** @param isVariable whether a name of an earlier cell may be assigned */
export function diagnose({ program }: Project, file: string, code: string, isVariable: (name: string) => boolean): Diagnosis {
  const syntactic = program.getSyntacticDiagnostics(file);
  const all = syntactic.length ? syntactic : program.getSemanticDiagnostics(file);
  const textOf = ({ pos, end }: Found) => code.slice(pos, end);
  const errors = all
    .filter(({ category }) => category === DiagnosticCategory.Error)
    .filter((error) => !ALLOWED.has(error.code) && !(error.code === CANNOT_ASSIGN_TO_IMPORT && isVariable(textOf(error))));
  const own = errors.filter(({ pos }) => pos < code.length);
  // What follows the cell's text is ours; the compiler points there only when the cell ends too early.
  const shown = own.length ? own : errors.slice(0, 1);
  const lines = linesOf(code);
  const diagnostics = shown.slice(0, MOST).map((error) => describe(error, code, lines));
  if (shown.length > MOST) diagnostics[MOST - 1].message += `\n… and ${(shown.length - MOST).toLocaleString('en')} more errors`;
  const untyped = all.filter(({ code }) => code === HAS_NO_TYPES).map((note) => textOf(note).slice(1, -1));
  return { diagnostics, untyped: [...new Set(untyped)] };
}

const CANNOT_ASSIGN_TO_IMPORT = 2632;
const CANNOT_ASSIGN_TO_CONSTANT = 2588;
const HAS_NO_TYPES = 7016;

/** What is an error in a file and none in a cell. */
const ALLOWED = new Set([
  HAS_NO_TYPES,
  2665, // `declare module 'x'` of a module without types, which cells may import as it is
  1205, // a name that the cell exports for us may be a type
]);

/** Where each line of a text begins. */
function linesOf(code: string): number[] {
  const starts = [0];
  for (let at = code.indexOf('\n'); at >= 0; at = code.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function describe(found: Found, cell: string, lines: number[]): Diagnostic {
  const at = Math.min(found.pos, cell.trimEnd().length);
  const line = lines.findLastIndex((start) => start <= at);
  const isAssignment = found.code === CANNOT_ASSIGN_TO_IMPORT;
  const message = adviceOn(found.code, cell.slice(found.pos, found.end)) ?? flatten(found);
  return {
    code: isAssignment ? CANNOT_ASSIGN_TO_CONSTANT : found.code,
    message: isAssignment ? message.replace('it is an import', 'it is a constant') : message,
    line,
    column: at - lines[line],
    length: Math.max(1, Math.min(found.end - found.pos, cell.length - at)),
  };
}

/** A message and, each level further in, what explains it. */
const flatten = ({ text, messageChain = [] }: Found, depth = 0): string =>
  ['  '.repeat(depth) + text, ...messageChain.map((below) => flatten(below, depth + 1))].join('\n');
