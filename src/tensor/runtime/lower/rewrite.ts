import { GraphBuilder, newValue } from '../../graph/builder.js';
import type { Graph, Node, Value } from '../../graph/graph.js';
import { subgraph } from '../../graph/subgraph.js';
import type { Op } from '../../onnx/operators.js';

/** A node whose inputs are values of the graph that is being written. Operators here have no absent inputs but trailing ones. */
export interface MatchedNode extends Node {
  readonly op: Op;
  readonly inputs: readonly Value[];
}

/** Writes what a runtime is to have in place of a node, and returns its outputs; undefined leaves the node as it is. */
export type Rewrite = (g: GraphBuilder, node: MatchedNode) => readonly Value[] | undefined;

/** One family of rules, by the operator that they replace. What a rule writes is not rewritten again. */
export type Rewrites = Readonly<Partial<Record<Op, Rewrite>>>;

/**
 * The graph with each node replaced by what the first rule that knows it writes. As when it was recorded, a common subexpression is written
 * once, and what no output needs is left out. Inputs and outputs keep their names and order.
 */
export function rewrite(graph: Graph, families: readonly Rewrites[]): Graph {
  const g = new GraphBuilder();
  const now = new Map<string, Value>();
  for (const { name, shape, dtype } of graph.inputs) now.set(name, newValue(shape, dtype));
  for (const { value, data } of graph.constants) now.set(value.name, g.constant(data, value.shape, value.dtype));
  const written = (node: MatchedNode): readonly Value[] => {
    for (const rules of families) {
      const outputs = rules[node.op]?.(g, node);
      if (outputs) return outputs;
    }
    if (node.op === 'Identity') return node.inputs;
    if (node.op === 'Reshape') return [g.reshape(node.inputs[0], node.outputs[0].shape)];
    return g.add(node.op, node.inputs, node.outputs, node.attributes);
  };
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((value) => value && now.get(value.name)!) as Value[];
    const outputs = node.loop
      ? g.loop(inputs, node.outputs, { ...node.loop, body: rewrite(node.loop.body, families) })
      : written({ ...node, op: node.op as Op, inputs });
    for (const [i, { name }] of node.outputs.entries()) now.set(name, outputs[i]);
  }
  const of = (values: readonly Value[]) => values.map(({ name }) => now.get(name)!);
  const names = (values: readonly Value[]) => values.map(({ name }) => name);
  return subgraph(of(graph.inputs), of(graph.outputs), { inputs: names(graph.inputs), outputs: names(graph.outputs) });
}
