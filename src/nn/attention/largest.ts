import * as tf from '@tensorflow/tfjs';

/**
 * One-hot rows [..., K, N] of where the K largest of x [..., N] are, the largest first, equal ones in their order.
 *
 * In K rounds of `argMax`, K N steps in all: `tf.topk` leaves the order of equal ones open, so OpenVINO may not run it.
 */
export function oneHotLargest(x: tf.Tensor, K: number): tf.Tensor {
  const hits: tf.Tensor[] = [];
  for (let left = x; hits.length < K; left = left.sub(hits.at(-1)!.mul(1e30)))
    hits.push(tf.oneHot(left.argMax(-1) as tf.Tensor1D, x.shape.at(-1)!).cast('float32'));
  return tf.stack(hits, -2);
}
