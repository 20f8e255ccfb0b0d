import type { Graph } from '../graph.js';

/** Why OpenVINO would compute `graph` wrongly, or undefined. It computes integers through float32, exact only up to 2^24. */
export function refusal(graph: Graph): string | undefined {
  for (const { op, outputs } of graph.nodes) {
    const integer = outputs.some(({ dtype }) => dtype === 'int32' || dtype === 'int64');
    if (op === 'TopK') return 'OpenVINO puts equal elements in no fixed order';
    if (integer && (op === 'Div' || op === 'Mod')) return `OpenVINO computes integer ${op} through float32`;
  }
  return undefined;
}
