import type * as tf from '@tensorflow/tfjs';
import type { Kernel, Kernels } from '../kernel.js';

/** `tf.where`. A vector condition chooses whole rows of what it selects from. */
const select: Kernel<{ condition: tf.TensorInfo; t: tf.TensorInfo; e: tf.TensorInfo }> = (on, { condition, t, e }) => {
  const g = on.graph;
  const perRow = condition.shape.length === 1 && t.shape.length > 1;
  const choice = perRow ? g.reshape(on.full(condition), [condition.shape[0], ...t.shape.slice(1).map(() => 1)]) : on.compact(condition);
  const dtype = t.dtype === 'float32' || e.dtype === 'float32' ? 'float32' : t.dtype === 'int32' || e.dtype === 'int32' ? 'int32' : 'bool';
  return on.give(g.where(choice, g.cast(on.compact(t), dtype), g.cast(on.compact(e), dtype)), t.shape);
};

export const selection: Kernels = { Select: select };
