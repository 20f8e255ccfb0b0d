import type { DType } from '../graph/graph.js';
import { ELEMENT_TYPE } from './operators.js';
import { ModelProto } from './schema.js';

/** An input or output as an ONNX file declares it; a dimension that varies has a name. */
export interface Port {
  readonly name: string;
  readonly dtype: DType | `element type ${number}`;
  readonly shape: readonly (number | string)[];
}

/** What an ONNX file says of itself. */
export interface OnnxSummary {
  /** What wrote it: `lemmata`, `pytorch`. */
  readonly producer: string;
  /** The version of the file format. */
  readonly irVersion: number;
  /** The version of the standard's operators; 0 where it uses none of them. */
  readonly opset: number;
  /** What its author added, by key. */
  readonly metadata: Readonly<Record<string, string>>;
  /** What it takes, in order, without its constants. */
  readonly inputs: readonly Port[];
  /** What it gives, in order. */
  readonly outputs: readonly Port[];
  /** How often each operator occurs, inside loops too. */
  readonly operators: Readonly<Record<string, number>>;
}

interface PortProto {
  name: string;
  type?: { tensor_type?: { elem_type: number; shape?: { dim: { dim_value?: number; dim_param?: string }[] } } };
}

interface GraphProto {
  node: { op_type: string; attribute: { g?: GraphProto | null }[] }[];
}

/** The part of a decoded ModelProto that is read here. */
interface DecodedModel {
  ir_version: number;
  producer_name: string;
  opset_import: { domain: string; version: number }[];
  metadata_props: { key: string; value: string }[];
  graph?: GraphProto & { input: PortProto[]; output: PortProto[]; initializer: { name: string }[] };
}

/**
 * Reads an ONNX file's outline: who wrote it, its inputs and outputs with their shapes, and its operators.
 *
 * @param bytes  the whole file, such as `toOnnx` or `fs.readFileSync` gives
 * @throws  where the bytes are cut short, damaged, or no ONNX model
 */
export function describeOnnx(bytes: Uint8Array): OnnxSummary {
  const { graph, ...model } = decode(bytes);
  if (!graph?.output.length) throw corrupt(bytes, 'it holds no graph with outputs');
  const constants = new Set(graph.initializer.map(({ name }) => name));
  const operators: Record<string, number> = {};
  count(graph, operators);
  return {
    producer: model.producer_name,
    irVersion: model.ir_version,
    opset: model.opset_import.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 0,
    metadata: Object.fromEntries(model.metadata_props.map(({ key, value }) => [key, value])),
    inputs: graph.input.filter(({ name }) => !constants.has(name)).map(port),
    outputs: graph.output.map(port),
    operators,
  };
}

function count({ node }: GraphProto, operators: Record<string, number>): void {
  for (const { op_type, attribute } of node) {
    operators[op_type] = (operators[op_type] ?? 0) + 1;
    for (const { g } of attribute) if (g) count(g, operators);
  }
}

function decode(bytes: Uint8Array): DecodedModel {
  try {
    return ModelProto.toObject(ModelProto.decode(bytes), {
      defaults: true,
      arrays: true,
      longs: Number,
      bytes: Array,
      oneofs: true,
    }) as DecodedModel;
  } catch (error) {
    throw corrupt(bytes, (error as Error).message);
  }
}

const corrupt = (bytes: Uint8Array, why: string) =>
  new Error(
    `these ${bytes.length} bytes are not a whole ONNX model (${why}): the file was cut short or is of another kind; export it again`,
  );

const DTYPES = Object.fromEntries(Object.entries(ELEMENT_TYPE).map(([dtype, code]) => [code, dtype as DType]));

function port({ name, type }: PortProto): Port {
  const code = type?.tensor_type?.elem_type ?? 0;
  const shape = type?.tensor_type?.shape?.dim.map(({ dim_param, dim_value }) => dim_param || (dim_value ?? 0)) ?? [];
  return { name, dtype: DTYPES[code] ?? `element type ${code}`, shape };
}
