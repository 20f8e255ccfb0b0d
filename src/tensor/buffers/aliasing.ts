import { sizeOf } from '../../base/index.js';
import type { Graph, Node, Value } from '../graph/graph.js';
import { isElementwise, isView } from '../onnx/operators.js';
import type { Program } from '../runtime/runtime.js';
import { allocate, type Memory, type TensorSpec } from './memory.js';

/**
 * Which outputs of a graph may alias an input, as far as the graph goes: be written into its memory while the graph runs. Both by name.
 *
 * The new state of a training step may take the place of the old one when the old one is not needed any more by then: the node that
 * makes it is element-wise, and all that reads the input is needed to make it, so it ran before or is part of the same loop. Such a loop
 * may read at its own index only. What rearranges an array (a Reshape, a Split) may be that array under another name.
 */
export function canAlias(graph: Graph): (input: string, output: string) => boolean {
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

  return (from, to) => {
    const input = graph.inputs.find(({ name }) => name === from);
    const output = graph.outputs.find(({ name }) => name === to);
    const last = output && makers.get(output);
    if (!input || !last || graph.outputs.includes(input)) return false;
    if (last.op === 'Identity' && last.inputs[0] === input) return true; // it writes what is there
    if (!isLoop(last)) return false;
    const before = closure(last, above);
    const joined = closure(last, (node) => above(node).filter(isLoop));
    const over = (value: Value): boolean =>
      (readers.get(value) ?? []).every((node) => {
        if (!before.has(node)) return false;
        if (joined.has(node)) return value === input && sizeOf(node.outputs[0].shape) === sizeOf(input.shape);
        return !isView(node.op) || node.outputs.every((part) => !graph.outputs.includes(part) && over(part));
      });
    return over(input);
  };
}

const isLoop = ({ op }: Node) => isElementwise(op);

/** `start` and all that `next` leads to from it. */
function closure(start: Node, next: (node: Node) => Node[]): Set<Node> {
  const found = new Set([start]);
  for (const node of found) for (const other of next(node)) found.add(other);
  return found;
}

/**
 * Whether a program gives the same bits when outputs alias inputs: it is run both ways.
 *
 * A runtime may put an intermediate result where an output will be, before it reads the input that is there: OpenVINO does so with the
 * first operand of a loop. Where its results go is settled when it compiles, so what is right once is right always.
 *
 * @param over  for each output, the input that it replaces, or −1
 */
export async function survivesAliasing(
  program: Program,
  inputs: readonly TensorSpec[],
  outputs: readonly TensorSpec[],
  over: readonly number[],
): Promise<boolean> {
  const results: Memory[][] = [];
  const read = inputs.map((form, i) => (over.includes(i) ? undefined : sample(form, i)));
  for (const inPlace of [false, true]) {
    const given = inputs.map((form, i) => read[i] ?? sample(form, i));
    const taken = outputs.map(({ shape, dtype }, j) => (inPlace && over[j] >= 0 ? given[over[j]] : allocate(shape, dtype)));
    const request = program.bind(given, taken);
    await request.start();
    request.release();
    results.push(taken);
  }
  const [apart, onto] = results.map((memories) => memories.map(({ data }) => data));
  return apart.every((data, j) => data.every((x, i) => Object.is(x, onto[j][i]) && (over[j] < 0 || Number.isFinite(x))));
}

/** Numbers that no common function makes infinite, and labels and positions that exist. */
function sample({ shape, dtype }: TensorSpec, input: number): Memory {
  const memory = allocate(shape, dtype);
  const { data } = memory;
  for (let i = 0; i < data.length; i++) {
    if (dtype === 'bool') data[i] = i % 2;
    else if (dtype !== 'int32') data[i] = 0.01 + 0.1 * (((i + 1) * Math.SQRT2 + input * Math.LN2) % 1);
  }
  return memory;
}
