import { sizeOf } from '../../base/index.js';
import type { DType } from '../graph/graph.js';

/** The element types a tensor may have: `int64` is for a graph's own shapes and axes, `float64` for `precision: 'float64'`. */
export type TensorDType = Exclude<DType, 'int64'> | 'float64';

/** The elements of a tensor, row-major: Float32Array for `float32`, Float64Array for `float64`, Int32Array for `int32`, Uint8Array for `bool`. */
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

/** What a graph is specialised to: an array's shape and element type. */
export interface TensorSpec {
  readonly shape: readonly number[];
  readonly dtype: TensorDType;
}

/**
 * An array that the engine owns.
 *
 * A runtime keeps the raw address of what it is given, believes any length, and writes there later: an array that the user could
 * drop, resize or transfer would corrupt the process. So the array is made here, never handed out, and user data is copied in.
 */
export class Memory implements TensorSpec {
  readonly shape: readonly number[];
  readonly dtype: TensorDType;
  /** What a device has of it: newer values, which reading `data` brings over, or a copy. Whoever writes to `data` drops it. */
  remote: Remote | undefined;
  /** How many tensors and calls in flight need what it holds: a program may write to it only at 0. */
  holds = 0;
  readonly #data: TypedArray;

  constructor(shape: readonly number[], dtype: TensorDType, data: TypedArray) {
    this.shape = shape;
    this.dtype = dtype;
    this.#data = data;
  }

  get data(): TypedArray {
    this.remote?.bring(this.#data);
    return this.#data;
  }
}

/** What a device has of a memory. */
export interface Remote {
  /** Copies the values into `data`, where they are newer. */
  bring(data: TypedArray): void;
}

const ARRAYS = { float32: Float32Array, float64: Float64Array, int32: Int32Array, bool: Uint8Array } as const;

/** Zeros of the given shape. */
export function allocate(shape: readonly number[], dtype: TensorDType): Memory {
  return new Memory(shape, dtype, new ARRAYS[dtype](sizeOf(shape)));
}

/**
 * Copies `values` in, converting each to the memory's element type.
 *
 * @throws when there are not exactly as many values as the shape has elements
 */
export function fill(memory: Memory, values: ArrayLike<number>): Memory {
  dropRemote(memory);
  if (values.length !== memory.data.length)
    throw new Error(`shape [${memory.shape}] has ${memory.data.length} elements, got ${values.length} values`);
  // Runtimes take other bytes than 0 and 1 for truth values each in its own way.
  if (memory.dtype === 'bool') for (let i = 0; i < values.length; i++) memory.data[i] = Number(values[i] !== 0);
  else memory.data.set(values);
  return memory;
}

/** Before something writes to `data`. */
export function dropRemote(memory: Memory): void {
  memory.remote = undefined;
}
