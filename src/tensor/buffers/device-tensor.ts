import * as tf from '@tensorflow/tfjs';
import type { HostData } from '../../base/index.js';
import { type Mapped, map } from '../tree.js';
import { allocate, fill, type Memory, type TensorDType, type TensorSpec, type TypedArray } from './memory.js';

/** What a compiled function takes where its source has a `tf.Tensor`. A bare typed array is a vector, a number a float32 scalar. */
export type Input = DeviceTensor | tf.Tensor | number | HostData | HostInput;

/**
 * A `HostArray` that may say its element type. Left out it is float32, or int32 for an Int32Array and a Uint8Array: bytes are numbers from 0 to
 * 255, as the pixels of an image, and a mask of them says `dtype: 'bool'`.
 */
export interface HostInput {
  readonly data: HostData;
  readonly shape: readonly number[];
  readonly dtype?: TensorDType;
}

/** An array that lives with a runtime between calls of compiled functions. Its values are fixed. */
export class DeviceTensor {
  readonly shape: readonly number[];
  readonly dtype: TensorDType;
  #memory: Memory | undefined;
  #gone = '';
  #step = 0;

  /** Internal: tensors are made by `fromTf`, `fromArray` and compiled functions. */
  constructor(memory: Memory) {
    this.shape = memory.shape;
    this.dtype = memory.dtype;
    this.#memory = memory;
    memory.holds++;
  }

  get size(): number {
    return this.shape.reduce((product, n) => product * n, 1);
  }

  /** A copy of the values, row-major. */
  data(): TypedArray {
    return this.#alive().data.slice();
  }

  /** @throws when there is not exactly one element */
  item(): number {
    const { data } = this.#alive();
    if (data.length !== 1) throw new Error(`item() is for tensors of one element, got shape [${this.shape}]; use data()`);
    return data[0];
  }

  /** A tensor of the current tfjs backend; `float64` is rounded to float32. */
  toTf(): tf.Tensor {
    const data = this.#alive().data;
    return tf.tensor(data instanceof Float64Array ? Float32Array.from(data) : data.slice(), [...this.shape], tfDType(this.dtype));
  }

  /** Lets its memory be used for something else; it cannot be read any more. */
  dispose(): void {
    if (this.#memory) this.#memory.holds--;
    this.#memory = undefined;
  }

  #alive(): Memory {
    if (this.#memory) return this.#memory;
    const [root] = this.#gone.split(/[.[]/);
    throw new Error(
      this.#gone
        ? `${this.#gone} was donated to step ${this.#step}; keep a copy with clone(${root})`
        : `this tensor [${this.shape}] was disposed; read it before dispose(), or keep a copy with clone`,
    );
  }

  /** The memory behind a tensor, for the engine's own use. */
  static memoryOf(tensor: DeviceTensor): Memory {
    return tensor.#alive();
  }

  /** What `show` makes of its values, or why it has none, for the engine's own use. */
  static shown(tensor: DeviceTensor, show: (data: TypedArray) => string): string {
    if (tensor.#memory) return show(tensor.#memory.data);
    const gone = tensor.#gone ? `donated to step ${tensor.#step}` : 'disposed';
    return `tensor [${tensor.shape}] ${tensor.dtype}, ${gone}`;
  }

  /**
   * Takes the memory of the argument at `path` for call number `step`; the memory stays held until the call gives it up.
   * False when the same tensor was given before.
   */
  static donate(tensor: DeviceTensor, path: string, step: number): boolean {
    if (!tensor.#memory) return false;
    tensor.#memory = undefined;
    tensor.#gone = path;
    tensor.#step = step;
    return true;
  }

  /** Gives a donated tensor its memory back, when the call it was donated to failed. */
  static restore(tensor: DeviceTensor, memory: Memory): void {
    tensor.#memory = memory;
    tensor.#gone = '';
  }
}

/** The tensors of a tree, copied to where compiled functions use them. */
export function fromTf<P>(tree: P): Mapped<P, Input, DeviceTensor> {
  return map(tree, (leaf, path) => fromLeaf(leaf as Input, path)) as Mapped<P, Input, DeviceTensor>;
}

/**
 * The tree as tensors of the current tfjs backend. Of host arrays, such as a training's `params()` in `lemmata/rl`: `toTf(fromTf(tree))`.
 *
 * @throws when a leaf is no tensor that lives with a runtime
 */
export function toTf<P>(tree: P): Mapped<P, DeviceTensor, tf.Tensor> {
  const made = (leaf: unknown, path: string) => {
    if (typeof (leaf as DeviceTensor)?.toTf === 'function') return (leaf as DeviceTensor).toTf();
    throw new Error(`toTf: ${path || 'it'} is no tensor of a compiled function; of host arrays: toTf(fromTf(…))`);
  };
  return map(tree, made) as Mapped<P, DeviceTensor, tf.Tensor>;
}

/**
 * A tensor of a runtime from numbers and a shape.
 *
 * @param data   copied, and converted to `dtype`
 * @param dtype  by default that of the array: float32 for Float32Array and Float64Array, int32 for Int32Array and Uint8Array, whose bytes are
 *               numbers from 0 to 255; of bool every number but 0 is true
 * @throws       when `data` does not have as many elements as `shape`
 */
export function fromArray(data: ArrayLike<number>, shape: readonly number[], dtype: TensorDType = dtypeOf(data)): DeviceTensor {
  return new DeviceTensor(fill(allocate([...shape], dtype), data));
}

/** A copy that outlives the donation of the original. */
export function clone<P>(tree: P): P {
  const copy = (leaf: DeviceTensor) => fromArray(DeviceTensor.memoryOf(leaf).data, leaf.shape, leaf.dtype);
  return map(tree, (leaf) => copy(leaf as DeviceTensor)) as P;
}

/** The leaf at `path` of an argument as a tensor of its own. */
export function fromLeaf(leaf: Input, path: string): DeviceTensor {
  if (leaf instanceof DeviceTensor) return leaf;
  const { shape, dtype } = specOf(leaf, path);
  return fromArray(valuesOf(leaf), shape, dtype);
}

const SCALAR: TensorSpec = { shape: [], dtype: 'float32' };

/**
 * Shape and dtype of a leaf.
 *
 * @throws when it is no data, or its array does not fit its shape
 */
export function specOf(leaf: Input, path: string): TensorSpec {
  if (leaf instanceof DeviceTensor) return leaf;
  if (typeof leaf === 'number') return SCALAR;
  if (leaf instanceof tf.Tensor && isDType(leaf.dtype)) return leaf as TensorSpec;
  if (isHostData(leaf)) return { shape: [leaf.length], dtype: dtypeOf(leaf) };
  const { data, shape, dtype } = leaf as Partial<HostInput>;
  if (!isHostData(data) || !Array.isArray(shape))
    throw new Error(
      `${path} must be a tensor, a number, or a Float32Array, Float64Array, Int32Array or Uint8Array (alone or as { data, shape }), got ${kindOf(leaf)}`,
    );
  if (!(shape as number[]).every((n) => Number.isSafeInteger(n) && n >= 0))
    throw new Error(`${path} has shape [${shape}]; sizes are whole numbers from 0 up`);
  const size = (shape as number[]).reduce((product, n) => product * n, 1);
  if (data.length !== size) throw new Error(`${path} has shape [${shape}], so ${size} elements, got ${data.length}`);
  return { shape, dtype: dtype ?? dtypeOf(data) };
}

/** The values of a leaf that `specOf` accepts. */
export function valuesOf(leaf: Exclude<Input, DeviceTensor>): ArrayLike<number> {
  if (typeof leaf === 'number') return [leaf];
  if (leaf instanceof tf.Tensor) return leaf.dataSync();
  return isHostData(leaf) ? leaf : leaf.data;
}

// By name, since an array made in a notebook cell is of another realm.
const NAMES: Record<string, TensorDType> = { Float32Array: 'float32', Float64Array: 'float32', Int32Array: 'int32', Uint8Array: 'int32' };
const nameOf = (x: unknown) => (ArrayBuffer.isView(x) ? ((x as unknown as Record<symbol, string>)[Symbol.toStringTag] ?? '') : '');
const isHostData = (x: unknown): x is HostData => nameOf(x) in NAMES;
const dtypeOf = (x: unknown): TensorDType => NAMES[nameOf(x)] ?? 'float32';
const isDType = (dtype: string): dtype is TensorDType => dtype === 'float32' || dtype === 'int32' || dtype === 'bool';
const tfDType = (dtype: TensorDType) => (dtype === 'float64' ? 'float32' : dtype);

function kindOf(x: unknown): string {
  if (x instanceof tf.Tensor) return `a ${x.dtype} tensor`;
  return typeof x === 'object' && x !== null ? `a ${x.constructor?.name ?? 'object'}` : `a ${typeof x}`;
}
