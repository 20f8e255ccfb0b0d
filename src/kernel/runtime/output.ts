import { StringDecoder } from 'node:string_decoder';
import type { MimeBundle } from '../protocol.js';
import { currentCell } from './cell-context.js';
import { send } from './link.js';

export interface DisplayOptions {
  /** Displays with the same id replace one another; the first makes a new output. */
  update?: string;
}

/** Sends what cells print and display to the notebook, each to the cell that caused it. */
export function captureOutput(): void {
  process.stdout.write = writer('stdout', process.stdout.write.bind(process.stdout));
  process.stderr.write = writer('stderr', process.stderr.write.bind(process.stderr));
  const shown = new Set<string>();
  Object.defineProperty(globalThis, Symbol.for('lemmata.display'), {
    value: (data: MimeBundle, { update: id }: DisplayOptions = {}) => {
      const cell = currentCell();
      if (!cell) return;
      const update = id !== undefined && shown.has(id);
      if (id !== undefined) shown.add(id);
      send({ type: 'display', cell: cell.id, data, id, update });
    },
  });
}

function writer(name: 'stdout' | 'stderr', original: typeof process.stdout.write): typeof process.stdout.write {
  const decoder = new StringDecoder('utf8');
  return (chunk: string | Uint8Array, encodingOrDone?: unknown, done?: unknown) => {
    const cell = currentCell();
    if (!cell) return original(chunk as string);
    const text = typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk));
    if (text) send({ type: 'stream', cell: cell.id, name, text });
    const callback = typeof encodingOrDone === 'function' ? encodingOrDone : done;
    if (typeof callback === 'function') queueMicrotask(() => callback());
    return true;
  };
}
