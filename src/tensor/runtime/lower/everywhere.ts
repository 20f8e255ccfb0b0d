import type { Graph } from '../../graph/graph.js';

/** A pass over the graph and over what each loop in it repeats. */
export const everywhere =
  (pass: (graph: Graph) => Graph) =>
  (graph: Graph): Graph => {
    const done = pass(graph);
    if (!done.nodes.some(({ loop }) => loop)) return done;
    const within = everywhere(pass);
    return {
      ...done,
      nodes: done.nodes.map((node) => (node.loop ? { ...node, loop: { ...node.loop, body: within(node.loop.body) } } : node)),
    };
  };
