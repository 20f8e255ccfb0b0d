import type * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, split, zeros } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import {
  type Attend,
  causalAttention,
  type FeedForwardParams,
  feedForward,
  initFeedForward,
  initMultiHead,
  initNorm,
  type LinearParams,
  layerNorm,
  linear,
  type MultiHeadParams,
  multiHeadAttention,
  type NormParams,
  sigmoid,
} from '../../nn/index.js';

/** Weights of one attention of a market's block, with the norm of what it takes, D wide. */
export interface MarketAttentionParams<T = tf.Tensor> {
  /** [D]. */
  readonly norm: NormParams<T>;
  /** Of width D. */
  readonly heads: MultiHeadParams<T>;
}

/** Weights of a market's block, D wide; a part that was left out has none. */
export interface MarketBlockParams<T = tf.Tensor> {
  /** Of the assets to each other, at one patch. */
  readonly across?: MarketAttentionParams<T>;
  /** Of an asset's patches to those before. */
  readonly time?: MarketAttentionParams<T>;
  /** From the state to the gate's score, [S, 1]; 0 at first, so that it begins half open. */
  readonly gate?: LinearParams<T>;
  /** Of the network, [D]. */
  readonly norm: NormParams<T>;
  /** Of each asset at each patch alone. */
  readonly feedForward: FeedForwardParams<T>;
}

/** Which parts a market's block has, and how wide they are. */
export interface MarketBlockConfig {
  /** D */
  readonly width: number;
  /** Width inside the position-wise network. */
  readonly hidden: number;
  /** Assets look at each other; true when left out. */
  readonly across?: boolean;
  /** Patches look back; true when left out. */
  readonly time?: boolean;
  /** S, numbers of the state that open the gate; no gate when 0. */
  readonly state: number;
}

/** Norms that change nothing at first, a gate that is half open, and the initial weights of the parts. */
export function initMarketBlock(key: Key, config: MarketBlockConfig): MarketBlockParams<HostArray<Float32Array>> {
  checkOptions('initMarketBlock', config, ['width', 'hidden', 'across', 'time', 'state']);
  const { width, hidden, across = true, time = true, state } = config;
  const [forAcross, forTime, forFeedForward] = split(key, 3);
  const looking = (k: Key) => ({ norm: initNorm({ width }), heads: initMultiHead(k, { width }) });
  return {
    ...(across && { across: looking(forAcross) }),
    ...(time && { time: looking(forTime) }),
    ...(state > 0 && { gate: { w: zeros([state, 1]), b: zeros([1]) } }),
    norm: initNorm({ width }),
    feedForward: initFeedForward(forFeedForward, { width, hidden }),
  };
}

/** How a market's block looks, and what opens its gate. */
export interface MarketBlockOptions {
  /** H, a divisor of D. */
  readonly heads: number;
  /** v [B, P, N, S], of a block with a gate. */
  readonly state?: tf.Tensor;
  /** How assets look at each other: `attention` when left out. */
  readonly attendAcross?: Attend;
  /** How patches look back: `causalAttention` when left out. */
  readonly attendTime?: Attend;
}

/**
 * A block of the market transformer: each asset looks at the others, then at its own past, and a gate says how much of both counts.
 *
 *     a = across(norm h)        b = time(norm (h + a))        g = σ(v w + c)
 *
 *     h′ = h + g (a + b)        y = h′ + network(norm h′)
 *
 * @param params  of `initMarketBlock`
 * @param h       [B, P, N, D], assets at patches
 * @returns       [B, P, N, D]
 * @throws        as `multiHeadAttention`
 *
 * Attention along one axis and then the other is that of Ho et al. 2019 (axial attention); the gate is one number for each asset and patch.
 */
export function marketBlock(params: MarketBlockParams, h: tf.Tensor, options: MarketBlockOptions): tf.Tensor {
  checkOptions('marketBlock', options, ['heads', 'state', 'attendAcross', 'attendTime']);
  const { heads, state, attendAcross, attendTime = causalAttention } = options;
  const { across, time, gate, norm, feedForward: network } = params;
  const [, P, N, D] = h.shape;
  let looked = h;
  if (across)
    looked = looked.add(
      multiHeadAttention(across.heads, layerNorm(across.norm, looked).reshape([-1, N, D]), { heads, attend: attendAcross }).reshape([
        -1,
        P,
        N,
        D,
      ]),
    );
  if (time) {
    const byAsset = layerNorm(time.norm, looked).transpose([0, 2, 1, 3]).reshape([-1, P, D]);
    const past = multiHeadAttention(time.heads, byAsset, { heads, attend: attendTime });
    looked = looked.add(past.reshape([-1, N, P, D]).transpose([0, 2, 1, 3]));
  }
  const gated = gate && state ? h.add(sigmoid(linear(gate, state)).mul(looked.sub(h))) : looked;
  return gated.add(feedForward(network, layerNorm(norm, gated)));
}
