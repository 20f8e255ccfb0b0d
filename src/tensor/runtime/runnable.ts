import { sizeOf } from '../../base/index.js';
import type { Graph } from '../graph/graph.js';

/** The part of a graph that a runtime sees: no arrays without elements, and nothing that is not read. */
export function runnable(graph: Graph): Graph {
  const read = new Set(graph.nodes.flatMap((node) => node.inputs));
  return {
    ...graph,
    inputs: graph.inputs.filter((value) => read.has(value) && sizeOf(value.shape) > 0),
    outputs: graph.outputs.filter((value) => sizeOf(value.shape) > 0),
    constants: graph.constants.filter(({ value }) => read.has(value)),
    nodes: graph.nodes.filter(({ outputs }) => outputs.some((value) => sizeOf(value.shape) > 0)),
  };
}
