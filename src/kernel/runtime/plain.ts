import { inspect, types } from 'node:util';
import type { MimeBundle } from '../protocol.js';

/** What one output may hold: a front end that gets more stands still. */
const MOST_CHARACTERS = 50_000_000;

/**
 * The forms of an output as JSON carries them to the front end: a whole number of type BigInt becomes a number, or text where a number
 * would be inexact; typed arrays become arrays, and bytes of an image base64.
 *
 * @throws when a form is no data: a cycle, a function, a symbol, a Map or a Set; the error names the place
 */
export function plainBundle(bundle: unknown): MimeBundle {
  if (typeof bundle !== 'object' || bundle === null)
    throw new Error(`an output is an object of forms by MIME type, such as { 'text/plain': '…' }, but this is ${inspect(bundle)}`);
  const budget = { left: MOST_CHARACTERS };
  return Object.fromEntries(Object.entries(bundle).map(([type, value]) => [type, plainForm(type, value, budget)]));
}

type Budget = { left: number };

function plainForm(type: string, value: unknown, budget: Budget): unknown {
  if (!type.includes('/'))
    throw new Error(`an output has its forms by MIME type, such as 'text/plain', but one is called '${type}'; call it by its type`);
  if (value instanceof Uint8Array && !/json|^text\//.test(type)) return plainForm(type, Buffer.from(value).toString('base64'), budget);
  const isText = type.startsWith('text/') && !(Array.isArray(value) && value.every((line) => typeof line === 'string'));
  if (isText && typeof value === 'object') throw new Error(`the form ${type} of an output is text, but this is ${inspect(value)}`);
  try {
    return plain(isText ? String(value) : value, type, [], budget);
  } catch (error) {
    if (error instanceof RangeError) throw new Error(`the form ${type} of an output is nested too deeply to be shown; show a part of it`);
    throw error;
  }
}

function plain(value: unknown, path: string, above: object[], budget: Budget): unknown {
  budget.left -= typeof value === 'string' ? value.length : 8;
  if (budget.left < 0)
    throw new Error(`an output of over ${MOST_CHARACTERS / 1e6} MB is more than a notebook can show; show a part of it, or fewer points`);
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === 'function' || typeof value === 'symbol')
    throw new Error(`${path} is a ${typeof value}, which is no data; leave it out, or show its text`);
  if (typeof value !== 'object' || value === null) return value;
  if (above.includes(value)) throw new Error(`${path} holds itself, and an output is a tree; leave the reference back out`);
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === 'function' && !types.isTypedArray(value)) return plain(toJSON.call(value), path, [...above, value], budget);
  if (types.isMap(value)) throw new Error(`${path} is a Map, which JSON does not know; show Object.fromEntries(map) or [...map]`);
  if (types.isSet(value)) throw new Error(`${path} is a Set, which JSON does not know; show [...set]`);
  if (types.isBoxedPrimitive(value)) return plain(value.valueOf(), path, above, budget);
  const below = [...above, value];
  if (Array.isArray(value) || types.isTypedArray(value))
    return Array.from(value as ArrayLike<unknown>, (item, i) => plain(item, `${path}[${i}]`, below, budget));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item, `${path}.${key}`, below, budget)]));
}
