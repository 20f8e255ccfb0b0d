import { sizeOf } from '../../base/index.js';
import type { Graph } from '../graph/graph.js';
import { type DoubleKernel, type Elements, outputOf } from './operand.js';

/** A loop, one step after the other. */
export const loops = (interpret: (graph: Graph, inputs: readonly Elements[]) => Elements[]): { Scan: DoubleKernel } => ({
  Scan: (node, inputs) => {
    const { body, states, sequences, reverse } = node.loop!;
    const [T] = inputs[states].shape;
    const outside = inputs.slice(states + sequences).map(({ data }) => data);
    const kept = node.outputs.map((_, i) => outputOf(node, i));
    let carry = inputs.slice(0, states).map(({ data }) => data);
    for (let k = 0; k < T; k++) {
      const at = reverse ? T - 1 - k : k;
      const part = (data: Elements, size: number) => data.subarray(at * size, (at + 1) * size);
      const x = inputs.slice(states, states + sequences).map(({ data, shape }) => part(data, sizeOf(shape) / T));
      const outputs = interpret(body, [...carry, ...x, ...outside]);
      carry = outputs.slice(0, states);
      for (let i = states; i < outputs.length; i++) part(kept[i], outputs[i].length).set(outputs[i]);
    }
    return [...carry, ...kept.slice(states)];
  },
});
