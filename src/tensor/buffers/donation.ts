import { sizeOf } from '../../base/index.js';
import type { Graph, Value } from '../graph/graph.js';
import { runnable } from '../runtime/runnable.js';
import type { Program } from '../runtime/runtime.js';
import { canAlias, survivesAliasing } from './aliasing.js';
import { DeviceTensor, fromLeaf, type Input } from './device-tensor.js';
import type { Memory, TensorDType, TensorSpec } from './memory.js';

/** Outputs up to this size are copied out, which is cheaper than giving the program new memory to write to. */
const SMALL = 1024;
/** A trial takes the inputs' memory once more: above 256 MB that is worth more than what aliasing saves. */
const TOO_MANY = 2 ** 26;

/** An input of a program: a leaf of the arguments. */
export interface PlannedInput extends TensorSpec {
  readonly leaf: number;
  readonly donated: boolean;
}

/** An output of a graph, which the program computes unless it is empty. */
export interface PlannedOutput extends TensorSpec {
  /** The donated input that it is the next value of; −1: none. */
  readonly replaces: number;
  /** It is written to that input's memory during the call; otherwise one call later. */
  readonly aliases: boolean;
  readonly copied: boolean;
  readonly empty: boolean;
}

/** Where the graph's inputs and outputs sit in the arguments and the result, and which inputs are donated. */
export interface Places {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly donated: readonly number[];
}

/**
 * Which outputs take the place of donated inputs, and whether they may do so while the program runs.
 *
 * @param graph    the traced graph, whose inputs are the leaves of a call
 * @param program  `runnable(graph)`, loaded
 */
export async function planDonation(
  graph: Graph,
  program: Program,
  places: Places,
  dtypeOf: (value: Value) => TensorDType,
): Promise<{ inputs: readonly PlannedInput[]; outputs: readonly PlannedOutput[] }> {
  const seen = runnable(graph);
  const inputs = graph.inputs
    .map((value, leaf) => ({ name: value.name, leaf, donated: places.donated.includes(leaf), shape: value.shape, dtype: dtypeOf(value) }))
    .filter((_, leaf) => seen.inputs.includes(graph.inputs[leaf]));
  const replaced = replacedInputs(graph, inputs, places, dtypeOf);
  const may = program.lowered ? canAlias(program.lowered) : () => false;
  const outputs = graph.outputs.map((value, j) => {
    const size = sizeOf(value.shape);
    const replaces = replaced[j];
    const aliases = replaces >= 0 && size > 0 && may(inputs[replaces].name, value.name);
    return { shape: value.shape, dtype: dtypeOf(value), replaces, aliases, copied: replaces < 0 && size <= SMALL, empty: size === 0 };
  });
  if (await isSafe(program, inputs, outputs)) return { inputs, outputs };
  return { inputs, outputs: outputs.map((output) => ({ ...output, aliases: false })) };
}

/** For each output, the donated input of its form whose path its own ends like: the next `state.t` replaces `state.t`. */
function replacedInputs(
  graph: Graph,
  inputs: readonly PlannedInput[],
  places: Places,
  dtypeOf: (value: Value) => TensorDType,
): readonly number[] {
  const replaced = graph.outputs.map(() => -1);
  for (const [i, { leaf, donated, shape, dtype }] of inputs.entries()) {
    if (!donated) continue;
    const fits = graph.outputs.map((value, j) => replaced[j] < 0 && dtypeOf(value) === dtype && `${value.shape}` === `${shape}`);
    const likeness = places.outputs.map((path, j) => (fits[j] ? commonEnd(path, places.inputs[leaf]) : -1));
    const best = likeness.indexOf(Math.max(...likeness));
    if (fits[best]) replaced[best] = i;
  }
  return replaced;
}

/** How many characters two paths share at their end: `state.t` is the next value of `state.t`, not of a `loss` of the same shape. */
function commonEnd(a: string, b: string): number {
  let n = 0;
  while (n < a.length && n < b.length && a.at(-1 - n) === b.at(-1 - n)) n++;
  return n;
}

async function isSafe(program: Program, inputs: readonly PlannedInput[], outputs: readonly PlannedOutput[]): Promise<boolean> {
  const computed = outputs.filter(({ empty }) => !empty);
  if (!computed.some(({ aliases }) => aliases)) return true;
  const elements = inputs.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const over = computed.map(({ aliases, replaces }) => (aliases ? replaces : -1));
  return elements < TOO_MANY && (await survivesAliasing(program, inputs, computed, over));
}

/** What a call holds while it runs. */
export interface Taken {
  /** The memory of each leaf that is a tensor. */
  readonly memories: readonly (Memory | undefined)[];
  /** The donated leaves: a tensor that was given twice once only. */
  readonly taken: readonly number[];
}

/**
 * Takes the donated leaves of call number `step`: their tensors cannot be read any more, and their memory is the call's.
 *
 * @param leaves   those of the call; a donated one that is no tensor yet becomes one
 * @param donated  indices of leaves
 * @throws         when a leaf was donated or disposed before
 */
export function takeDonated(leaves: Input[], donated: readonly number[], paths: readonly string[], step: number): Taken {
  for (const i of donated) leaves[i] = fromLeaf(leaves[i], paths[i]);
  const memories: (Memory | undefined)[] = [];
  for (const leaf of leaves) memories.push(leaf instanceof DeviceTensor ? DeviceTensor.memoryOf(leaf) : undefined);
  const taken: number[] = [];
  for (const i of donated) if (DeviceTensor.donate(leaves[i] as DeviceTensor, paths[i], step)) taken.push(i);
  return { memories, taken };
}

/** Gives the taken leaves of a failed call back, but those whose values may be lost. */
export function giveBack(leaves: readonly Input[], { memories, taken }: Taken, isLost: (leaf: number) => boolean): void {
  for (const i of taken) if (!isLost(i)) DeviceTensor.restore(leaves[i] as DeviceTensor, memories[i]!);
}
