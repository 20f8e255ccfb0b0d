import * as tf from '@tensorflow/tfjs';
import { shapeError, sizeOf } from '../base/index.js';
import { stopGradient } from './stop-gradient.js';
import { TraceBackend } from './trace/backend.js';
import { LEAST_FLOAT32 } from './trace/kernels/scatter.js';

/**
 * The largest of the rows of each segment, held constant by every gradient: what is taken from scores before they are exponentials.
 *
 *     y[i] = max x[n] over all n with ids[n] = i
 *
 * @param x      [N, ...]
 * @param ids    [N] int32; a row whose number is none of 0 … count − 1 is in no segment
 * @param count  how many segments there are
 * @returns      [count, ...]; the least float32, −3.4e38, for a segment without rows
 * @throws       when there is not one integer for each row
 */
export function segmentMax(x: tf.Tensor, ids: tf.Tensor, count: number): tf.Tensor {
  if (ids.rank !== 1 || ids.dtype !== 'int32' || ids.shape[0] !== x.shape[0])
    throw shapeError(`segmentMax takes x [N, ...] and int32 ids [N] (these are ${ids.dtype})`, { x, ids });
  // tfjs has no such operator: the tracing backend has a kernel of that name, and other backends are read.
  return stopGradient(() =>
    tf.backend() instanceof TraceBackend
      ? (tf.engine().runKernel('SegmentMax', { x, segmentIds: ids }, { numSegments: count }) as tf.Tensor)
      : largest(x, ids, count),
  );
}

function largest(x: tf.Tensor, ids: tf.Tensor, count: number): tf.Tensor {
  const [values, segments] = [x.dataSync(), ids.dataSync()];
  const shape = [count, ...x.shape.slice(1)];
  const width = sizeOf(x.shape.slice(1));
  const y = new Float32Array(sizeOf(shape)).fill(LEAST_FLOAT32);
  segments.forEach((segment, n) => {
    if (segment < 0 || segment >= count) return;
    for (let i = 0; i < width; i++) y[segment * width + i] = Math.max(y[segment * width + i], values[n * width + i]);
  });
  return tf.tensor(y, shape);
}
