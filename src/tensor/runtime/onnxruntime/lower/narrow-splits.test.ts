import { expect, it } from 'vitest';
import { runChild } from '../../../../../tests/support/child.js';
import { noWebgpu, softwareGpu } from '../../../../../tests/support/software-gpu.js';
import { allocate, fill } from '../../../buffers/memory.js';
import type { Graph } from '../../../graph/graph.js';
import { interpreted } from '../../../interpret/program.js';
import { withNarrowSplits } from './narrow-splits.js';

/** x [2, 1275] in 50 pieces along axis 1, of 1, 2, 3 … columns. */
const wide = (pieces: number): Graph => {
  const lengths = Array.from({ length: pieces }, (_, i) => i + 1);
  const x = { name: 'x', shape: [2, lengths.reduce((a, b) => a + b)], dtype: 'float32' as const };
  const sizes = { name: 'sizes', shape: [pieces], dtype: 'int64' as const };
  const outputs = lengths.map((n) => ({ name: `y${n}`, shape: [2, n], dtype: 'float32' as const }));
  return {
    inputs: [x],
    outputs,
    constants: [{ value: sizes, data: BigInt64Array.from(lengths, BigInt) }],
    nodes: [{ op: 'Split', inputs: [x, sizes], attributes: { axis: 1 }, outputs }],
  };
};

it.each([2, 7, 8, 15, 50])('%i pieces are the same through splits of 7 at most', (pieces) => {
  const graph = wide(pieces);
  const narrow = withNarrowSplits(graph);
  expect(Math.max(...narrow.nodes.map(({ outputs }) => outputs.length))).toBeLessThanOrEqual(7);
  const x = fill(
    allocate(graph.inputs[0].shape, 'float32'),
    Array.from({ length: 2 * graph.inputs[0].shape[1] }, (_, i) => i),
  );
  const [before, after] = [graph, narrow].map((graph) => {
    const outputs = graph.outputs.map(({ shape }) => allocate(shape, 'float32'));
    interpreted(graph).bind([x], outputs).run();
    return outputs.map(({ data }) => [...data]);
  });
  expect(after).toEqual(before);
  expect(after[1]).toEqual([1, 2, 1 + x.shape[1], 2 + x.shape[1]]);
});

// On the processor and on WebGPU, 3 steps of Adam from the same weights; the numbers are of order 1.
it.skipIf(noWebgpu)('an LSTM trains on WebGPU as on the processor (a GPU, or apt install chromium)', { timeout: 60_000 }, () => {
  const { cpu, webgpu, difference } = runChild('webgpu.ts', softwareGpu);
  expect(difference).toBeLessThan(1e-5);
  expect(webgpu.loss).toBeCloseTo(cpu.loss, 5);
  expect([cpu.remote, webgpu.remote]).toEqual([0, 3]); // weights and both moments stay; the count of steps comes back
});
