import * as tf from '@tensorflow/tfjs';

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

/** A sequence as rows by time with a column of ones, whose weight is the shift: [B, T, F] → [1, T·B, F + 1]. */
export function rowsWithOnes(x: tf.Tensor): tf.Tensor {
  const [B, T, F] = x.shape;
  const rows = x
    .toFloat()
    .transpose([1, 0, 2])
    .reshape([1, T * B, F]);
  return tf.concat([rows, tf.ones([1, T * B, 1])], 2);
}

/**
 * The weights [F, n·D] of n gates side by side as a matrix for each, [n, F, D]: the gates of a step are then [n, B, D], which splits and
 * joins without moving a number.
 */
export function byGate(w: tf.Tensor, n: number): tf.Tensor {
  return w.reshape([w.shape[0], n, w.shape[1]! / n]).transpose([1, 0, 2]);
}

/** The way back: [n, F, D] → [F, n·D]. */
export function byColumn(w: tf.Tensor): tf.Tensor {
  const [n, F, D] = w.shape;
  return w.transpose([1, 0, 2]).reshape([F, n * D]);
}
