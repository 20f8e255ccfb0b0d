import * as tf from '@tensorflow/tfjs';

/** One-hot rows [..., K, N] of where the K largest of x [..., N] are, the largest first, equal ones in their order. */
export const oneHotLargest = (x: tf.Tensor, K: number): tf.Tensor =>
  tf.oneHot(tf.topk(x, K).indices as tf.Tensor1D, x.shape.at(-1)!).cast('float32');
