import { SourceMap, type SourceMapping } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript6';
import { murmur2 } from './murmur2.js';

export const HASH_SEED = 0xc70f6907;
export const PREFIX = join(tmpdir(), `lemmata-${process.pid}`, '/');
export const SUFFIX = '.ts';

/** A cell that ran: V8 knows its JavaScript as the script `id`. Lines count from 0. */
interface Ran {
  path: string;
  map: SourceMap;
  /** line of the TypeScript → first line of the JavaScript made from it */
  lines: Map<number, number>;
}

/**
 * The debugger's files: each text of a cell is one, at a path that JupyterLab computes as well (`PREFIX`, hash, `SUFFIX`). Nothing is
 * written there; both sides only need the same name.
 */
export class Sources {
  readonly #texts = new Map<string, string>();
  readonly #ran = new Map<string, Ran>();

  /** The path of a cell's text. */
  add(code: string): string {
    const path = `${PREFIX}${murmur2(code, HASH_SEED)}${SUFFIX}`;
    this.#texts.set(path, code);
    return path;
  }

  text(path: string): string | undefined {
    return this.#texts.get(path);
  }

  ran(id: string, code: string, sourceMap: string): void {
    const map = new SourceMap(JSON.parse(sourceMap));
    this.#ran.set(id, { path: this.add(code), map, lines: linesOf(map) });
  }

  /** The scripts made from the text at `path`, each with its line for the TypeScript's. */
  scriptsOf(path: string, line: number): { id: string; line: number }[] {
    return [...this.#ran].flatMap(([id, ran]) => {
      const at = ran.path === path ? ran.lines.get(line) : undefined;
      return at === undefined ? [] : [{ id, line: at }];
    });
  }

  /** Where in which cell's text a place of a script lies. */
  placeOf(id: string, line: number, column: number): { path: string; line: number; column: number } | undefined {
    const ran = this.#ran.get(id);
    // Below the cell's JavaScript stands the kernel's own call.
    const entry =
      line < (ran?.map.payload.mappings.split(';').length ?? 0) ? (ran?.map.findEntry(line, column) as SourceMapping) : undefined;
    return ran && entry?.originalLine !== undefined
      ? { path: ran.path, line: entry.originalLine, column: entry.originalColumn }
      : undefined;
  }
}

/** The first line at or below `line` on which a statement starts: where code can stop. */
export function stopAt(code: string, line: number): number | undefined {
  const source = ts.createSourceFile('cell.ts', code, ts.ScriptTarget.Latest);
  let best: number | undefined;
  const visit = (node: ts.Node): void => {
    if (node.kind > ts.SyntaxKind.FirstStatement - 1 && node.kind <= ts.SyntaxKind.LastStatement && !ts.isEmptyStatement(node)) {
      const at = source.getLineAndCharacterOfPosition(node.getStart(source)).line;
      if (at >= line && at < (best ?? Number.POSITIVE_INFINITY)) best = at;
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return best;
}

/** The first line of the JavaScript on which each line of the TypeScript stands (source map, revision 3). */
function linesOf(map: SourceMap): Map<number, number> {
  const lines = new Map<number, number>();
  let original = 0;
  for (const [generated, segments] of map.payload.mappings.split(';').entries())
    for (const segment of segments.split(',').filter(Boolean)) {
      original += numbersIn(segment)[2] ?? 0;
      if (!lines.has(original)) lines.set(original, generated);
    }
  return lines;
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base-64 digits of five bits each and one that says whether the number goes on; the lowest bit is the sign. */
function numbersIn(segment: string): number[] {
  const numbers: number[] = [];
  let [value, shift] = [0, 0];
  for (const letter of segment) {
    const digit = DIGITS.indexOf(letter);
    value += (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    numbers.push(value & 1 ? -(value >> 1) : value >> 1);
    [value, shift] = [0, 0];
  }
  return numbers;
}
