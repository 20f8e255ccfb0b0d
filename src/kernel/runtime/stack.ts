import { findSourceMap, SourceMap, type SourceMapping } from 'node:module';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect, types } from 'node:util';
import type { Failure } from '../protocol.js';

interface CellMap {
  map: SourceMap;
  /** Lines of the cell's JavaScript; below them stands the kernel's own call. */
  lines: number;
}

const KERNEL = new URL('..', import.meta.url).href;

/**
 * Makes every stack trace speak of TypeScript: of the cells' own lines, and of `src/` where a module has a source map. Frames
 * of Node and of the kernel say nothing about what went wrong in a cell, so they go.
 */
export class StackTraces {
  readonly #cells = new Map<string, CellMap>();

  constructor() {
    Error.stackTraceLimit = 50;
    Error.prepareStackTrace = (error, frames) =>
      [headOf(error), ...frames.map((frame) => this.#describe(frame)).filter((place) => place !== undefined)].join('\n    at ');
  }

  add(cell: string, sourceMap: string): void {
    const payload = JSON.parse(sourceMap);
    this.#cells.set(cell, { map: new SourceMap(payload), lines: payload.mappings.split(';').length });
  }

  #describe(frame: NodeJS.CallSite): string | undefined {
    const script = frame.getFileName() ?? '';
    if (script.startsWith('node:') || script.startsWith(KERNEL)) return undefined;
    const line = frame.getLineNumber() ?? 0;
    const cell = this.#cells.get(script);
    if (cell && line > cell.lines) return undefined;
    const map = cell?.map ?? (script.startsWith('file:') ? findSourceMap(script) : undefined);
    const entry = map?.findEntry(line - 1, (frame.getColumnNumber() ?? 1) - 1);
    if (!isMapped(entry)) return frame.toString();
    const place = `${cell ? script : readable(entry.originalSource)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
    const name = frame.getFunctionName();
    return name && name !== '$cell' ? `${frame.isAsync() ? 'async ' : ''}${name} (${place})` : place;
  }
}

const headOf = (error: Error) => {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return 'Error';
  }
};

const isMapped = (entry: object | undefined): entry is SourceMapping => !!entry && 'originalLine' in entry;

const readable = (source: string) => (source.startsWith('file:') ? relative(process.cwd(), fileURLToPath(source)) : source);

/** What was thrown, for the notebook: anything may be thrown, and fields of an error may be anything. */
export function describeFailure(thrown: unknown): Failure {
  try {
    if (!isError(thrown)) return thrownValue(abridged(inspect(thrown)));
    const [name, message] = [textOf(thrown.name), abridged(textOf(thrown.message))];
    return { name, message, stack: stackOf(thrown) ?? `${name}: ${message}` };
  } catch (error) {
    return thrownValue(`what was thrown cannot be shown: ${isError(error) ? textOf(error.message) : 'showing it fails'}`);
  }
}

const thrownValue = (message: string): Failure => ({ name: 'Thrown', message, stack: `Thrown: ${message}` });

/** As Node prints it, which puts an error without frames in brackets and fails where a field is no text. */
function stackOf(error: Error): string | undefined {
  try {
    return abridged(inspect(error)).replace(/^\[([^\n]*)\]/, '$1');
  } catch {
    return undefined;
  }
}

const isError = (value: unknown): value is Error => types.isNativeError(value) || (!types.isProxy(value) && value instanceof Error);

const textOf = (value: unknown): string => (typeof value === 'string' ? value : inspect(value));

const MOST_CHARACTERS = 10_000;

/** Head and end of a long text: an error may quote megabytes, and its frames stand at the end. */
export function abridged(text: string, most = MOST_CHARACTERS): string {
  if (text.length <= most) return text;
  const kept = Math.floor(most / 2);
  return `${text.slice(0, kept)} … ${text.length - 2 * kept} characters left out … ${text.slice(-kept)}`;
}
