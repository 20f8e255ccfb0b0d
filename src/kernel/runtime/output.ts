import { StringDecoder } from 'node:string_decoder';
import { type CellHooks, offerCellHook } from '../../base/internal.js';
import { normalise } from '../display/normalise.js';
import { currentCell } from './cell-context.js';
import { send } from './link.js';

/** Sends what cells print and display to the notebook, each to the cell that caused it. */
export function captureOutput(): void {
  process.stdout.write = writer('stdout', process.stdout.write.bind(process.stdout));
  process.stderr.write = writer('stderr', process.stderr.write.bind(process.stderr));
  const shown = new Set<string>();
  const display: CellHooks['display'] = (data, { update: id } = {}) => {
    const cell = currentCell();
    if (!cell) return;
    const update = id !== undefined && shown.has(id);
    if (id !== undefined) shown.add(id);
    send({ type: 'display', cell: cell.id, data: normalise(data), id, update });
  };
  offerCellHook('display', () => display);
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
