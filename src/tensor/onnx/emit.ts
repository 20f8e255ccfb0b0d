import type { Attribute, DType, Graph, Value } from '../graph/graph.js';
import { withDynamicBatch } from './dynamic-batch.js';
import { ELEMENT_TYPE, toBytes } from './operators.js';
import { IR_VERSION, ModelProto, OPSET } from './schema.js';

/** What an ONNX file is to say beside the graph. */
export interface OnnxOptions {
  /** Names of the graph's inputs in the file, in order. */
  readonly inputNames?: readonly string[];
  /** Names of its outputs, in order. */
  readonly outputNames?: readonly string[];
  /** The same function traced at another batch length: the file then leaves that length open. */
  readonly dynamicBatch?: (length: number) => Graph;
  /** Shown to whoever inspects the file. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Writes a graph as a standard ONNX file: opset 18, doubles rounded to float32, every shape fixed unless `dynamicBatch` is given.
 *
 * @throws  where names are missing, repeated, or already used inside the graph
 */
export function toOnnx(traced: Graph, options: OnnxOptions = {}): Uint8Array {
  const { graph, dims } = options.dynamicBatch ? withDynamicBatch(options.dynamicBatch) : { graph: traced, dims: undefined };
  const rename = namesOf(graph, options);
  const name = (value: Value | null) => (value ? (rename.get(value.name) ?? value.name) : '');
  const model = {
    ir_version: IR_VERSION,
    producer_name: 'lemmata',
    opset_import: [{ domain: '', version: OPSET }],
    metadata_props: Object.entries(options.metadata ?? {}).map(([key, value]) => ({ key, value })),
    graph: {
      name: 'lemmata',
      node: graph.nodes.map(({ op, inputs, attributes, outputs }) => ({
        op_type: op,
        input: inputs.map(name),
        output: outputs.map(name),
        attribute: Object.entries(attributes).map(([key, value]) => ({ name: key, ...attribute(value) })),
      })),
      initializer: graph.constants.map(({ value, data }) => ({
        name: value.name,
        dims: [...value.shape],
        data_type: ELEMENT_TYPE[value.dtype],
        raw_data: toBytes(data),
      })),
      input: graph.inputs.map((value) => valueInfo(name(value), value.dtype, dims?.get(value.name) ?? value.shape)),
      output: graph.outputs.map((value) => valueInfo(name(value), value.dtype, dims?.get(value.name) ?? value.shape)),
    },
  };
  return ModelProto.encode(ModelProto.create(model)).finish();
}

function valueInfo(name: string, dtype: DType, shape: readonly (number | string)[]): object {
  const dim = shape.map((n) => (typeof n === 'number' ? { dim_value: n } : { dim_param: n }));
  return { name, type: { tensor_type: { elem_type: ELEMENT_TYPE[dtype], shape: { dim } } } };
}

/** `AttributeProto.AttributeType`: FLOAT 1, INT 2, STRING 3, INTS 7. */
function attribute(value: Attribute): object {
  if (typeof value === 'number') return { type: 2, i: value };
  if (typeof value === 'string') return { type: 3, s: new TextEncoder().encode(value) };
  if ('float' in value) return { type: 1, f: value.float };
  return { type: 7, ints: [...value] };
}

function namesOf(graph: Graph, { inputNames, outputNames }: OnnxOptions): Map<string, string> {
  const pairs = [...named('input', graph.inputs, inputNames), ...named('output', graph.outputs, outputNames)];
  const names = pairs.map(([, name]) => name);
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated !== undefined) throw new Error(`toOnnx: '${repeated}' names two things; inputs and outputs need names of their own`);
  const inner = [...graph.constants.map((c) => c.value), ...graph.nodes.flatMap((n) => n.outputs)].map((value) => value.name);
  const taken = names.find((name) => inner.includes(name) && !pairs.some(([from]) => from === name));
  if (taken !== undefined) throw new Error(`toOnnx: '${taken}' is the name of a value inside the graph; choose another`);
  return new Map(pairs);
}

function named(kind: string, values: readonly Value[], names: readonly string[] | undefined): [string, string][] {
  if (names && names.length !== values.length)
    throw new Error(`toOnnx: ${names.length} ${kind} names for ${values.length} ${kind}s; name every one, in order`);
  return values.map((value, i) => [value.name, names?.[i] ?? value.name]);
}
