import type { Constant, Data, Graph, Node, Value } from '../../../graph/graph.js';
import { offsets, stridesOf } from '../../../interpret/operand.js';

/**
 * The graph with constants that are read both as they are and transposed as two constants: OpenVINO 2026.4 packs one for its products only
 * once, and multiplies by the same in both places. `miscompiled` has it for the transposes inside of Gemm.
 */
export function withTurnedConstants(graph: Graph): Graph {
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const constants = new Map(graph.constants.map((constant) => [constant.value, constant]));
  const sourceOf = (value: Value): Constant | undefined => {
    const maker = makers.get(value);
    return maker && VIEWS.has(maker.op) ? sourceOf(maker.inputs[0]!) : constants.get(value);
  };
  const readers = new Map<Constant, number>();
  for (const { op, inputs } of graph.nodes)
    for (const input of VIEWS.has(op) ? [] : inputs) {
      const source = input && sourceOf(input);
      if (source) readers.set(source, (readers.get(source) ?? 0) + 1);
    }
  const made: Constant[] = [];
  const nodes = graph.nodes.filter((node) => {
    const source = node.op === 'Transpose' && !graph.outputs.includes(node.outputs[0]) ? sourceOf(node.inputs[0]!) : undefined;
    if (!source || readers.get(source)! < 2) return true;
    made.push({ value: node.outputs[0], data: transposed(source.data, node) });
    return false;
  });
  return made.length > 0 ? { ...graph, constants: [...graph.constants, ...made], nodes } : graph;
}

const VIEWS = new Set(['Identity', 'Reshape', 'Squeeze']);

function transposed(data: Data, { inputs: [x], attributes, outputs: [y] }: Node): Data {
  const strides = stridesOf(x!.shape);
  const from = offsets(
    y.shape,
    (attributes.perm as readonly number[]).map((axis) => strides[axis]),
  );
  const out = data.slice();
  for (let i = 0; i < out.length; i++) out[i] = data[from[i]];
  return out;
}
