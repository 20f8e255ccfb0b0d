import { StringDecoder } from 'node:string_decoder';
import { type CellHooks, offerCellHook } from '../../base/internal.js';
import { normalise } from '../display/normalise.js';
import { currentCell } from './cell-context.js';
import { send } from './link.js';
import { plainBundle } from './plain.js';

/** Sends what cells print and display to the notebook, each to the cell that caused it. */
export function captureOutput(): void {
  process.stdout.write = writer('stdout', process.stdout.write.bind(process.stdout));
  process.stderr.write = writer('stderr', process.stderr.write.bind(process.stderr));
  const shown = new Set<string>();
  const display: CellHooks['display'] = (data, { update: id } = {}) => {
    const cell = currentCell();
    if (!cell) return;
    const forms = normalise(plainBundle(data));
    const update = id !== undefined && shown.has(id);
    if (!update && ++cell.shown > MOST_OUTPUTS) throw new Error(TOO_MANY);
    if (id !== undefined) shown.add(id);
    send({ type: 'display', cell: cell.id, data: forms, id: id === undefined ? undefined : String(id), update });
  };
  offerCellHook('display', () => display);
}

const MOST_OUTPUTS = 1000;
const TOO_MANY = `a cell shows at most ${MOST_OUTPUTS} outputs, for a notebook with more stands still; let one output replace another, or save them to files`;

function writer(name: 'stdout' | 'stderr', original: typeof process.stdout.write): typeof process.stdout.write {
  const decoder = new StringDecoder('utf8');
  return (chunk: string | Uint8Array, encodingOrDone?: unknown, done?: unknown) => {
    const cell = currentCell();
    if (!cell) return original(chunk as string);
    const text = textOf(chunk, encodingOrDone, decoder);
    if (text) send({ type: 'stream', cell: cell.id, name, text });
    const callback = typeof encodingOrDone === 'function' ? encodingOrDone : done;
    if (typeof callback === 'function') queueMicrotask(() => callback());
    return true;
  };
}

function textOf(chunk: string | Uint8Array, encoding: unknown, decoder: StringDecoder): string {
  if (typeof chunk !== 'string') return decoder.write(Buffer.from(chunk));
  return typeof encoding === 'string' && !/^utf-?8$/i.test(encoding) ? decoder.write(Buffer.from(chunk, encoding as 'hex')) : chunk;
}
