import { availableParallelism } from 'node:os';
import { sizeOf } from '../../base/index.js';
import type { Graph } from '../graph/graph.js';

/**
 * How many threads a graph is fastest with: one, unless most of its work is in products large enough to share.
 *
 * A rule rather than a measurement, since the bits of the results depend on the number. Two threads against one on a 2-core
 * machine: an MLP of [256,128]·[128,128] and an LSTM of 32 small steps lose 10-15 %; a graph layer of [500,500]·[500,64]
 * gains 33 %, a Transformer of [2048,64]·[64,192] gains 60 %.
 */
export function threadsFor(graph: Graph, cores = availableParallelism()): number {
  let total = 0;
  let shareable = 0;
  let largest = 0;
  const add = ({ nodes }: Graph, times: number) => {
    for (const { op, inputs, outputs, attributes, loop } of nodes) {
      if (loop) add(loop.body, times * inputs[loop.states]!.shape[0]);
      const work = multiplications(op, inputs[0]?.shape ?? [], inputs[1]?.shape ?? [], outputs[0].shape, attributes);
      total += times * work;
      if (work >= LARGE) shareable += times * work;
      largest = Math.max(largest, work);
    }
  };
  add(graph, 1);
  return shareable > total / 2 ? Math.min(cores, Math.ceil(largest / LARGE) + 1) : 1;
}

const LARGE = 8e6;

function multiplications(
  op: string,
  a: readonly number[],
  b: readonly number[],
  out: readonly number[],
  attributes: Readonly<Record<string, unknown>>,
): number {
  if (op === 'Gemm') return sizeOf(out) * a[attributes.transA ? 0 : 1];
  if (op === 'MatMul') return sizeOf(out) * a.at(-1)!;
  if (op === 'Conv') return sizeOf(out) * sizeOf(b.slice(1));
  return 0;
}
