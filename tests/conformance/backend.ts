import type * as tf from '@tensorflow/tfjs';
import { constantOf, newValue } from '../../src/tensor/graph/builder.js';
import type { DType, Value } from '../../src/tensor/graph/graph.js';
import { TraceBackend } from '../../src/tensor/trace/backend.js';
import { evaluate, isEmpty, type Numbers } from './evaluate.js';

/** What the current spec did: unsupported kernels it called, and comparisons between the runtimes that are still going on. */
export const spec = { unsupported: new Set<string>(), comparisons: [] as Promise<void>[] };

/** Values that are known: written by a test, or read by one. */
const known = new WeakMap<Value, Numbers>();

/** The tracing backend with evaluation on read: what leads to the tensor becomes an ONNX graph whose inputs are the arrays the test wrote. */
export class EvaluatingBackend extends TraceBackend {
  readonly #opaque = new Map<tf.DataId, tf.BackendValues>();

  protected override leaf(data: Numbers, shape: readonly number[], dtype: DType): Value {
    const value = newValue(shape, dtype);
    if (isEmpty(value)) return this.graph.empty(shape, dtype);
    known.set(value, data);
    return value;
  }

  /** Strings are held for the tests that only write and read them; no kernel takes them. */
  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): tf.DataId {
    if (dtype !== 'string') return super.write(values, shape, dtype);
    const { dataId } = this.give(this.graph.scalar(0), shape);
    this.#opaque.set(dataId, values);
    return dataId;
  }

  override refuse(kernel: string, reason: string): never {
    spec.unsupported.add(kernel);
    return super.refuse(kernel, reason);
  }

  override time(work: () => void): Promise<{ kernelMs: number }> {
    const started = performance.now();
    work();
    return Promise.resolve({ kernelMs: performance.now() - started });
  }

  override known(x: tf.TensorInfo): Int32Array | undefined {
    const data = known.get(this.held(x.dataId).value);
    return data ? Int32Array.from(data) : super.known(x);
  }

  override readSync(dataId: tf.DataId): tf.BackendValues {
    const opaque = this.#opaque.get(dataId);
    if (opaque) return opaque;
    const held = this.held(dataId);
    const value = this.graph.expand(held.value, held.shape);
    if (isEmpty(value)) return constantOf(value) as Float32Array;
    let data = known.get(value);
    if (!data) {
      const { result, agreed } = evaluate(value, known);
      agreed.catch(() => {}); // awaited at the end of the spec
      spec.comparisons.push(agreed);
      known.set(value, result);
      data = result;
    }
    return data.slice() as Float32Array;
  }

  override async read(dataId: tf.DataId): Promise<tf.BackendValues> {
    return this.readSync(dataId);
  }
}
