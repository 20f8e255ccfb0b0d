import type { GraphBuilder } from '../../graph/builder.js';
import type { DType, Value } from '../../graph/graph.js';
import type { Kernel, Kernels, X } from '../kernel.js';

/** One more than the largest integer; the largest float32 below it is 2³¹ − 128. */
const BEYOND = 2 ** 31;

/**
 * Floats as int32, towards zero: NaN is 0, and what lies beyond the integers is the nearest of them. C leaves both open, and processors
 * differ.
 */
export function integerOf(g: GraphBuilder, x: Value): Value {
  if (x.dtype !== 'float32') return g.cast(x, 'int32');
  const number = g.unlessNaN(x, g.scalar(0));
  const inside = g.binary('Min', g.binary('Max', number, g.scalar(-BEYOND)), g.scalar(BEYOND - 128));
  const isBeyond = g.binary('LessOrEqual', g.scalar(BEYOND), x, 'bool');
  return g.where(isBeyond, g.scalar(BEYOND - 1, 'int32'), g.cast(inside, 'int32'));
}

const toDType: Kernel<X, { dtype: DType }> = (on, { x }, { dtype }) => {
  if (dtype === x.dtype) return on.alias(x, x.shape);
  const value = on.compact(x);
  return on.give(dtype === 'int32' ? integerOf(on.graph, value) : on.graph.cast(value, dtype), x.shape);
};

export const cast: Kernels = { Cast: toDType };
