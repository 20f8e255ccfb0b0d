import type * as tf from '@tensorflow/tfjs';
import type { GraphBuilder } from '../graph/builder.js';
import type { Value } from '../graph/graph.js';
import type { TraceBackend } from './backend.js';

/** Indices that are inside, each or 0, and which of them were. */
interface Inside {
  readonly safe: Value;
  readonly inside: Value;
}

/** Indices from 0 to size − 1. */
export function insideOf(g: GraphBuilder, index: Value, size: number): Inside {
  const below = g.binary('Less', index, g.scalar(size, 'int32'), 'bool');
  const inside = g.binary('And', g.binary('LessOrEqual', g.scalar(0, 'int32'), index, 'bool'), below);
  return { safe: g.binary('Mul', index, g.cast(inside, 'int32')), inside };
}

/** Tuples of indices [..., depth] into an array of this shape. One that is outside along any axis is outside. */
export function insideOfAll(g: GraphBuilder, indices: Value, shape: readonly number[]): Inside {
  const last = indices.shape.length - 1;
  const sizes = g.constant(Int32Array.from(shape.slice(0, indices.shape[last])), [indices.shape[last]], 'int32');
  const index = g.cast(indices, 'int32');
  const below = g.binary('Less', index, sizes, 'bool');
  const each = g.binary('And', g.binary('LessOrEqual', g.scalar(0, 'int32'), index, 'bool'), below);
  const inside = g.cast(g.reduce('ReduceMin', g.cast(each, 'int32'), [last], true), 'bool');
  return { safe: g.binary('Mul', index, g.cast(inside, 'int32')), inside: g.reshape(inside, indices.shape.slice(0, -1)) };
}

/**
 * Indices that are known while tracing.
 *
 * @throws  when one is outside the array
 */
export function checkIndices(on: TraceBackend, indices: tf.TensorInfo, shape: readonly number[]): void {
  const known = on.known(indices);
  const rank = indices.shape.length < 2 ? 1 : indices.shape.at(-1)!;
  for (let i = 0; known && i < known.length; i += rank) {
    const index = [...known.slice(i, i + rank)];
    if (index.some((n, axis) => n < 0 || n >= shape[axis])) throw new Error(`Invalid indices: ${index} does not index into ${shape}`);
  }
}
