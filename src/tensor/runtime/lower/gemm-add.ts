import type { Graph, Node, Value } from '../../graph/graph.js';

/**
 * Matrix products take in what is added to them: `Gemm` then `Add` becomes one `Gemm` with its third operand, which saves ONNX Runtime a
 * pass over the result. Only where nothing else reads the bare product, the sum has its shape, and what is added is no scalar: ONNX
 * allows one there, and ONNX Runtime's WebGPU provider ends the process.
 */
export function withFusedSums(graph: Graph): Graph {
  const uses = new Map<string, number>();
  for (const value of [...graph.outputs, ...graph.nodes.flatMap((node) => node.inputs)]) {
    if (value) uses.set(value.name, (uses.get(value.name) ?? 0) + 1);
  }
  const products = new Map<string, Node>();
  for (const node of graph.nodes) if (node.op === 'Gemm' && node.inputs.length === 2) products.set(node.outputs[0].name, node);

  const taken = new Set<Node>();
  const shifted = (node: Node): Node => {
    if (node.op !== 'Add') return node;
    const [x, y] = node.inputs as [Value, Value];
    const sum = node.outputs[0];
    for (const [value, shift] of [
      [x, y],
      [y, x],
    ] as const) {
      const product = products.get(value.name);
      if (!product || shift.shape.length === 0 || uses.get(value.name) !== 1 || `${value.shape}` !== `${sum.shape}`) continue;
      taken.add(product);
      return { ...product, inputs: [...product.inputs, shift], outputs: [sum] };
    }
    return node;
  };
  const nodes = graph.nodes.map(shifted);
  return { ...graph, nodes: nodes.filter((node) => !taken.has(node)) };
}
