import { sizeOf } from '../../../../base/index.js';
import type { Constant, Data, DType, Graph, Node, Value } from '../../../graph/graph.js';
import { inDouble, kernels } from '../../../interpret/interpret.js';
import type { Elements, Operand } from '../../../interpret/operand.js';
import { isView, type Op } from '../../../onnx/operators.js';

/**
 * The graph with what constants alone determine as constants, computed in double precision. OpenVINO 2026.4 computes what it cannot fold (a
 * convolution, a mean over windows, an ELU) once, and lets the element-wise operator that reads it write into that result at every
 * call. Views stay as they are: it folds them, and what repeats a number is small before.
 */
export function withKnownResults(graph: Graph): Graph {
  const known = new Map<string, () => Operand>(
    graph.constants.map(({ value, data }) => [value.name, once(() => ({ ...value, data: inDouble(value, data) }))]),
  );
  const settled = new Set<Node>();
  for (const node of graph.nodes) {
    const operands = node.inputs.map((input) => input && known.get(input.name));
    if (node.loop || operands.includes(undefined) || work(node) > MOST) continue;
    const results = once(() => kernels[node.op as Op](node, operands.map((operand) => operand?.()) as Operand[]));
    for (const [i, output] of node.outputs.entries()) known.set(output.name, () => ({ ...output, data: results()[i] }));
    if (!isView(node.op)) settled.add(node);
  }
  return settled.size > 0 ? without(graph, settled, (value) => known.get(value.name)!().data) : graph;
}

/** The graph with constants in place of some nodes, and without what is no longer read. */
function without(graph: Graph, settled: ReadonlySet<Node>, resultOf: (value: Value) => Elements): Graph {
  const results = new Set(graph.outputs.map(({ name }) => name));
  const read = new Set(results);
  const constants: Constant[] = [];
  const nodes: Node[] = [];
  for (const node of [...graph.nodes].reverse()) {
    const outputs = node.outputs.filter(({ name }) => read.has(name));
    if (outputs.length === 0) continue;
    if (!settled.has(node)) {
      nodes.push(node);
      for (const input of node.inputs) if (input) read.add(input.name);
      continue;
    }
    for (const output of outputs) {
      const value = results.has(output.name) ? { ...output, name: `${output.name}_known` } : output;
      constants.push({ value, data: asData(output.dtype, resultOf(output)) });
      if (value !== output) nodes.push({ op: 'Identity', inputs: [value], attributes: {}, outputs: [output] });
    }
  }
  const kept = graph.constants.filter(({ value }) => read.has(value.name));
  return { ...graph, constants: [...kept, ...constants], nodes: nodes.reverse() };
}

/** What takes longer in plain TypeScript is left to OpenVINO: a product of large matrices, as it stands, is read by other products. */
const MOST = 2 ** 24;

/** About how many multiplications a node takes. */
function work({ op, inputs, outputs }: Node): number {
  const size = outputs.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  if (op === 'Conv' || op === 'ConvTranspose') return (size * sizeOf(inputs[1]!.shape)) / Math.max(1, inputs[1]!.shape[0]);
  if (op !== 'MatMul' && op !== 'Gemm') return Math.max(size, sizeOf(inputs[0]?.shape ?? []));
  return Math.sqrt((sizeOf(inputs[0]!.shape) * sizeOf(inputs[1]!.shape) * size) / Math.max(1, sizeOf(inputs[0]!.shape.slice(0, -2))));
}

const asData = (dtype: DType, data: Elements): Data => (dtype === 'int64' ? BigInt64Array.from(data as Float64Array, BigInt) : data);

function once<T>(make: () => T): () => T {
  let made: { readonly it: T } | undefined;
  return () => {
    made ??= { it: make() };
    return made.it;
  };
}
