import { type Row, table } from '../../base/index.js';
import { isNDframe, showNDframe } from '../display/data-frame.js';
import { isChart, showChart } from '../display/vega.js';
import type { MimeBundle } from '../protocol.js';
import { inspectPage } from './page.js';

const JUPYTER_DISPLAY = Symbol.for('Jupyter.display');

/**
 * How a value shows as the result of a cell: as its own `toMime()` or `[Symbol.for('Jupyter.display')]()` says; a danfojs frame
 * or series and an array of records as a table; a specification of Vega or Vega-Lite as its chart; a tensor by its values; anything
 * else as Node inspects it.
 */
export async function render(value: unknown): Promise<MimeBundle> {
  if (isObject(value)) {
    const own = value[JUPYTER_DISPLAY] ?? value.toMime;
    if (typeof own === 'function') return own.call(value);
    if (isBundle(value)) return value;
    if (isNDframe(value)) return showNDframe(value);
    if (isRecords(value)) return { ...table(value) };
    if (isChart(value)) return showChart(value);
    if (typeof value.dataSync === 'function' && 'shape' in value) return { 'text/plain': String(value) };
  }
  return { 'text/plain': inspectPage(value) };
}

type Fields = Record<PropertyKey, unknown>;

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

const isBundle = (value: Fields) => {
  const keys = Object.keys(value);
  return keys.length > 0 && typeof value['text/plain'] === 'string' && keys.every((key) => /^[\w.+-]+\/[\w.+-]+$/.test(key));
};

function isRecords(value: unknown): value is Row[] {
  if (!Array.isArray(value) || value.length === 0) return false;
  const keys = isPlain(value[0]) ? Object.keys(value[0]) : [];
  return keys.length > 0 && value.every((row) => isPlain(row) && keys.every((key) => key in row) && Object.values(row).every(isCell));
}

const isPlain = (value: unknown): value is Fields => isObject(value) && [Object.prototype, null].includes(Object.getPrototypeOf(value));
const isCell = (value: unknown) => value == null || ['string', 'number', 'boolean'].includes(typeof value);
