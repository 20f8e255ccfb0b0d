/** A matrix of 16-bit floats out of a safetensors file, [rows, width]. */
export interface HalfMatrix {
  readonly bits: Uint16Array;
  readonly shape: readonly [number, number];
}

/**
 * An array of 16-bit floats in a file of Hugging Face's safetensors: 8 bytes of length, a header in JSON, the numbers.
 *
 * @throws when the file has no such matrix, or is shorter than its header says
 */
export function halfMatrixOf(file: Uint8Array, name: string): HalfMatrix {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const length = Number(view.getBigUint64(0, true));
  const header = JSON.parse(Buffer.from(file.subarray(8, 8 + length)).toString('utf8'));
  const { dtype, shape, data_offsets: [from, to] = [0, 0] } = header[name] ?? {};
  if (dtype !== 'F16' || shape?.length !== 2 || to - from !== 2 * shape[0] * shape[1] || 8 + length + to > file.length)
    throw new Error(
      `safetensors: '${name}' must be a matrix of 16-bit floats, got ${dtype ?? 'none'} [${shape ?? ''}] of ${to - from} bytes`,
    );
  const start = 8 + length + from;
  return { bits: new Uint16Array(file.slice(start, start + to - from).buffer), shape };
}

/** The value of a 16-bit float by its bits (IEEE 754): sign, 5 of exponent, 10 of fraction. */
export function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}
