import { sizeOf } from './shape.js';

/** The typed arrays that hold numbers: float32, float64, int32, and bool or bytes. */
export type HostData = Float32Array | Float64Array | Int32Array | Uint8Array;

/**
 * An array of any rank in JavaScript's memory, row-major: ready for `fromArray`, an argument of a compiled function, or plain loops.
 *
 *     { data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] }        element (i, j) is data[3 i + j]
 */
export interface HostArray<D extends HostData = HostData> {
  readonly data: D;
  readonly shape: number[];
}

/**
 * Every element is `value`: a float32 array of this shape.
 *
 * @throws when the shape holds anything but whole numbers from 0 up
 */
export function full(shape: readonly number[], value: number): HostArray<Float32Array> {
  if (!shape.every((n) => Number.isInteger(n) && n >= 0))
    throw new Error(`a shape holds whole numbers from 0 up, got [${shape.join(',')}]`);
  return { data: new Float32Array(sizeOf(shape)).fill(value), shape: [...shape] };
}

/** A float32 array of zeros. */
export const zeros = (shape: readonly number[]): HostArray<Float32Array> => full(shape, 0);

/** A float32 array of ones. */
export const ones = (shape: readonly number[]): HostArray<Float32Array> => full(shape, 1);
