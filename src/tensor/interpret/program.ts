import type { Memory } from '../buffers/memory.js';
import type { Graph } from '../graph/graph.js';
import type { Program } from '../runtime/runtime.js';
import { type Elements, interpret } from './interpret.js';

/** A graph evaluated in double precision by plain TypeScript: slow, and the reference for the other two. */
export function interpreted(graph: Graph): Program {
  const bind = (inputs: readonly Memory[], outputs: readonly Memory[]) => {
    const bound = { inputs: [...inputs], outputs: [...outputs] };
    const run = () => {
      const results = interpret(
        graph,
        bound.inputs.map(({ data }) => data as Elements),
      );
      for (const [i, memory] of bound.outputs.entries()) memory.data.set(results[i]);
    };
    const setInput = (index: number, memory: Memory) => {
      bound.inputs[index] = memory;
    };
    const setOutput = (index: number, memory: Memory) => {
      bound.outputs[index] = memory;
    };
    return { ...bound, setInput, setOutput, run, start: async () => run(), release: () => {} };
  };
  return { bind, release: () => {} };
}
