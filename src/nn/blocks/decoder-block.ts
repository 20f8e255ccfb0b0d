import type * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, split } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import { type Attend, initMultiHead, type MultiHeadParams, multiHeadAttention } from '../attention/attention.js';
import { crossAttention } from '../attention/cross-attention.js';
import { causalAttention } from '../attention/masked-attention.js';
import { initNorm, type NormParams } from '../normalisation/layer-norm.js';
import type { BlockSize } from './encoder-block.js';
import { type FeedForwardParams, feedForward, initFeedForward } from './feed-forward.js';
import { type NormPlace, residual } from './residual.js';

/** Weights of a decoder block of width D: three norms, two attentions and the network. */
export interface DecoderBlockParams<T = tf.Tensor> {
  /** Of self-attention. */
  readonly norm1: NormParams<T>;
  /** Of the steps to themselves. */
  readonly self: MultiHeadParams<T>;
  /** Of attention to the context. */
  readonly norm2: NormParams<T>;
  /** Of the steps to the context. */
  readonly cross: MultiHeadParams<T>;
  /** Of the network. */
  readonly norm3: NormParams<T>;
  /** Of each step alone. */
  readonly feedForward: FeedForwardParams<T>;
}

/** Norms that change nothing at first, and the initial weights of the parts. */
export function initDecoderBlock(key: Key, { width, hidden }: BlockSize): DecoderBlockParams<HostArray<Float32Array>> {
  const [forSelf, forCross, forFeedForward] = split(key, 3);
  return {
    norm1: initNorm({ width }),
    self: initMultiHead(forSelf, { width }),
    norm2: initNorm({ width }),
    cross: initMultiHead(forCross, { width }),
    norm3: initNorm({ width }),
    feedForward: initFeedForward(forFeedForward, { width, hidden }),
  };
}

/** What the block attends to, and how. */
export interface DecoderBlockOptions {
  /** [B, S, D], an encoder's output. */
  readonly context: tf.Tensor;
  /** H, a divisor of D. */
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
 * @param params  of norms, attentions and the network, D wide
 * @param x       [B, T, D]
 * @returns       [B, T, D]
 * @throws        as `multiHeadAttention` and `crossAttention`
 *
 * Vaswani et al. 2017, section 3.1; for `norm` see `residual`.
 */
export function decoderBlock(params: DecoderBlockParams, x: tf.Tensor, options: DecoderBlockOptions): tf.Tensor {
  checkOptions('decoderBlock', options, ['context', 'heads', 'norm', 'attend', 'attendContext']);
  const { context, heads, norm = 'pre', attend = causalAttention, attendContext } = options;
  const own = residual(params.norm1, x, { norm, branch: (h) => multiHeadAttention(params.self, h, { heads, attend }) });
  const informed = residual(params.norm2, own, {
    norm,
    branch: (h) => crossAttention(params.cross, h, { context, heads, attend: attendContext }),
  });
  return residual(params.norm3, informed, { norm, branch: (h) => feedForward(params.feedForward, h) });
}
