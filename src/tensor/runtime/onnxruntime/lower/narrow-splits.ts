import type { Constant, Graph, Node, Value } from '../../../graph/graph.js';

/** A shader is sure of 8 buffers: the input and 7 outputs. */
const WIDEST = 7;

/**
 * The graph with every wide Split as a tree of narrow ones. ONNX Runtime's WebGPU provider writes all outputs of a Split in one shader,
 * and fails where they are more than the shader may have, such as the gradients of an LSTM.
 */
export function withNarrowSplits(graph: Graph): Graph {
  const constants: Constant[] = [...graph.constants];
  const nodes = graph.nodes.flatMap((node) => (node.op === 'Split' && node.outputs.length > WIDEST ? tree(node, constants) : [node]));
  return { ...graph, constants, nodes };
}

function tree({ inputs: [x], outputs, attributes }: Node, constants: Constant[]): Node[] {
  const axis = attributes.axis as number;
  const split = (from: Value | null, to: readonly Value[]): Node => {
    const sizes = { name: `${to[0].name}_sizes`, shape: [to.length], dtype: 'int64' } as const;
    constants.push({ value: sizes, data: BigInt64Array.from(to, ({ shape }) => BigInt(shape[axis])) });
    return { op: 'Split', inputs: [from, sizes], attributes, outputs: to };
  };
  if (outputs.length <= WIDEST) return [split(x, outputs)];
  const parts = Array.from({ length: Math.ceil(outputs.length / WIDEST) }, (_, i) => outputs.slice(i * WIDEST, (i + 1) * WIDEST));
  const wholes = parts.map(([{ name, shape, dtype }, ...rest]) => {
    const length = rest.reduce((sum, { shape }) => sum + shape[axis], shape[axis]);
    return { name: `${name}_on`, dtype, shape: shape.with(axis, length) };
  });
  const above = tree({ op: 'Split', inputs: [x], attributes, outputs: wholes }, constants);
  return [...above, ...parts.map((part, i) => split(wholes[i], part))];
}
