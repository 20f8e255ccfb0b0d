import { type Graph, type Node, sizeOf, type Value } from './graph.js';
import { elementwise } from './interpret/elementwise.js';
import { layout } from './interpret/layout.js';

/**
 * Which outputs of a graph a runtime may write into the memory of an input while the graph runs.
 *
 * The new state of a training step may take the place of the old one when the old one is not needed any more by then: the node that
 * makes it is element-wise, and all that reads the input is needed to make it, so it ran before or is part of the same loop. Such a loop
 * may read at its own index only. What rearranges an array (a Reshape, a Split) may be that array under another name.
 */
export function overwriting(graph: Graph): (input: Value, output: Value) => boolean {
  const makers = new Map<Value, Node>();
  const readers = new Map<Value, Node[]>();
  for (const node of graph.nodes) {
    for (const value of node.outputs) makers.set(value, node);
    for (const value of node.inputs) {
      if (!value) continue;
      const known = readers.get(value);
      if (known) known.push(node);
      else readers.set(value, [node]);
    }
  }
  const above = (node: Node) => node.inputs.flatMap((value) => (value && makers.get(value)) ?? []);

  return (input, output) => {
    const last = makers.get(output);
    if (!last || graph.outputs.includes(input)) return false;
    if (last.op === 'Identity' && last.inputs[0] === input) return true; // it writes what is there
    if (!isLoop(last)) return false;
    const before = closure(last, above);
    const joined = closure(last, (node) => above(node).filter(isLoop));
    const over = (value: Value): boolean =>
      (readers.get(value) ?? []).every((node) => {
        if (!before.has(node)) return false;
        if (joined.has(node)) return value === input && sizeOf(node.outputs[0].shape) === sizeOf(input.shape);
        return !mayAlias(node) || node.outputs.every((part) => !graph.outputs.includes(part) && over(part));
      });
    return over(input);
  };
}

const mayAlias = ({ op }: Node) => op in layout || op === 'Identity' || op === 'Cast';
const isLoop = ({ op }: Node) => op in elementwise;

/** `start` and all that `next` leads to from it. */
function closure(start: Node, next: (node: Node) => Node[]): Set<Node> {
  const found = new Set([start]);
  for (const node of found) for (const other of next(node)) found.add(other);
  return found;
}
