import type * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, split } from '../../base/index.js';
import { gelu } from '../activations/gelu.js';
import { initLinear, type LinearParams, linear } from '../linear.js';

/** Weights of a transformer's position-wise network: [D, M] and back [M, D]. */
export interface FeedForwardParams<T = tf.Tensor> {
  /** [D, M]. */
  readonly expand: LinearParams<T>;
  /** [M, D]. */
  readonly contract: LinearParams<T>;
}

/** Two linear layers as `initLinear` makes them. */
export function initFeedForward(
  key: Key,
  { width, hidden }: { readonly width: number; readonly hidden: number },
): FeedForwardParams<HostArray<Float32Array>> {
  const [forExpand, forContract] = split(key);
  return {
    expand: initLinear(forExpand, { inputs: width, outputs: hidden }),
    contract: initLinear(forContract, { inputs: hidden, outputs: width }),
  };
}

/**
 * Two linear maps with a GELU between, for each step alone.
 *
 *     y = gelu(x w₁ + b₁) w₂ + b₂
 *
 * @param params  expand [D, M] and contract [M, D]
 * @param x       [..., D]
 * @returns       [..., D]
 * @throws        as `linear`
 *
 * Vaswani et al. 2017, section 3.3, with GELU instead of ReLU as Devlin et al. 2019.
 */
export const feedForward = ({ expand, contract }: FeedForwardParams, x: tf.Tensor): tf.Tensor => linear(contract, gelu(linear(expand, x)));
