import type { Attribute, DType, Graph, Loop, Node, Value } from '../graph/graph.js';
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
  const nameOf = (value: Value) => rename.get(value.name) ?? value.name;
  const model = {
    ir_version: IR_VERSION,
    producer_name: 'lemmata',
    opset_import: [{ domain: '', version: OPSET }],
    metadata_props: Object.entries(options.metadata ?? {}).map(([key, value]) => ({ key, value })),
    graph: graphProto('lemmata', graph, nameOf, (value) => dims?.get(value) ?? value.shape),
  };
  return ModelProto.encode(ModelProto.create(model)).finish();
}

type Naming = (value: Value) => string;
type Dims = (value: Value) => readonly (number | string)[];

function graphProto(title: string, graph: Graph, nameOf: Naming, dimsOf: Dims): object {
  const info = (value: Value) => valueInfo(nameOf(value), value.dtype, dimsOf(value));
  return {
    name: title,
    node: graph.nodes.map((node) => nodeProto(node, nameOf, dimsOf)),
    initializer: graph.constants.map(({ value, data }) => ({
      name: nameOf(value),
      dims: [...value.shape],
      data_type: ELEMENT_TYPE[value.dtype],
      raw_data: toBytes(data),
    })),
    input: graph.inputs.map(info),
    output: graph.outputs.map(info),
  };
}

function nodeProto({ op, inputs, attributes, outputs, loop }: Node, nameOf: Naming, dimsOf: Dims): object {
  const given = loop ? inputs.slice(0, loop.states + loop.sequences) : inputs;
  const attribute = Object.entries(attributes).map(([key, value]) => ({ name: key, ...attributeProto(value) }));
  return {
    op_type: op,
    input: given.map((value) => (value ? nameOf(value) : '')),
    output: outputs.map(nameOf),
    attribute: loop ? loopAttributes(loop, inputs as readonly Value[], nameOf(outputs[0]), nameOf, dimsOf) : attribute,
  };
}

/** What a loop takes from outside it names as it is named there; its own names are none of theirs. */
function loopAttributes({ body, states, sequences, reverse }: Loop, inputs: readonly Value[], title: string, nameOf: Naming, dimsOf: Dims) {
  const given = states + sequences;
  const outer = new Map(body.inputs.slice(given).map((value, i) => [value.name, nameOf(inputs[given + i])]));
  const within = (value: Value) => outer.get(value.name) ?? `${title}/${value.name}`;
  const proto = graphProto(title, { ...body, inputs: body.inputs.slice(0, given) }, within, dimsOf);
  const turned = (count: number) => attributeProto(new Array<number>(count).fill(1));
  return [
    { name: 'body', type: 5, g: proto },
    { name: 'num_scan_inputs', ...attributeProto(sequences) },
    ...(reverse
      ? [
          { name: 'scan_input_directions', ...turned(sequences) },
          { name: 'scan_output_directions', ...turned(body.outputs.length - states) },
        ]
      : []),
  ];
}

function valueInfo(name: string, dtype: DType, shape: readonly (number | string)[]): object {
  const dim = shape.map((n) => (typeof n === 'number' ? { dim_value: n } : { dim_param: n }));
  return { name, type: { tensor_type: { elem_type: ELEMENT_TYPE[dtype], shape: { dim } } } };
}

/** `AttributeProto.AttributeType`: FLOAT 1, INT 2, STRING 3, INTS 7; GRAPH is 5. */
function attributeProto(value: Attribute): object {
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
