import { isUtf8 } from 'node:buffer';
import { gunzipSync } from 'node:zlib';
import type { Layout } from './options.js';

/**
 * The bytes of a file in UTF-8, with line feeds for all line ends; DuckDB, which reads them, refuses a mixture. They are the same bytes where
 * those are in order.
 *
 * @throws when the bytes are no text in the encoding that is told, or that they are taken for
 */
export function cleanBytes(bytes: Uint8Array, encoding: Layout['encoding'], where: string): Uint8Array {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return cleanBytes(gunzipSync(bytes), encoding, where);
  const told = encoding ?? marked(bytes) ?? 'utf-8';
  if (told === 'utf-8') checkUtf8(bytes, where);
  if (told === 'utf-8' && bytes[0] !== 0xef && !bytes.includes(0x0d)) return bytes;
  return Buffer.from(new TextDecoder(told).decode(bytes).replace(/\r\n?/g, '\n')); // without the byte order mark
}

/** The first lines of a text: all that a header can take. */
export function headOf(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, 1 << 16)).toString();
  return head.split('\n').length > 8 ? head : Buffer.from(bytes).toString();
}

/** Whether there is nothing but white space. */
export const isBlank = (bytes: Uint8Array): boolean => headOf(bytes).trim() === '';

const marked = (bytes: Uint8Array): Layout['encoding'] =>
  bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined;

function checkUtf8(bytes: Uint8Array, where: string): void {
  if (bytes.includes(0))
    throw new Error(
      `${where}: it holds bytes of zero, so it is no UTF-8; of text in UTF-16 without a byte order mark pass encoding: 'utf-16le', ` +
        'and a spreadsheet save as CSV first',
    );
  if (isUtf8(bytes)) return;
  const line =
    1 +
    Buffer.from(bytes)
      .toString('latin1')
      .split(/\r\n?|\n/)
      .findIndex((line) => !isUtf8(Buffer.from(line, 'latin1')));
  throw new Error(
    `${where}: line ${line} is not UTF-8; a CSV file that Excel saved in Western Europe is windows-1252: pass encoding: 'windows-1252'`,
  );
}

const SEPARATORS = [',', ';', '\t', '|'] as const;

/** How many cells the first line has, and what separates them: what is told, or what makes most cells of it and as many of the next line. */
export function shapeOf(text: string, told: Layout['separator']): { separator: string; cells: number } {
  const [first = '', second = ''] = firstRecords(text, 2).map((line) => line.replace(/"[^"]*"/g, ''));
  const counts = SEPARATORS.map((separator) => first.split(separator).length);
  const fitting = SEPARATORS.map((separator, i) => (second.split(separator).length === counts[i] ? counts[i] : 1));
  const most = Math.max(...fitting) > 1 ? fitting : counts;
  const separator = told ?? SEPARATORS[most.indexOf(Math.max(...most))];
  return { separator, cells: first.split(separator).length };
}

/** The first records, as texts; empty lines are none. */
export function firstRecords(text: string, count: number): string[] {
  const records: string[] = [];
  for (let at = blank(text, 0); at < text.length && records.length < count; at = blank(text, at)) {
    const end = endOfRecord(text, at);
    records.push(text.slice(at, end));
    at = end;
  }
  return records;
}

/** The line, from 1 up, on which a record starts, from 0 up. A record spans lines where a quoted cell does; empty lines are none. */
export function lineOf(text: string, record: number): number {
  let at = blank(text, 0);
  for (let i = 0; i < record; i++) at = blank(text, endOfRecord(text, at) + 1);
  return text.slice(0, at).split('\n').length;
}

function endOfRecord(text: string, from: number): number {
  let quoted = false;
  let at = from;
  for (; at < text.length && (quoted || text[at] !== '\n'); at++) if (text[at] === '"') quoted = !quoted;
  return at;
}

/** The first place from here on that is no empty line. */
function blank(text: string, from: number): number {
  let at = from;
  while (text[at] === '\n') at++;
  return at;
}
