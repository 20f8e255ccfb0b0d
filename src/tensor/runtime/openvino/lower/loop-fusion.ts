import type { Constant, Graph, Node, Value } from '../../../graph/graph.js';

/**
 * A form that OpenVINO 2026.4 joins into fewer loops: outputs that other nodes read too, as an optimiser's next state is, leave the
 * graph through a Reshape to [1, …shape], which costs nothing, and all outputs are listed in the order in which they are computed.
 *
 * OpenVINO joins element-wise nodes into one loop as long as at most one of them is a result, and none of what it joins is read by a
 * node that it has put before the others, where it goes through the outputs from the last one on. Without this Adam's update is three
 * loops, and its vectors are written and read again between them.
 */
export function forLoopFusion(graph: Graph): Graph {
  const read = new Set(graph.nodes.flatMap((node) => node.inputs));
  const inner = new Map<Value, Value>();
  for (const value of graph.outputs)
    if (read.has(value) && value.shape.length > 0) inner.set(value, { ...value, name: `${value.name}_inner` });
  const within = <V extends Value | null>(value: V) => (value && (inner.get(value) as V)) ?? value;
  const nodes: Node[] = graph.nodes.map((node) => ({ ...node, inputs: node.inputs.map(within), outputs: node.outputs.map(within) }));
  const constants: Constant[] = [...graph.constants];
  const outputs: Value[] = [];
  for (const value of graph.nodes.flatMap((node) => node.outputs.filter((output) => graph.outputs.includes(output)))) {
    const source = inner.get(value);
    const output = source ? { ...value, shape: [1, ...value.shape] } : value;
    outputs.push(output);
    if (!source) continue;
    const { node, constant } = reshaped(source, output);
    constants.push(constant);
    nodes.push(node);
  }
  return { ...graph, outputs, constants, nodes };
}

/** The node that makes `to` of `from`, and the constant that it needs. */
export function reshaped(from: Value, to: Value): { node: Node; constant: Constant } {
  const value: Value = { name: `${to.name}_shape`, shape: [to.shape.length], dtype: 'int64' };
  return {
    node: { op: 'Reshape', inputs: [from, value], attributes: {}, outputs: [to] },
    constant: { value, data: BigInt64Array.from(to.shape, BigInt) },
  };
}
