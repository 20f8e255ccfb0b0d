import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../base/index.js';
import { constantOf, equal, GraphBuilder, numberOf } from '../graph/builder.js';
import type { Data, DType, Value } from '../graph/graph.js';
import { valueOfTraced } from './misuse.js';

/** What a tensor stands for. `value` broadcasts to `shape`: full-size copies of small things are written only where an operator needs them. */
interface Held {
  readonly value: Value;
  readonly shape: readonly number[];
  references: number;
}

/** A real tensor the traced function closed over. Its values became a constant of the graph. */
export interface Captured {
  readonly tensor: tf.TensorInfo;
  readonly dataId: tf.DataId;
}

/**
 * A tfjs backend that records instead of computing: its kernels (`./kernels`) write ONNX operators into `graph`, and a tensor's
 * data is the `Value` that the operator will have.
 */
export class TraceBackend extends tf.KernelBackend {
  graph = new GraphBuilder();
  captured = new Map<tf.DataId, Captured & Held>();
  /** Set when a value was asked for where an exception would be lost (`tensor.data()`); the trace throws it at its end. */
  misuse: Error | undefined;
  readonly #held = new Map<tf.DataId, Held>();

  /** A tensor for `value`, which must broadcast to `shape`. */
  give(value: Value, shape: readonly number[] = value.shape): tf.TensorInfo {
    const dataId = {};
    this.#held.set(dataId, { value, shape, references: 1 });
    return { dataId, shape: [...shape], dtype: value.dtype as tf.DataType };
  }

  /** The same data under another shape of the same size. */
  alias(x: tf.TensorInfo, shape: readonly number[]): tf.TensorInfo {
    const held = this.#held.get(x.dataId);
    if (!held) return this.give(this.full({ ...x, shape: [...shape] }));
    held.references++;
    return { dataId: x.dataId, shape: [...shape], dtype: x.dtype };
  }

  /** The value of exactly the tensor's shape. */
  full(x: tf.TensorInfo): Value {
    return this.graph.expand(this.compact(x), x.shape);
  }

  /** A value that broadcasts to the tensor's shape, as small as is known: for element-wise operators. */
  compact(x: tf.TensorInfo): Value {
    const { value, shape } = this.#lookup(x);
    if (equal(shape, x.shape)) return value;
    if (sizeOf(value.shape) === 1) return this.graph.reshape(value, []);
    const leading = x.shape.length - shape.length;
    if (leading >= 0 && x.shape.every((n, i) => (i < leading ? n === 1 : n === shape[i - leading]))) return value;
    return this.graph.reshape(this.graph.expand(value, shape), x.shape);
  }

  /** The number all elements of the tensor have, where that is known. */
  number(x: tf.TensorInfo): number | undefined {
    return numberOf(this.#lookup(x).value);
  }

  /** The tensor's values, where they are known while tracing. */
  known(x: tf.TensorInfo): Int32Array | undefined {
    const data = constantOf(this.#lookup(x).value);
    return data && Int32Array.from(data as Int32Array);
  }

  /** What a kernel that cannot be recorded does. */
  refuse(kernel: string, reason: string): never {
    throw new Error(`${kernel} cannot be compiled: ${reason}; compute it before, and pass the result to the compiled function`);
  }

  #lookup(x: tf.TensorInfo): Held {
    return this.#held.get(x.dataId) ?? this.captured.get(x.dataId) ?? this.#capture(x);
  }

  /** A tensor of another backend: its values now are what the graph will hold. */
  #capture(x: tf.TensorInfo): Held {
    const data = constantData(tf.engine().readSync(x.dataId), x.dtype).slice();
    const held = { value: this.#constant(data, x.shape, x.dtype as DType), shape: x.shape, references: 1 };
    this.captured.set(x.dataId, { ...held, tensor: x, dataId: x.dataId });
    return held;
  }

  /** Long arrays of one number (tfjs's gradients make many) are held as that number. */
  #constant(data: Exclude<Data, BigInt64Array>, shape: readonly number[], dtype: DType): Value {
    const first = data[0];
    const splat = first !== undefined && data.every((x) => x === first);
    return splat ? this.graph.scalar(first, dtype) : this.graph.constant(data, shape, dtype);
  }

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): tf.DataId {
    return this.give(this.leaf(constantData(values, dtype), shape, dtype as DType), shape).dataId;
  }

  /** What an array written by `tf.tensor` is in the graph. */
  protected leaf(data: Exclude<Data, BigInt64Array>, shape: readonly number[], dtype: DType): Value {
    return this.#constant(data, shape, dtype);
  }

  override move(dataId: tf.DataId, values: tf.BackendValues, shape: number[], dtype: tf.DataType, references: number): void {
    this.#held.set(dataId, { value: this.leaf(constantData(values, dtype), shape, dtype as DType), shape, references });
  }

  override readSync(dataId: tf.DataId): tf.BackendValues {
    const { value, shape } = this.held(dataId);
    const data = constantOf(value);
    if (!data) throw valueOfTraced(shape, value.dtype);
    const read = data instanceof Float64Array ? Float32Array.from(data) : (data as Float32Array);
    return read.length === sizeOf(shape) ? read : new (read.constructor as typeof Float32Array)(sizeOf(shape)).fill(read[0]);
  }

  /** Nobody may be waiting for a rejection here, so the error is kept for the end of the trace and the promise stays pending. */
  override read(dataId: tf.DataId): Promise<tf.BackendValues> {
    try {
      return Promise.resolve(this.readSync(dataId));
    } catch (error) {
      this.misuse ??= error as Error;
      return new Promise(() => {});
    }
  }

  protected held(dataId: tf.DataId): Held {
    const held = this.#held.get(dataId) ?? this.captured.get(dataId);
    if (!held) throw new Error('this tensor belongs to a trace that has ended: return it from the traced function instead of keeping it');
    return held;
  }

  override incRef(dataId: tf.DataId): void {
    this.held(dataId).references++;
  }
  override refCount(dataId: tf.DataId): number {
    return this.#held.get(dataId)?.references ?? 0;
  }
  override disposeData(dataId: tf.DataId, force = false): boolean {
    const held = this.#held.get(dataId);
    if (held && --held.references > 0 && !force) return false;
    this.#held.delete(dataId);
    return true;
  }
  override numDataIds(): number {
    return this.#held.size;
  }
  override floatPrecision(): 32 {
    return 32;
  }
  override epsilon(): number {
    return 1e-7;
  }
  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }
  override timerAvailable(): boolean {
    return false;
  }
  override dispose(): void {}
}

function constantData(values: tf.BackendValues, dtype: tf.DataType): Exclude<Data, BigInt64Array> {
  if (dtype === 'float32') return values as Float32Array;
  if (dtype === 'int32') return values as Int32Array;
  if (dtype === 'bool') return values as Uint8Array;
  throw new Error(`a compiled graph holds float32, int32 and bool tensors, got ${dtype}: keep it outside the compiled function`);
}
