import type { Node, Value } from '../graph.js';
import { producerOf, serialOf } from './builder.js';

/**
 * The nodes of a graph in an order that keeps operands in the processor's cache: a weight's gradient is computed beside its layer's, soon
 * after what both read.
 *
 * That is the order in which they were recorded. But ONNX Runtime runs a graph in an order of its own, depth first from the outputs and
 * from the latest node on, and where an optimiser joins all gradients into one vector it would start with the one that was recorded
 * last, and come back for the others when their operands have left the cache. So the reshapes before a join stand the other way round.
 *
 * @param recorded  in the order of recording
 */
export function ordered(recorded: readonly Node[]): Node[] {
  const readers = new Map<Value, number>();
  for (const input of recorded.flatMap((node) => node.inputs)) if (input) readers.set(input, (readers.get(input) ?? 0) + 1);
  const known = new Set(recorded);
  const isMovable = (part: Node | undefined): part is Node =>
    part?.op === 'Reshape' && known.has(part) && readers.get(part.outputs[0]) === 1;

  const before = new Map<Node, Node[]>();
  for (const join of recorded) {
    if (join.op !== 'Concat') continue;
    const parts = join.inputs.map((input) => producerOf(input!)).filter(isMovable);
    before.set(
      join,
      parts.sort((a, b) => serialOf(b.inputs[0]!) - serialOf(a.inputs[0]!)),
    );
  }
  const moved = new Set([...before.values()].flat());
  return recorded.flatMap((node) => (moved.has(node) ? [] : [...(before.get(node) ?? []), node]));
}
