import type * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, split } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import { type Attend, initMultiHead, type MultiHeadParams, multiHeadAttention } from '../attention/attention.js';
import { dropout } from '../dropout.js';
import { initNorm, type NormParams } from '../normalisation/layer-norm.js';
import { type FeedForwardParams, feedForward, initFeedForward } from './feed-forward.js';
import { type NormPlace, residual } from './residual.js';

/** Weights of an encoder block of width D: two norms, an attention and the network. */
export interface EncoderBlockParams<T = tf.Tensor> {
  /** Of the attention. */
  readonly norm1: NormParams<T>;
  /** Of the steps to themselves. */
  readonly attention: MultiHeadParams<T>;
  /** Of the network. */
  readonly norm2: NormParams<T>;
  /** Of each step alone. */
  readonly feedForward: FeedForwardParams<T>;
}

/** How wide a transformer's block is, outside and inside. */
export interface BlockSize {
  /** D */
  readonly width: number;
  /** Width inside the position-wise network. */
  readonly hidden: number;
}

/** Norms that change nothing at first, and the initial weights of the parts. */
export function initEncoderBlock(key: Key, { width, hidden }: BlockSize): EncoderBlockParams<HostArray<Float32Array>> {
  const [forAttention, forFeedForward] = split(key);
  return {
    norm1: initNorm({ width }),
    attention: initMultiHead(forAttention, { width }),
    norm2: initNorm({ width }),
    feedForward: initFeedForward(forFeedForward, { width, hidden }),
  };
}

/** How the block attends, and what it drops. */
export interface EncoderBlockOptions {
  /** H, a divisor of D. */
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
 * @param params  of norms, attention and the network, D wide
 * @param x       [B, T, D]
 * @returns       [B, T, D]
 * @throws        as `multiHeadAttention`
 *
 * Vaswani et al. 2017, section 3.1; for `norm` see `residual`.
 */
export function encoderBlock(params: EncoderBlockParams, x: tf.Tensor, options: EncoderBlockOptions): tf.Tensor {
  checkOptions('encoderBlock', options, ['heads', 'norm', 'attend', 'masks']);
  const { heads, norm = 'pre', attend, masks } = options;
  const drop = (y: tf.Tensor, branch: 0 | 1) => (masks ? dropout(y, { mask: masks[branch] }) : y);
  const attended = residual(params.norm1, x, {
    norm,
    branch: (h) => drop(multiHeadAttention(params.attention, h, { heads, attend }), 0),
  });
  return residual(params.norm2, attended, { norm, branch: (h) => drop(feedForward(params.feedForward, h), 1) });
}
