import type { DType } from '../../graph.js';
import type { Kernel, Kernels, X } from '../kernel.js';

const toDType: Kernel<X, { dtype: DType | 'complex64' | 'string' }> = (on, { x }, { dtype }) => {
  if (dtype === 'complex64' || dtype === 'string')
    throw new Error(`a compiled graph holds float32, int32 and bool tensors; cast to ${dtype}`);
  return dtype === x.dtype ? on.alias(x, x.shape) : on.give(on.graph.cast(on.compact(x), dtype), x.shape);
};

export const cast: Kernels = { Cast: toDType };
