import { constantOf, isFixed, producerOf, serialOf } from './builder.js';
import type { Constant, Graph, Node, Value } from './graph.js';

/**
 * The part of what was recorded that `outputs` need, in an order that can be run, with names that depend on nothing but the structure:
 * `in0…`, `out0…`, `c0…` for constants and `t0…` for the rest. So equal functions give equal files, which is what caches compare.
 *
 * @param names  other names of the inputs and outputs
 */
export function subgraph(inputs: readonly Value[], outputs: readonly Value[], names?: Names): Graph {
  const renamed = new Map<Value, Value>(inputs.map((value, i) => [value, { ...value, name: names?.inputs[i] ?? `in${i}` }]));
  const constants: Constant[] = [];
  const nodes: Node[] = [];
  const results = outputs.map((value, i) => ({ ...value, name: names?.outputs[i] ?? `out${i}` }));
  const isComputed = (value: Value) => producerOf(value) !== undefined && !renamed.has(value);
  // An output that a node computes takes its name; one that is an input, a constant or a repetition needs an Identity.
  const named = new Map<Value, Value>();
  for (const [i, value] of outputs.entries()) if (isComputed(value) && !named.has(value)) named.set(value, results[i]);
  let count = 0;

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

  const { computed, given } = reached(outputs, new Set(inputs));
  for (const value of given) emitConstant(value);
  for (const node of computed) emit(node);
  for (const [i, output] of outputs.entries()) {
    const source = renamed.get(output)!;
    if (source !== results[i]) nodes.push({ op: 'Identity', inputs: [source], attributes: {}, outputs: [results[i]] });
  }
  return { inputs: inputs.map((value) => renamed.get(value)!), outputs: results, constants, nodes };
}

interface Names {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** The nodes and the constants that `outputs` need, as they were recorded: an order that can be run. */
function reached(outputs: readonly Value[], inputs: ReadonlySet<Value>): { computed: Node[]; given: Value[] } {
  const seen = new Set<Node | Value>();
  const stack = [...outputs];
  for (let value = stack.pop(); value; value = stack.pop()) {
    const node = producerOf(value);
    if (inputs.has(value) || seen.has(node ?? value)) continue;
    seen.add(node ?? value);
    for (const input of node?.inputs ?? []) if (input) stack.push(input);
  }
  const isNode = (item: Node | Value): item is Node => 'op' in item;
  const recorded = new Map([...seen].map((item) => [item, serialOf(isNode(item) ? item.outputs[0] : item)]));
  const items = [...seen].sort((a, b) => recorded.get(a)! - recorded.get(b)!);
  return { computed: items.filter(isNode), given: items.filter((item) => !isNode(item)) as Value[] };
}

/**
 * What turns `inputs` into `outputs` as a graph of its own, and what it takes from outside, which are its further inputs. What no input
 * changes is computed inside, where a runtime computes it once and for all.
 */
export function closed(inputs: readonly Value[], outputs: readonly Value[]): { body: Graph; outside: readonly Value[] } {
  const first = Math.min(...inputs.map(serialOf));
  const later = new Set<Node>();
  const stack = [...outputs];
  for (let value = stack.pop(); value; value = stack.pop()) {
    const node = producerOf(value);
    if (!node || later.has(node) || serialOf(node.outputs[0]) < first) continue;
    later.add(node);
    for (const input of node.inputs) if (input) stack.push(input);
  }
  const inside = new Set(inputs);
  const outside = new Set<Value>();
  for (const node of [...later].sort((a, b) => serialOf(a.outputs[0]) - serialOf(b.outputs[0]))) {
    if (!node.inputs.some((input) => input && inside.has(input))) continue;
    for (const output of node.outputs) inside.add(output);
    for (const input of node.inputs) if (input && !inside.has(input) && !isFixed(input)) outside.add(input);
  }
  for (const output of outputs) if (!inside.has(output) && !isFixed(output)) outside.add(output);
  return { body: subgraph([...inputs, ...outside], outputs), outside: [...outside] };
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
