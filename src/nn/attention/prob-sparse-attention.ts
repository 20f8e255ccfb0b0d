import type * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, randint, shapeError } from '../../base/index.js';
import { checkOptions, checkWhole } from '../../base/internal.js';
import { stopGradient } from '../../tensor/index.js';
import { attention } from './attention.js';
import { checkAttention } from './check-attention.js';
import { oneHotLargest } from './largest.js';

/** For `probSparseAttention`: U keys of S for each of T queries, drawn with replacement; [T, U] int32. */
export const sampleKeys = (
  key: Key,
  { queries, keys, samples }: { readonly queries: number; readonly keys: number; readonly samples: number },
): HostArray<Int32Array> => randint(key, [queries, samples], 0, keys);

/** How many queries attend, and what they are chosen by. */
export interface ProbSparseOptions {
  /** [T, U] int32, the keys by which each query is measured: `sampleKeys`, U about 5 ln S. */
  readonly sample: tf.Tensor;
  /** Queries that attend, about 5 ln T. */
  readonly u: number;
}

/**
 * Attention for the few queries that have something to say; the others, whose weights are nearly equal, get the mean of the values.
 *
 *     M(q) = max s − Σ s / S over a sample of the scores s = q·k        y = attention(q, k, v) for the u queries of largest M, else mean v
 *
 * @param q  [..., T, D] queries
 * @param k  [..., S, D] keys
 * @param v  [..., S, D'] values
 * @returns  [..., T, D']
 * @throws   when shapes do not fit, or u is not from 1 to T
 *
 * Zhou et al. 2021, eq. 4 and algorithm 1, the encoder's form without a mask. With u = T it is `attention`. Backward: that of `attention`
 * for the u queries; which these are does not move with q and k.
 */
export function probSparseAttention(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, options: ProbSparseOptions): tf.Tensor {
  checkOptions('probSparseAttention', options, ['sample', 'u']);
  const { sample, u } = options;
  const T = q.shape.at(-2)!;
  checkAttention('probSparseAttention', q, k, v);
  if (sample.rank !== 2 || sample.shape[0] !== T || sample.dtype !== 'int32')
    throw shapeError(`probSparseAttention takes an int32 sample [T, U] (this is ${sample.dtype}) for q [..., T, D]`, { sample, q });
  checkWhole('probSparseAttention', 'u', u, { from: 1, to: T }, 'there are no more queries');
  const chosen = stopGradient(() => oneHotLargest(sparsity(q, k, sample), u)); // [..., u, T]
  const mean = v.mean(-2, true);
  return mean.add(chosen.matMul(attention(chosen.matMul(q), k, v).sub(mean), true));
}

/** M(q) [..., T]: how far its weights are from equal. */
function sparsity(q: tf.Tensor, k: tf.Tensor, sample: tf.Tensor): tf.Tensor {
  const [S, D] = k.shape.slice(-2);
  const [T, U] = sample.shape;
  const keys = k.gather(sample.flatten(), k.rank - 2).reshape([...k.shape.slice(0, -2), T, U, D]);
  const scores = keys.mul(q.expandDims(-2)).sum(-1); // [..., T, U]
  return scores.max(-1).sub(scores.sum(-1).div(S));
}
