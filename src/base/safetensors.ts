import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { inParts, sha256, startDigest } from './digest.js';

// The format of Hugging Face's safetensors: 8 bytes with the length of a JSON header, the header, the arrays one after another. Any
// tool for it reads our files. `__metadata__` holds strings; `sha256` there covers the whole file, itself written as zeros.

type StoredNumbers = Float32Array | Float64Array | Int32Array | Uint8Array;
type StoredType = 'float32' | 'float64' | 'int32' | 'bool';

/** An array of a file, by its name there. */
export interface StoredArray {
  readonly path: string;
  readonly data: StoredNumbers;
  readonly shape: readonly number[];
  readonly dtype: StoredType;
}

const TYPES: Record<StoredType, { name: string; array: new (buffer: ArrayBuffer) => StoredNumbers }> = {
  float32: { name: 'F32', array: Float32Array },
  float64: { name: 'F64', array: Float64Array },
  int32: { name: 'I32', array: Int32Array },
  bool: { name: 'BOOL', array: Uint8Array },
};
const EMPTY = '0'.repeat(64);

interface Entry {
  readonly dtype: string;
  readonly shape: number[];
  readonly data_offsets: [number, number];
}

/** The file as consecutive pieces. */
export function encode(tensors: readonly StoredArray[], metadata: Readonly<Record<string, string>>): Uint8Array[] {
  let end = 0;
  const entries = tensors.map(({ path, data, shape, dtype }): [string, Entry] => {
    const start = end;
    end += data.byteLength;
    return [path, { dtype: TYPES[dtype].name, shape: [...shape], data_offsets: [start, end] }];
  });
  const data = tensors.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  const head = (checksum: string) => {
    const json = Buffer.from(JSON.stringify({ __metadata__: { ...metadata, sha256: checksum }, ...Object.fromEntries(entries) }));
    const padded = Buffer.concat([json, Buffer.alloc(-json.length & 7, ' ')]); // the arrays start at a multiple of 8
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(padded.length));
    return Buffer.concat([length, padded]);
  };
  return [head(sha256(head(EMPTY), ...data)), ...data];
}

/**
 * The arrays and the metadata of a file of any length, read part by part.
 *
 * @throws when it is truncated, is no such file, or does not have the checksum that it names
 */
export function decode(file: string): { tensors: StoredArray[]; metadata: Readonly<Record<string, string>> } {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const read = (length: number, position: number): Buffer => {
      const bytes = Buffer.from(new ArrayBuffer(length)); // of its own, so that any array can be a view of it
      let at = 0;
      for (const part of inParts(bytes)) {
        if (readSync(descriptor, part, 0, part.length, position + at) < part.length)
          throw new Error(`is truncated: it ended at byte ${position + at} while it was read`);
        at += part.length;
      }
      return bytes;
    };
    return decoded(size, read);
  } finally {
    closeSync(descriptor);
  }
}

function decoded(size: number, read: (length: number, position: number) => Buffer): ReturnType<typeof decode> {
  const length = size < 8 ? Infinity : Number(read(8, 0).readBigUInt64LE());
  if (8 + length > size) throw new Error(`is truncated, or no checkpoint: it has ${size} bytes, not even its header`);
  const head = read(8 + length, 0);
  const { __metadata__, ...entries } = parse(head.toString('utf8', 8));
  const metadata = (__metadata__ ?? {}) as Record<string, string>;
  if (!metadata.sha256) throw new Error('is a safetensors file of another program: it has no checksum');
  const named = Object.entries(entries as Record<string, Entry>).sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0]);
  const end = 8 + length + Math.max(0, ...named.map(([, { data_offsets }]) => data_offsets[1]));
  if (end > size) throw new Error(`is truncated: it has ${size} of ${end} bytes`);
  const at = head.indexOf(metadata.sha256);
  if (metadata.sha256.length === 64 && at >= 0) head.write(EMPTY, at);
  const digest = startDigest();
  digest.add(head);
  let to = 0;
  const tensors = named.map(([path, { dtype, shape, data_offsets }]) => {
    const [start, stop] = data_offsets;
    const type = (Object.keys(TYPES) as StoredType[]).find((key) => TYPES[key].name === dtype);
    if (start !== to || !type) throw new Error(`is damaged: ${path} is ${dtype} at ${start}, where ${to} is the next byte`);
    to = stop;
    const bytes = read(stop - start, 8 + length + start);
    digest.add(bytes);
    return { path, data: new TYPES[type].array(bytes.buffer as ArrayBuffer), shape, dtype: type };
  });
  if (end < size || digest.hex() !== metadata.sha256) throw new Error('is damaged: its checksum does not fit its bytes');
  return { tensors, metadata };
}

function parse(header: string): Record<string, unknown> {
  try {
    return JSON.parse(header);
  } catch {
    throw new Error('is damaged, or no checkpoint: its header is not JSON');
  }
}
