import type { Constant, Graph, Node, Value } from '../graph.js';
import { constantOf, producerOf } from './builder.js';

/**
 * The part of what was recorded that `outputs` need, in an order that can be run, with names that depend on nothing but the structure:
 * `in0…`, `out0…`, `c0…` for constants and `t0…` for the rest. So equal functions give equal files, which is what caches compare.
 */
export function subgraph(inputs: readonly Value[], outputs: readonly Value[]): Graph {
  const renamed = new Map<Value, Value>(inputs.map((value, i) => [value, { ...value, name: `in${i}` }]));
  const constants: Constant[] = [];
  const nodes: Node[] = [];
  const results = outputs.map((value, i) => ({ ...value, name: `out${i}` }));
  const isComputed = (value: Value) => producerOf(value) !== undefined && !renamed.has(value);
  // An output that a node computes takes its name; one that is an input, a constant or a repetition needs an Identity.
  const named = new Map<Value, Value>();
  for (const [i, value] of outputs.entries()) if (isComputed(value) && !named.has(value)) named.set(value, results[i]!);
  let count = 0;

  /** Reached values of a graph can lie thousands deep, so the walk keeps its own stack. */
  const visit = (root: Value) => {
    const stack = [root];
    while (stack.length > 0) {
      const value = stack.at(-1)!;
      const node = renamed.has(value) ? undefined : producerOf(value);
      const waiting = node?.inputs.filter((input): input is Value => input !== null && !renamed.has(input)) ?? [];
      if (waiting.length > 0) {
        stack.push(...waiting.reverse());
        continue;
      }
      stack.pop();
      if (renamed.has(value)) continue;
      if (node) emit(node);
      else emitConstant(value);
    }
  };
  const emit = (node: Node) => {
    for (const output of node.outputs) renamed.set(output, named.get(output) ?? { ...output, name: `t${count++}` });
    nodes.push({
      ...node,
      inputs: node.inputs.map((input) => input && renamed.get(input)!),
      outputs: node.outputs.map((o) => renamed.get(o)!),
    });
  };
  const emitConstant = (value: Value) => {
    const data = constantOf(value);
    if (!data) throw new Error('this tensor belongs to another trace: pass it to the compiled function as an argument');
    const constant = { ...value, name: `c${constants.length}` };
    renamed.set(value, constant);
    constants.push({ value: constant, data });
  };

  for (const [i, output] of outputs.entries()) {
    visit(output);
    const source = renamed.get(output)!;
    if (source !== results[i]) nodes.push({ op: 'Identity', inputs: [source], attributes: {}, outputs: [results[i]!] });
  }
  return { inputs: inputs.map((value) => renamed.get(value)!), outputs: results, constants, nodes };
}

/** What `outputs` are computed from: the inputs, and every value `isKnown` says need not be computed. */
export function leavesOf(outputs: readonly Value[], isKnown: (value: Value) => boolean): Value[] {
  const seen = new Set<Value>();
  const leaves: Value[] = [];
  const stack = [...outputs];
  for (let value = stack.pop(); value; value = stack.pop()) {
    if (seen.has(value)) continue;
    seen.add(value);
    if (isKnown(value)) leaves.push(value);
    else stack.push(...(producerOf(value)?.inputs ?? []).filter((input) => input !== null));
  }
  return leaves;
}
