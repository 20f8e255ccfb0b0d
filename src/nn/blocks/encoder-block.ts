import type * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, split } from '../../base/index.js';
import { type Attend, initMultiHead, type MultiHeadParams, multiHeadAttention } from '../attention/attention.js';
import { dropout } from '../dropout.js';
import { type FeedForwardParams, feedForward, initFeedForward } from './feed-forward.js';
import { initNorm, type NormParams, type NormPlace, residual } from './residual.js';

export interface EncoderBlockParams<T = tf.Tensor> {
  readonly norm1: NormParams<T>;
  readonly attention: MultiHeadParams<T>;
  readonly norm2: NormParams<T>;
  readonly feedForward: FeedForwardParams<T>;
}

export interface BlockSize {
  readonly width: number;
  /** Width inside the position-wise network. */
  readonly hidden: number;
}

/** Norms that change nothing at first, and the initial weights of the parts. */
export function initEncoderBlock(key: Key, { width, hidden }: BlockSize): EncoderBlockParams<HostArray<Float32Array>> {
  const [forAttention, forFeedForward] = split(key);
  return {
    norm1: initNorm(width),
    attention: initMultiHead(forAttention, { width }),
    norm2: initNorm(width),
    feedForward: initFeedForward(forFeedForward, { width, hidden }),
  };
}

export interface EncoderBlockConfig {
  readonly heads: number;
  /** 'pre' when left out. */
  readonly norm?: NormPlace;
  /** How steps look at each other: `attention` when left out, `causalAttention` for a decoder without a context. */
  readonly attend?: Attend;
  /** Dropout of both branches, in training: masks that broadcast over [B, T, D], from `dropoutMask`. */
  readonly masks?: readonly [attention: tf.Tensor, feedForward: tf.Tensor];
}

/**
 * A transformer's encoder block: self-attention, then a network for each step, each a residual branch.
 *
 * @param x  [B, T, D]
 * @returns  [B, T, D]
 *
 * Vaswani et al. 2017, section 3.1; for `norm` see `residual`.
 */
export function encoderBlock(params: EncoderBlockParams, x: tf.Tensor, config: EncoderBlockConfig): tf.Tensor {
  const { heads, norm = 'pre', attend, masks } = config;
  const drop = (y: tf.Tensor, branch: 0 | 1) => (masks ? dropout(y, masks[branch]) : y);
  const attended = residual(norm, params.norm1, x, (h) => drop(multiHeadAttention(params.attention, h, heads, attend), 0));
  return residual(norm, params.norm2, attended, (h) => drop(feedForward(params.feedForward, h), 1));
}
