import { sizeOf } from '../../base/index.js';
import type { Data, Graph, Value } from '../graph/graph.js';
import type { Op } from '../onnx/operators.js';
import { elementwise } from './elementwise.js';
import { indexing } from './indexing.js';
import { layout } from './layout.js';
import { loops } from './loop.js';
import { allocate, type DoubleKernel, type Elements, type Operand } from './operand.js';
import { products } from './product.js';
import { reductions } from './reduction.js';
import { windows } from './window.js';

export type { Elements } from './operand.js';

/** A double-precision kernel for each ONNX operator that tracing emits. */
export const kernels: Readonly<Record<Op, DoubleKernel>> = {
  ...elementwise,
  ...indexing,
  ...layout,
  ...loops(interpret),
  ...products,
  ...reductions,
  ...windows,
};

/**
 * Evaluates a graph in plain TypeScript, `float32` values in double precision: the slow reference that gradient checks and tests
 * compare the runtimes with.
 *
 * @param inputs  the data of each of the graph's inputs, row-major
 * @returns       the data of each of its outputs
 * @throws        when an input does not have its shape's size, or an operator has no kernel here
 */
export function interpret(graph: Graph, inputs: readonly Elements[]): Elements[] {
  const known = new Map<string, Operand>();
  const define = ({ name, shape, dtype }: Value, data: Elements) => known.set(name, { data, shape, dtype });
  if (inputs.length !== graph.inputs.length)
    throw new Error(`interpret: the graph has ${graph.inputs.length} inputs, got ${inputs.length}`);
  graph.inputs.forEach((value, i) => {
    if (inputs[i].length !== sizeOf(value.shape))
      throw new Error(
        `interpret: input ${value.name} [${value.shape.join(',')}] needs ${sizeOf(value.shape)} numbers, got ${inputs[i].length}`,
      );
    define(value, inputs[i]);
  });
  for (const { value, data } of graph.constants) define(value, inDouble(value, data));
  for (const node of graph.nodes) {
    const kernel = kernels[node.op as Op];
    if (!kernel) throw new Error(`interpret: no double-precision kernel for the ONNX operator ${node.op}; add one to src/tensor/interpret`);
    const operands = node.inputs.map((value) => (value === null ? undefined : known.get(value.name))) as Operand[];
    const results = kernel(node, operands);
    node.outputs.forEach((value, i) => {
      define(value, results[i]);
    });
  }
  return graph.outputs.map(({ name }) => known.get(name)!.data);
}

/** A constant's elements as the interpreter keeps them. */
export function inDouble({ shape, dtype }: Value, data: Data): Elements {
  const out = allocate(dtype, sizeOf(shape));
  for (let i = 0; i < out.length; i++) out[i] = Number(data[i]);
  return out;
}
