import type * as tf from '@tensorflow/tfjs';
import type { Kernel, Kernels, X } from '../kernel.js';

const topK: Kernel<X, { k: number; sorted: boolean }> = (on, { x }, { k }) => {
  const g = on.graph;
  const value = on.full(x);
  const shape = [...x.shape.slice(0, -1), k];
  const types = [
    { shape, dtype: value.dtype },
    { shape, dtype: 'int64' as const },
  ];
  if (shape.includes(0)) return [on.give(g.empty(shape, value.dtype)), on.give(g.empty(shape, 'int32'))];
  const [values, indices] = g.add('TopK', [value, g.int64([k])], types, { axis: x.shape.length - 1 });
  return [on.give(values), on.give(g.cast(indices, 'int32'))];
};

/** The place of each value in its sorted row: how many elements lie below it, or not above it for the right side. */
const searchSorted: Kernel<{ sortedSequence: tf.TensorInfo; values: tf.TensorInfo }, { side: 'left' | 'right' }> = (
  on,
  inputs,
  { side },
) => {
  const g = on.graph;
  const [rows, count] = inputs.sortedSequence.shape;
  const sorted = g.reshape(on.full(inputs.sortedSequence), [rows, 1, count]);
  const values = g.reshape(on.full(inputs.values), [...inputs.values.shape, 1]);
  const below = g.binary(side === 'left' ? 'Less' : 'LessOrEqual', sorted, values, 'bool');
  return on.give(g.reduce('ReduceSum', g.cast(below, 'int32'), [2]));
};

export const ordering: Kernels = { TopK: topK, SearchSorted: searchSorted };
