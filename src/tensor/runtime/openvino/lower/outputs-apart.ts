import type { Graph, Node, Value } from '../../../graph/graph.js';
import { isWindow } from '../../../onnx/operators.js';

/**
 * Outputs in memory of their own where a convolution reads them turned, or what they are a view of. OpenVINO 2026.4 turns nothing there, but
 * reads the memory in another order; and it goes on reading where the value lay before it was given the memory of the output.
 */
export function withOutputsApart(graph: Graph): Graph {
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const turned = new Set<Value>();
  for (const { op, inputs } of graph.nodes) {
    const turn = inputs[0] && isWindow(op) ? makers.get(inputs[0]) : undefined;
    if (turn?.op === 'Transpose') turned.add(baseOf(turn.inputs[0]!, makers));
  }
  const apart = graph.outputs.filter((value) => turned.has(baseOf(value, makers)));
  if (apart.length === 0) return graph;
  const within = new Map(apart.map((value) => [value, { ...value, name: `${value.name}_shared` }]));
  const now = (value: Value | null) => (value && within.get(value)) ?? value;
  const nodes = graph.nodes.map(
    (node): Node => ({ ...node, inputs: node.inputs.map(now), outputs: node.outputs.map((value) => now(value)!) }),
  );
  const copies = apart.map((value): Node => {
    const shared = within.get(value)!;
    return { op: 'Max', inputs: [shared, shared], attributes: {}, outputs: [value] }; // a copy that no pass removes
  });
  return { ...graph, nodes: [...nodes, ...copies] };
}

/** What a view is a view of. */
function baseOf(value: Value, makers: ReadonlyMap<Value, Node>): Value {
  const maker = makers.get(value);
  return maker && VIEWS.has(maker.op) && maker.inputs[0] ? baseOf(maker.inputs[0], makers) : value;
}

const VIEWS = new Set(['Identity', 'Reshape', 'Squeeze']);
