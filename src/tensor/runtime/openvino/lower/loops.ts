import type { Graph, Node, Value } from '../../../graph/graph.js';

/** What a loop takes from outside becomes a state that stays as it is: OpenVINO 2026.4 reads no Scan that names values of the graph around it. */
export const withCarriedValues = (graph: Graph): Graph => ({
  ...graph,
  nodes: graph.nodes.map((node) => (node.loop ? carried(node) : node)),
});

function carried(node: Node): Node {
  const { body, states, sequences, reverse } = node.loop!;
  const given = states + sequences;
  const outside = body.inputs.slice(given);
  const reordered = <T>(list: readonly T[]) => [...list.slice(0, states), ...list.slice(given), ...list.slice(states, given)];
  const after = <T>(list: readonly T[], more: readonly T[]) => [...list.slice(0, states), ...more, ...list.slice(states)];
  const same = outside.map((value): Value => ({ ...value, name: `${value.name}_same` }));
  const identities = outside.map((value, i): Node => ({ op: 'Identity', inputs: [value], attributes: {}, outputs: [same[i]] }));
  const unread = same.map((value): Value => ({ ...value, name: `${node.outputs[0].name}_${value.name}` }));
  return {
    ...node,
    inputs: reordered(node.inputs),
    outputs: after(node.outputs, unread),
    loop: {
      body: { ...body, inputs: reordered(body.inputs), outputs: after(body.outputs, same), nodes: [...body.nodes, ...identities] },
      states: states + outside.length,
      sequences,
      reverse,
    },
  };
}
