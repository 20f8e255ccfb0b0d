import { sizeOf } from '../../base/index.js';
import type { Node } from '../graph/graph.js';
import type { Op } from '../onnx/operators.js';
import { around, type DoubleKernel, type Elements, integer, normalAxis, type Operand, outputOf, stridesOf, text } from './operand.js';

const gather: DoubleKernel = (node, [x, indices]) => {
  const out = outputOf(node);
  const { outer, n, inner } = around(x.shape, integer(node, 'axis', 0));
  for (let row = 0; row < outer; row++)
    indices.data.forEach((index, k) => {
      const from = (row * n + normalAxis(index, n)) * inner;
      out.set(x.data.subarray(from, from + inner), (row * indices.data.length + k) * inner);
    });
  return [out];
};

/** Where each index tuple (the last axis of `indices`) points, and how many elements lie behind it. */
function blocksNamed(x: Operand, indices: Operand, batchDims: number): { starts: Int32Array; size: number } {
  const depth = indices.shape.at(-1)!;
  const strides = stridesOf(x.shape);
  const count = sizeOf(indices.shape.slice(0, -1));
  const perBatch = count / sizeOf(indices.shape.slice(0, batchDims));
  const batchStride = sizeOf(x.shape.slice(batchDims));
  const starts = Int32Array.from({ length: count }, (_, i) => {
    let at = Math.floor(i / perBatch) * batchStride;
    for (let d = 0; d < depth; d++) at += normalAxis(indices.data[i * depth + d], x.shape[batchDims + d]) * strides[batchDims + d];
    return at;
  });
  return { starts, size: sizeOf(x.shape.slice(batchDims + depth)) };
}

const gatherND: DoubleKernel = (node, [x, indices]) => {
  const out = outputOf(node);
  const { starts, size } = blocksNamed(x, indices, integer(node, 'batch_dims', 0));
  starts.forEach((start, i) => {
    out.set(x.data.subarray(start, start + size), i * size);
  });
  return [out];
};

const REDUCTION: Record<string, (old: number, update: number) => number> = {
  none: (_, update) => update,
  add: (old, update) => old + update,
  mul: (old, update) => old * update,
  max: Math.max,
  min: Math.min,
};

function scattered(node: Node, x: Operand, updates: Elements, target: (i: number) => number): Elements[] {
  const combine = REDUCTION[text(node, 'reduction', 'none')];
  const out = x.data.slice();
  updates.forEach((update, i) => {
    out[target(i)] = combine(out[target(i)], update);
  });
  return [out];
}

const scatterND: DoubleKernel = (node, [x, indices, updates]) => {
  const { starts, size } = blocksNamed(x, indices, 0);
  return scattered(node, x, updates.data, (i) => starts[Math.floor(i / size)] + (i % size));
};

export const indexing = {
  Gather: gather,
  GatherND: gatherND,
  ScatterND: scatterND,
} satisfies Record<Op<'indexing'>, DoubleKernel>;
