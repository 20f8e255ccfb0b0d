import type * as tf from '@tensorflow/tfjs';

/** A sequence as rows by time: [B, T, F] → [T·B, F], so that a step is a block of B neighbouring rows. */
export function timeFirst(x: tf.Tensor): tf.Tensor2D {
  const [B, T, F] = x.shape;
  return x.transpose([1, 0, 2]).reshape([T * B, F]);
}

/** The way back: [T·B, F] → [B, T, F]. */
export const batchFirst = (rows: tf.Tensor, T: number): tf.Tensor =>
  rows.reshape([T, rows.shape[0] / T, rows.shape[1]!]).transpose([1, 0, 2]);

/** a + b of what there is of the two: what one step's gradient adds to the next one's. */
export const plus = (a: tf.Tensor | undefined, b: tf.Tensor | undefined): tf.Tensor => (a && b ? a.add(b) : (a ?? b)!);
