import type * as tf from '@tensorflow/tfjs';

/*
 * Axis names in the shape comments of this folder:
 *
 *     B batch   T time   F features in   D width (features out)   H heads   N nodes or assets   C classes
 */

/** The sum over all axes but the last: [..., D] → [D]. */
export const sumToLast = (t: tf.Tensor): tf.Tensor => t.sum(Array.from({ length: t.rank - 1 }, (_, axis) => axis));

/** All axes but the last as one: [..., D] → [R, D]. */
export const asRows = (t: tf.Tensor): tf.Tensor2D => t.reshape([-1, t.shape.at(-1)!]);
