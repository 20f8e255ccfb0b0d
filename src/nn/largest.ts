import * as tf from '@tensorflow/tfjs';

/**
 * One-hot rows [..., K, N] of where the K largest of x [..., N] are, equal ones in their order.
 *
 * By counting for each element those that come before it: N² comparisons, which both runtimes run, as they do not `tf.topk`.
 */
export function oneHotLargest(x: tf.Tensor, K: number): tf.Tensor {
  const N = x.shape.at(-1)!;
  const [own, other] = [x.expandDims(-1), x.expandDims(-2)];
  const earlier = tf.tensor2d(
    Uint8Array.from({ length: N * N }, (_, i) => Number(i % N < Math.floor(i / N))),
    [N, N],
    'bool',
  );
  const before = other.greater(own).logicalOr(other.equal(own).logicalAnd(earlier)); // [..., N, N]
  const place = before.cast('int32').sum(-1).expandDims(-2); // [..., 1, N]
  return place.equal(tf.range(0, K, 1, 'int32').expandDims(1)).cast('float32');
}
