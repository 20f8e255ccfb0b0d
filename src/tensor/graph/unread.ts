import type { Graph, Node, Value } from './graph.js';

/**
 * The graph without what nothing reads: nodes, and results and states' sequences of a loop. A layer's forward keeps in its loop what its
 * backward would need, whether or not there is one.
 */
export function withoutUnread(graph: Graph): Graph {
  const read = new Set<Value>(graph.outputs);
  const nodes: Node[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((output) => read.has(output))) continue;
    const kept = node.loop ? shortened(node, read) : node;
    for (const input of kept.inputs) if (input) read.add(input);
    nodes.push(kept);
  }
  return { ...graph, nodes: nodes.reverse(), constants: graph.constants.filter(({ value }) => read.has(value)) };
}

/** A loop that gives its states and those results that are read, of what these need. */
function shortened(node: Node, read: ReadonlySet<Value>): Node {
  const { body, states, sequences, reverse } = node.loop!;
  const isKept = (i: number) => i < states || read.has(node.outputs[i]);
  const inner = withoutUnread({ ...body, outputs: body.outputs.filter((_, i) => isKept(i)) });
  const needed = new Set(inner.nodes.flatMap(({ inputs }) => inputs));
  const isNeeded = body.inputs.map((value, i) => i < states || needed.has(value));
  const left = isNeeded.slice(states, states + sequences).filter(Boolean).length;
  // A loop is as long as its sequences are: one stays.
  if (left === 0) isNeeded[states] = true;
  return {
    ...node,
    inputs: node.inputs.filter((_, i) => isNeeded[i]),
    outputs: node.outputs.filter((_, i) => isKept(i)),
    loop: { body: { ...inner, inputs: body.inputs.filter((_, i) => isNeeded[i]) }, states, sequences: Math.max(left, 1), reverse },
  };
}
