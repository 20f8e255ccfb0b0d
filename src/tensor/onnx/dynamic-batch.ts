import { sizeOf } from '../../base/index.js';
import type { Data, Graph, Node, Value } from '../graph/graph.js';

/** A graph that runs at any batch length, and the dimensions of its values that follow it: `batch`, or a multiple such as `32*batch`. */
export interface DynamicGraph {
  readonly graph: Graph;
  readonly dims: ReadonlyMap<Value, readonly (number | string)[]>;
}

/** Two primes no one's dimension is a multiple of by accident. */
const LENGTHS = [1009, 1013] as const;

/**
 * Makes the batch length an unknown. A trace fixes every number, so the function is traced at two lengths: whatever differs depends on the
 * batch, and is computed from an input's shape instead.
 *
 * @param traceAt  the graph at a batch length
 * @throws         where something differs that is neither a multiple nor a fraction of the batch length
 */
export function withDynamicBatch(traceAt: (length: number) => Graph): DynamicGraph {
  const [graph, other] = LENGTHS.map(traceAt);
  assertAlike(graph, other);
  const [values, others] = [valuesOf(graph), valuesOf(other)];
  const dims = new Map(values.map((value, i) => [value, value.shape.map((n, axis) => dimension(n, others[i].shape[axis]))]));
  const source = graph.inputs
    .flatMap((value) => value.shape.map((_, axis) => ({ value, axis })))
    .find(({ value, axis }) => dims.get(value)![axis] === 'batch');
  if (!source) throw new Error('toOnnx: no input has a batch axis: name the inputs whose first axis is the batch');
  const writer = new BatchWriter(source.value, source.axis);
  const constants = graph.constants.filter(({ value, data }, i) => {
    const second = other.constants[i].data;
    if (same(data, second)) return true;
    writer.replace(value.name, value, data, second, dims.get(value)!);
    return false;
  });
  const open = (node: Node, second: Node): Node => {
    const inputs = node.inputs.map((input) => input && writer.replaced(input));
    if (!node.loop) return { ...node, inputs };
    // What a loop holds that depends on the batch it takes from outside.
    const { body } = node.loop;
    const changed = body.constants.filter(({ data }, i) => !same(data, second.loop!.body.constants[i].data));
    for (const { value, data } of changed) {
      const at = second.loop!.body.constants.find(({ value: { name } }) => name === value.name)!;
      writer.replace(`${node.outputs[0].name}/${value.name}`, value, data, at.data, dims.get(value)!);
    }
    const taken = changed.map(({ value }) => value);
    const outside = taken.map((value) => writer.replaced({ ...value, name: `${node.outputs[0].name}/${value.name}` }));
    const opened = {
      ...body,
      inputs: [...body.inputs, ...taken],
      constants: body.constants.filter((constant) => !changed.includes(constant)),
    };
    return { ...node, inputs: [...inputs, ...outside], loop: { ...node.loop, body: opened } };
  };
  const nodes = graph.nodes.map((node, i) => open(node, other.nodes[i]));
  return { graph: { ...graph, constants: [...constants, ...writer.constants], nodes: [...writer.nodes, ...nodes] }, dims };
}

const same = (a: Data, b: Data) => a.length === b.length && [...a].every((x, k) => Object.is(x, b[k]));

const valuesOf = (graph: Graph): Value[] => [
  ...graph.inputs,
  ...graph.constants.map((c) => c.value),
  ...graph.nodes.flatMap(({ outputs, loop }) => [...outputs, ...(loop ? valuesOf(loop.body) : [])]),
  ...graph.outputs,
];

function assertAlike(a: Graph, b: Graph): void {
  const outline = ({ nodes, constants }: Graph): unknown => [
    nodes.map((n) => [n.op, n.inputs.map((v) => v?.name), n.attributes, n.loop && outline(n.loop.body)]),
    constants.length,
  ];
  if (JSON.stringify(outline(a)) !== JSON.stringify(outline(b)))
    throw new Error('toOnnx: the function does something else at another batch length, so one file cannot serve all');
}

function dimension(n: number, other: number): number | string {
  if (n === other) return n;
  const [first, second] = LENGTHS;
  const times = n / first;
  if (!Number.isInteger(times) || times * second !== other)
    throw new Error('toOnnx: a dimension is no multiple of the batch length, so it cannot be left open');
  return times === 1 ? 'batch' : `${times}*batch`;
}

/** Writes the nodes that compute, from the batch length, what used to be constant. */
class BatchWriter {
  readonly nodes: Node[] = [];
  readonly constants: { value: Value; data: Data }[] = [];
  readonly #replaced = new Map<string, Value>();
  readonly #batch: Value;

  constructor(input: Value, axis: number) {
    this.#batch = this.#node('Shape', [input], [1], 'int64', { start: axis, end: axis + 1 });
  }

  replaced(value: Value): Value {
    return this.#replaced.get(value.name) ?? value;
  }

  replace(name: string, value: Value, data: Data, other: Data, dims: readonly (number | string)[]): void {
    this.#replaced.set(name, value.dtype === 'int64' ? this.#vector(data, other) : this.#numbers(value, data, other, dims));
  }

  /** A vector of dimensions: each fixed, or a multiple of the batch length. */
  #vector(data: Data, other: Data): Value {
    const parts = [...data].map((n, i) => this.#multiple(dimension(Number(n), Number(other[i]))));
    return this.#node('Concat', parts, [parts.length], 'int64', { axis: 0 });
  }

  #multiple(dim: number | string): Value {
    if (dim === 'batch') return this.#batch;
    if (typeof dim === 'number') return this.#constant(BigInt64Array.of(BigInt(dim)), [1], 'int64');
    return this.#node('Mul', [this.#batch, this.#multiple(Number.parseInt(dim, 10))], [1], 'int64');
  }

  /** One number repeated, itself fixed, a multiple, or a fraction of the batch length. */
  #numbers(value: Value, data: Data, other: Data, dims: readonly (number | string)[]): Value {
    const [x, y] = [Number(data[0]), Number(other[0])];
    if (data.some((v) => Number(v) !== x) || other.some((v) => Number(v) !== y))
      throw new Error(`toOnnx: a constant of shape [${dims}] depends on the batch length: pass it to the function as an argument`);
    const scalar = this.#scalar(x, y, value);
    if (sizeOf(value.shape) === 1) return this.#reshaped(scalar, value);
    const shape = this.#node(
      'Concat',
      dims.map((dim) => this.#multiple(dim)),
      [dims.length],
      'int64',
      { axis: 0 },
    );
    return this.#node('Expand', [scalar, shape], value.shape, value.dtype);
  }

  #scalar(x: number, y: number, { dtype }: Value): Value {
    const close = (a: number, b: number) => Math.abs(a - b) <= 1e-6 * Math.abs(a);
    const constant = (n: number) => this.#constant(dtype === 'float32' ? Float64Array.of(n) : Int32Array.of(n), [1], dtype);
    if (x === y) return constant(x);
    const batch = this.#node('Cast', [this.#batch], [1], dtype, { to: dtype === 'float32' ? 1 : 6 });
    const [first, second] = LENGTHS;
    if (close(x / first, y / second)) return this.#node('Mul', [batch, constant(x / first)], [1], dtype);
    if (close(x * first, y * second) && dtype === 'float32') return this.#node('Div', [constant(x * first), batch], [1], dtype);
    throw new Error(`toOnnx: the number ${x} depends on the batch length in a way that no file can say: compute it from an argument`);
  }

  #reshaped(x: Value, { shape, dtype }: Value): Value {
    if (shape.length === 1) return x;
    return this.#node('Reshape', [x, this.#constant(BigInt64Array.from(shape, BigInt), [shape.length], 'int64')], shape, dtype);
  }

  #constant(data: Data, shape: readonly number[], dtype: Value['dtype']): Value {
    const value = { name: `b${this.constants.length}`, shape, dtype };
    this.constants.push({ value, data });
    return value;
  }

  #node(op: string, inputs: Value[], shape: readonly number[], dtype: Value['dtype'], attributes: Node['attributes'] = {}): Value {
    const output = { name: `batch${this.nodes.length}`, shape, dtype };
    this.nodes.push({ op, inputs, attributes, outputs: [output] });
    return output;
  }
}
