import type { HostArray } from '../../base/index.js';
import { checkOptions, checkWhole } from '../../base/internal.js';
import type { Edges } from './sparse-graph-convolution.js';

/** How much of a graph is kept. */
export interface NeighbourhoodOptions {
  /** Edges that a network sees far: its layers. */
  readonly hops: number;
}

/** A part of a graph, with nodes numbered anew. */
export interface Neighbourhood {
  /** Of each node its number in the whole; those that were asked for come first, in their order. */
  readonly nodes: Int32Array;
  /** The edges that reach them, with the weights that they have in the whole. */
  readonly graph: Edges<HostArray<Int32Array>, HostArray<Float32Array>>;
}

/**
 * All that a network of some layers sees from some nodes: on it, its outputs there and their gradients are those on the whole graph.
 *
 * @param graph  E edges of the whole, each array [E], of `normaliseEdges`
 * @param nodes  whose outputs are wanted, each once
 * @throws       when a node is asked for twice, or the hops are no whole number
 */
export function neighbourhood(graph: Neighbourhood['graph'], nodes: Iterable<number>, options: NeighbourhoodOptions): Neighbourhood {
  checkOptions('neighbourhood', options, ['hops']);
  checkWhole('neighbourhood', 'hops', options.hops, { from: 0 });
  const [from, to, weight] = [graph.from.data, graph.to.data, graph.weight.data];
  const place = new Map<number, number>();
  for (const node of nodes) {
    if (place.has(node)) throw new Error(`neighbourhood: node ${node} is asked for twice`);
    place.set(node, place.size);
  }
  const kept = new Set<number>();
  for (let hop = 0; hop < options.hops; hop++) {
    const reached = new Set(place.keys()); // what the hop sets out from
    for (let e = 0; e < to.length; e++) {
      if (!reached.has(to[e])) continue;
      kept.add(e);
      if (!place.has(from[e])) place.set(from[e], place.size);
    }
  }
  const edges = [...kept].sort((a, b) => a - b);
  const column = <D>(data: D) => ({ data, shape: [edges.length] });
  return {
    nodes: Int32Array.from(place.keys()),
    graph: {
      from: column(Int32Array.from(edges, (e) => place.get(from[e])!)),
      to: column(Int32Array.from(edges, (e) => place.get(to[e])!)),
      weight: column(Float32Array.from(edges, (e) => weight[e])),
    },
  };
}
