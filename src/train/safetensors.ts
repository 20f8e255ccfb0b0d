import { sha256 } from '../base/internal.js';
import type { TensorDType, TypedArray } from '../tensor/internal.js';
import type { NamedArray } from './leaves.js';

// The format of Hugging Face's safetensors: 8 bytes with the length of a JSON header, the header, the arrays one after another. Any
// tool for it reads our files. `__metadata__` holds strings; `sha256` there covers the whole file, itself written as zeros.

const TYPES: Record<TensorDType, { name: string; array: new (buffer: ArrayBuffer) => TypedArray }> = {
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
export function encode(tensors: readonly NamedArray[], metadata: Readonly<Record<string, string>>): Uint8Array[] {
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
 * The arrays and the metadata of a file.
 *
 * @throws when it is truncated, is no such file, or does not have the checksum that it names
 */
export function decode(bytes: Buffer): { tensors: NamedArray[]; metadata: Readonly<Record<string, string>> } {
  const length = bytes.length < 8 ? Infinity : Number(bytes.readBigUInt64LE());
  if (8 + length > bytes.length) throw new Error(`is truncated, or no checkpoint: it has ${bytes.length} bytes, not even its header`);
  const { __metadata__: metadata = {}, ...entries } = parse(bytes.toString('utf8', 8, 8 + length));
  const named = Object.entries(entries as Record<string, Entry>);
  const end = 8 + length + Math.max(0, ...named.map(([, { data_offsets }]) => data_offsets[1]));
  if (end > bytes.length) throw new Error(`is truncated: it has ${bytes.length} of ${end} bytes`);
  const { sha256: checksum = '' } = metadata as Record<string, string>;
  const head = Buffer.from(bytes.subarray(0, 8 + length));
  const at = head.indexOf(checksum);
  if (checksum.length === 64 && at >= 0) head.write(EMPTY, at);
  if (sha256(head, bytes.subarray(8 + length)) !== checksum) throw new Error('is damaged: its checksum does not fit its bytes');
  const tensors = named.map(
    ([
      path,
      {
        dtype,
        shape,
        data_offsets: [from, to],
      },
    ]) => {
      const type = (Object.keys(TYPES) as TensorDType[]).find((key) => TYPES[key].name === dtype)!;
      const copy = Uint8Array.from(bytes.subarray(8 + length + from, 8 + length + to));
      return { path, data: new TYPES[type].array(copy.buffer), shape, dtype: type };
    },
  );
  return { tensors, metadata: metadata as Record<string, string> };
}

function parse(header: string): Record<string, unknown> {
  try {
    return JSON.parse(header);
  } catch {
    throw new Error('is damaged, or no checkpoint: its header is not JSON');
  }
}
