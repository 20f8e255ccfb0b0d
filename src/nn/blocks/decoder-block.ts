import type * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, split } from '../../base/index.js';
import { type Attend, initMultiHead, type MultiHeadParams, multiHeadAttention } from '../attention/attention.js';
import { crossAttention } from '../attention/cross-attention.js';
import { causalAttention } from '../attention/masked-attention.js';
import type { BlockSize } from './encoder-block.js';
import { type FeedForwardParams, feedForward, initFeedForward } from './feed-forward.js';
import { initNorm, type NormParams, type NormPlace, residual } from './residual.js';

export interface DecoderBlockParams<T = tf.Tensor> {
  readonly norm1: NormParams<T>;
  readonly self: MultiHeadParams<T>;
  readonly norm2: NormParams<T>;
  readonly cross: MultiHeadParams<T>;
  readonly norm3: NormParams<T>;
  readonly feedForward: FeedForwardParams<T>;
}

/** Norms that change nothing at first, and the initial weights of the parts. */
export function initDecoderBlock(key: Key, { width, hidden }: BlockSize): DecoderBlockParams<HostArray<Float32Array>> {
  const [forSelf, forCross, forFeedForward] = split(key, 3);
  return {
    norm1: initNorm(width),
    self: initMultiHead(forSelf, { width }),
    norm2: initNorm(width),
    cross: initMultiHead(forCross, { width }),
    norm3: initNorm(width),
    feedForward: initFeedForward(forFeedForward, { width, hidden }),
  };
}

export interface DecoderBlockConfig {
  readonly heads: number;
  /** 'pre' when left out. */
  readonly norm?: NormPlace;
  /** How the steps look at each other: `causalAttention` when left out. */
  readonly attend?: Attend;
  /** How they look at the context: `attention` when left out, a masked one where the context is padded. */
  readonly attendContext?: Attend;
}

/**
 * A transformer's decoder block: causal self-attention, attention to a context, then a network for each step, each a residual branch.
 *
 * @param x        [B, T, D]
 * @param context  [B, S, D], an encoder's output
 * @returns        [B, T, D]
 *
 * Vaswani et al. 2017, section 3.1; for `norm` see `residual`.
 */
export function decoderBlock(params: DecoderBlockParams, x: tf.Tensor, context: tf.Tensor, config: DecoderBlockConfig): tf.Tensor {
  const { heads, norm = 'pre', attend = causalAttention, attendContext } = config;
  const own = residual(norm, params.norm1, x, (h) => multiHeadAttention(params.self, h, heads, attend));
  const informed = residual(norm, params.norm2, own, (h) => crossAttention(params.cross, h, context, heads, attendContext));
  return residual(norm, params.norm3, informed, (h) => feedForward(params.feedForward, h));
}
