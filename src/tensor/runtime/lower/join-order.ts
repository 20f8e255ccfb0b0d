import type { Graph, Node, Value } from '../../graph/graph.js';

/**
 * The graph in an order that keeps operands in the processor's cache: a weight's gradient is computed beside its layer's, soon after what
 * both read.
 *
 * That is the order in which they were recorded. But ONNX Runtime runs a graph in an order of its own, depth first from the outputs and
 * from the latest node on, and where an optimiser joins all gradients into one vector it would start with the one that was recorded
 * last, and come back for the others when their operands have left the cache. So the reshapes before a join stand the other way round.
 */
export function inJoinOrder(graph: Graph): Graph {
  const readers = new Map<Value, number>();
  for (const input of graph.nodes.flatMap((node) => node.inputs)) if (input) readers.set(input, (readers.get(input) ?? 0) + 1);
  const place = new Map<Value, number>();
  const makers = new Map<Value, Node>();
  for (const [i, node] of graph.nodes.entries())
    for (const output of node.outputs) {
      place.set(output, i);
      makers.set(output, node);
    }
  const isMovable = (part: Node | undefined): part is Node => part?.op === 'Reshape' && readers.get(part.outputs[0]) === 1;
  const placeOf = (part: Node) => place.get(part.inputs[0]!) ?? -1;

  const before = new Map<Node, Node[]>();
  for (const join of graph.nodes) {
    if (join.op !== 'Concat') continue;
    const parts = join.inputs.map((input) => makers.get(input!)).filter(isMovable);
    before.set(
      join,
      parts.sort((a, b) => placeOf(b) - placeOf(a)),
    );
  }
  const moved = new Set([...before.values()].flat());
  return { ...graph, nodes: graph.nodes.flatMap((node) => (moved.has(node) ? [] : [...(before.get(node) ?? []), node])) };
}
