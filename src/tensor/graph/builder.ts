import { sizeOf } from '../../base/index.js';
import { ELEMENT_TYPE, type Op } from '../onnx/operators.js';
import { fold, passes } from './fold.js';
import type { Attribute, Data, DType, Loop, Node, Value } from './graph.js';

type Type = Pick<Value, 'shape' | 'dtype'>;

/** Where a value comes from: the node that computes it, or a constant's data. A value with neither is an input. */
const producers = new WeakMap<Value, Node>();
const constants = new WeakMap<Value, Data>();
/** Values that no input changes: constants, and what is computed from them alone. */
const fixed = new WeakSet<Value>();
/** The node that computes a value. */
export const producerOf = (value: Value): Node | undefined => producers.get(value);
/** The elements of a constant. */
export const constantOf = (value: Value): Data | undefined => constants.get(value);
/** Whether no input changes a value. */
export const isFixed = (value: Value): boolean => fixed.has(value);

/** The number every element of a one-element constant has, else undefined. */
export function numberOf(value: Value): number | undefined {
  const data = constants.get(value);
  return data?.length === 1 && value.dtype !== 'int64' ? Number(data[0]) : undefined;
}

let serial = 0;
export const newValue = (shape: readonly number[], dtype: DType): Value => ({ name: `v${serial++}`, shape: [...shape], dtype });
/** Values are numbered as they are recorded. */
export const serialOf = (value: Value): number => Number(value.name.slice(1));

/**
 * Writes ONNX operators, each once: a node with the same operator, inputs and attributes as an earlier one returns that one's outputs.
 * Arithmetic on known numbers is done here, and operators that change nothing are not written.
 */
export class GraphBuilder {
  readonly #seen = new Map<string, readonly Value[]>();

  constant(data: Data, shape: readonly number[], dtype: DType): Value {
    const make = () => {
      const value = newValue(shape, dtype);
      constants.set(value, data);
      fixed.add(value);
      return [value] as const;
    };
    if (data.length > 64) return make()[0];
    return this.once(`${dtype}[${shape}]${Array.from<number | bigint, string>(data, (x) => (Object.is(x, -0) ? '-0' : `${x}`))}`, make)[0];
  }

  scalar(x: number, dtype: DType = 'float32'): Value {
    const data = dtype === 'float32' ? Float64Array.of(x) : dtype === 'int32' ? Int32Array.of(x) : Uint8Array.of(x);
    return this.constant(data, [], dtype);
  }

  /** A vector of shapes, axes or indices. */
  int64(list: readonly number[]): Value {
    return this.constant(BigInt64Array.from(list, BigInt), [list.length], 'int64');
  }

  /** An array without elements: runtimes never see one, so it is always a constant. */
  empty(shape: readonly number[], dtype: DType): Value {
    return this.constant(dtype === 'float32' ? new Float32Array() : dtype === 'int32' ? new Int32Array() : new Uint8Array(), shape, dtype);
  }

  add(op: Op, inputs: readonly (Value | null)[], types: readonly Type[], attributes: Record<string, Attribute> = {}): readonly Value[] {
    if (types.every((type) => sizeOf(type.shape) === 0)) return types.map((type) => this.empty(type.shape, type.dtype));
    const key = `${op}(${inputs.map((value) => value?.name ?? '')})${JSON.stringify(attributes)}${types.length}`;
    return this.once(key, () => {
      const outputs = types.map((type) => newValue(type.shape, type.dtype));
      const node: Node = { op, inputs, attributes, outputs };
      for (const output of outputs) producers.set(output, node);
      if (inputs.every((input) => !input || fixed.has(input))) for (const output of outputs) fixed.add(output);
      return outputs;
    });
  }

  /** A loop: never one that was written before. */
  loop(inputs: readonly Value[], types: readonly Type[], loop: Loop): readonly Value[] {
    const outputs = types.map(({ shape, dtype }) => newValue(shape, dtype));
    const node: Node = { op: 'Scan', inputs, attributes: {}, outputs, loop };
    for (const output of outputs) producers.set(output, node);
    return outputs;
  }

  /** What `make` makes, the first time that it is asked for under this key. */
  once(key: string, make: () => readonly Value[]): readonly Value[] {
    const earlier = this.#seen.get(key);
    if (earlier) return earlier;
    const made = make();
    this.#seen.set(key, made);
    return made;
  }

  /** A node with one output. */
  node(op: Op, inputs: readonly (Value | null)[], type: Type, attributes: Record<string, Attribute> = {}): Value {
    return this.add(op, inputs, [type], attributes)[0];
  }

  unary(op: Op, x: Value, dtype: DType = x.dtype): Value {
    const known = fold(op, dtype, [numberOf(x)]);
    if (known !== undefined) return this.reshape(this.scalar(known, dtype), x.shape);
    return this.node(op, [x], { shape: x.shape, dtype });
  }

  /** An element-wise operator with broadcasting. */
  binary(op: Op, x: Value, y: Value, dtype: DType = x.dtype): Value {
    const shape = broadcast(x.shape, y.shape);
    const operands = [numberOf(x), numberOf(y)];
    const known = dtype === x.dtype ? fold(op, dtype, operands) : undefined;
    if (known !== undefined) return this.reshape(this.scalar(known, dtype), shape);
    const same = [x, y][passes(op, operands) ?? 2];
    if (same && equal(same.shape, shape)) return same;
    return this.node(op, [x, y], { shape, dtype });
  }

  where(condition: Value, x: Value, y: Value): Value {
    if (x.dtype === 'bool') {
      // Few runtimes choose between truth values.
      const [yes, no] = [this.binary('And', condition, x), this.binary('And', this.unary('Not', condition), y)];
      return this.binary('Or', yes, no);
    }
    return this.node('Where', [condition, x, y], { shape: broadcast(condition.shape, broadcast(x.shape, y.shape)), dtype: x.dtype });
  }

  /** `otherwise` where x is NaN, else x. */
  unlessNaN(x: Value, otherwise: Value): Value {
    return this.where(this.unary('IsNaN', x, 'bool'), otherwise, x);
  }

  cast(x: Value, dtype: DType): Value {
    if (x.dtype === dtype) return x;
    const known = numberOf(x);
    if (known !== undefined && dtype !== 'int64') {
      const converted = dtype === 'bool' ? Number(known !== 0) : dtype === 'int32' ? Math.trunc(known) : known;
      return this.reshape(this.scalar(converted, dtype), x.shape);
    }
    const earlier = producerOf(x);
    if (earlier?.op === 'Cast' && earlier.inputs[0]!.dtype === 'bool') return this.cast(earlier.inputs[0]!, dtype);
    return this.node('Cast', [x], { shape: x.shape, dtype }, { to: ELEMENT_TYPE[dtype] });
  }

  reshape(x: Value, shape: readonly number[]): Value {
    if (equal(x.shape, shape)) return x;
    const data = constantOf(x);
    if (data && data.length <= 64) return this.constant(data, shape, x.dtype);
    const source = beforeReshape(x);
    if (equal(source.shape, shape)) return source;
    return this.node('Reshape', [source, this.int64(shape)], { shape, dtype: x.dtype });
  }

  expand(x: Value, shape: readonly number[]): Value {
    if (sizeOf(x.shape) === sizeOf(shape)) return this.reshape(x, shape);
    return this.node('Expand', [x, this.int64(shape)], { shape, dtype: x.dtype });
  }

  transpose(x: Value, perm: readonly number[]): Value {
    const producer = producerOf(x);
    if (producer?.op === 'Transpose') {
      const first = producer.attributes.perm as readonly number[];
      return this.transpose(
        producer.inputs[0]!,
        perm.map((axis) => first[axis]),
      );
    }
    const shape = perm.map((axis) => x.shape[axis]);
    const moved = perm.filter((axis) => x.shape[axis] !== 1);
    if (moved.every((axis, i) => i === 0 || axis > moved[i - 1])) return this.reshape(x, shape);
    return this.node('Transpose', [x], { shape, dtype: x.dtype }, { perm });
  }

  /** Elements begin ≤ i < end along each of `axes`, in steps. */
  slice(
    x: Value,
    axes: readonly number[],
    begin: readonly number[],
    end: readonly number[],
    steps: readonly number[] = axes.map(() => 1),
  ): Value {
    const shape = [...x.shape];
    for (const [i, axis] of axes.entries()) shape[axis] = Math.max(0, Math.ceil((end[i] - begin[i]) / steps[i]));
    const real = axes.map((_, i) => i).filter((i) => shape[axes[i]] !== x.shape[axes[i]] || steps[i] !== 1);
    if (real.length === 0) return x;
    const pick = (list: readonly number[]) => this.int64(real.map((i) => list[i]));
    // Going down to the first element ends before it, at −1, which ONNX would read as the last.
    const stop = end.map((index, i) => (index < 0 ? -1 - x.shape[axes[i]] : index));
    const inputs = [x, pick(begin), pick(stop), pick(axes)];
    return this.node('Slice', real.some((i) => steps[i] !== 1) ? [...inputs, pick(steps)] : inputs, { shape, dtype: x.dtype });
  }

  concat(parts: readonly Value[], axis: number): Value {
    const full = parts.filter((part) => sizeOf(part.shape) > 0);
    if (full.length === 1) return full[0];
    const shape = [...(full[0] ?? parts[0]).shape];
    shape[axis] = (full.length ? full : parts).reduce((sum, part) => sum + part.shape[axis], 0);
    return this.node('Concat', full, { shape, dtype: parts[0].dtype }, { axis });
  }

  gather(x: Value, indices: Value, axis: number): Value {
    const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
    return this.node('Gather', [x, indices], { shape, dtype: x.dtype }, { axis });
  }

  /** An array of zeros, as a product or a sum of nothing is: runtimes see no array without elements. */
  zeros(shape: readonly number[], dtype: DType): Value {
    return this.expand(this.scalar(0, dtype), shape);
  }

  matMul(x: Value, y: Value): Value {
    const shape = [...broadcast(x.shape.slice(0, -2), y.shape.slice(0, -2)), x.shape.at(-2)!, y.shape.at(-1)!];
    if (x.shape.at(-1) === 0) return this.zeros(shape, x.dtype);
    return this.node('MatMul', [x, y], { shape, dtype: x.dtype });
  }

  /** x' y' for matrices, each transposed or not. */
  gemm(x: Value, y: Value, transposeX = false, transposeY = false): Value {
    const shape = [x.shape[transposeX ? 1 : 0], y.shape[transposeY ? 0 : 1]];
    if (x.shape[transposeX ? 0 : 1] === 0) return this.zeros(shape, x.dtype);
    const attributes = { ...(transposeX && { transA: 1 }), ...(transposeY && { transB: 1 }) };
    return this.node('Gemm', [x, y], { shape, dtype: x.dtype }, attributes);
  }

  /** ReduceSum, ReduceMax and their kin. */
  reduce(op: Op, x: Value, axes: readonly number[], keepDims = false): Value {
    const shape = keepDims ? x.shape.map((n, i) => (axes.includes(i) ? 1 : n)) : x.shape.filter((_, i) => !axes.includes(i));
    if (axes.every((axis) => x.shape[axis] === 1)) return this.reshape(x, shape);
    if (op === 'ReduceSum' && sizeOf(x.shape) === 0) return this.zeros(shape, x.dtype);
    return this.node(op, [x, this.int64(axes)], { shape, dtype: x.dtype }, { keepdims: Number(keepDims) });
  }
}

/** What a value that was only reshaped was before. */
export function beforeReshape(value: Value): Value {
  const producer = producers.get(value);
  return producer?.op === 'Reshape' || producer?.op === 'Squeeze' ? producer.inputs[0]! : value;
}

export const equal = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((n, i) => n === b[i]);

/** The shape two arrays broadcast to (NumPy's rule). */
export function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [m, n] = [a[a.length - rank + i] ?? 1, b[b.length - rank + i] ?? 1];
    if (m !== n && m !== 1 && n !== 1) throw new Error(`Operands could not be broadcast together with shapes ${a} and ${b}.`);
    return m === 1 ? n : m;
  });
}
