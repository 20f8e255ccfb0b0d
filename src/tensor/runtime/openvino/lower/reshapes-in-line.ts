import type { Graph, Node, Value } from '../../../graph/graph.js';

/**
 * The graph with each Reshape of a value that has several made of the one before it. OpenVINO 2026.4 gives a Reshape the memory of what it reads, but
 * where two read the same it copies for all but one of them: 7 % of a Transformer's step, whose gradients lie as [B, T, D] for the layer before, as
 * [B·T, D] for the weights and in blocks for the shift.
 */
export function withReshapesInLine(graph: Graph): Graph {
  const made = new Set(graph.nodes.flatMap(({ outputs }) => outputs));
  const latest = new Map<Value, Value>();
  const nodes = graph.nodes.map((node): Node => {
    const [x, shape] = node.inputs;
    if (node.op !== 'Reshape' || !made.has(x!)) return node;
    const source = latest.get(x!) ?? x!;
    latest.set(x!, node.outputs[0]);
    return { ...node, inputs: [source, shape] };
  });
  return { ...graph, nodes };
}
