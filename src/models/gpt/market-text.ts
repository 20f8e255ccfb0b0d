import * as tf from '@tensorflow/tfjs';
import { fold, type HostArray, type Key, shapeError, split } from '../../base/index.js';
import { checkOptions, checkWhole } from '../../base/internal.js';
import {
  addPositions,
  type EncoderBlockParams,
  encoderBlock,
  initEncoderBlock,
  initLinear,
  initNorm,
  initPositions,
  type LinearParams,
  layerNorm,
  linear,
  type NormParams,
} from '../../nn/index.js';
import { compile } from '../../tensor/index.js';
import { type GptCache, gptCache, gptStep } from './decode.js';
import { type GptConfig, type GptParams, gptLoss, initGpt } from './gpt.js';

/** An encoder of windows of returns, and the language model that is told its embedding. */
export interface MarketTextConfig {
  /** T, days of a window: a multiple of `patch`. */
  readonly days: number;
  /** Days that become one token of the encoder; 4 when left out. */
  readonly patch?: number;
  /** D of the encoder. */
  readonly width: number;
  /** Of the encoder, a divisor of D. */
  readonly heads: number;
  /** Of the encoder. */
  readonly layers: number;
  /** E, numbers of an embedding. */
  readonly embedding: number;
  /** Of the language model; its prefix has E features. */
  readonly gpt: Omit<GptConfig, 'prefix'>;
}

/** Weights of both. */
export interface MarketTextParams<T = tf.Tensor> {
  /** [5 patch, D] */
  readonly days: LinearParams<T>;
  /** [T / patch, D] */
  readonly positions: T;
  /** Of width D. */
  readonly blocks: readonly EncoderBlockParams<T>[];
  /** [D] */
  readonly norm: NormParams<T>;
  /** [2 D, E]: of the mean and of the last token. */
  readonly out: LinearParams<T>;
  /** What is told E numbers. */
  readonly gpt: GptParams<T>;
}

const NAMES = ['days', 'patch', 'width', 'heads', 'layers', 'embedding', 'gpt'] as const;
const gptConfigOf = ({ gpt, embedding }: MarketTextConfig): GptConfig => ({ ...gpt, prefix: { features: embedding } });

/**
 * The parts' initial weights.
 *
 * @throws when a patch does not divide the days, the heads do not divide a width, or a size is no whole number from 1 up
 */
export function initMarketText(key: Key, config: MarketTextConfig): MarketTextParams<HostArray<Float32Array>> {
  checkOptions('initMarketText', config, NAMES);
  const { days, patch = 4, width, heads, layers, embedding } = config;
  for (const [name, value] of Object.entries({ days, patch, width, heads, layers, embedding })) checkWhole('initMarketText', name, value);
  if (days % patch !== 0) throw new Error(`initMarketText: patches of ${patch} days do not fill ${days} days; take a divisor`);
  if (width % heads !== 0) throw new Error(`initMarketText: width ${width} is no multiple of ${heads} heads`);
  const [forDays, forPositions, forBlocks, forOut, forGpt] = split(key, 5);
  return {
    days: initLinear(forDays, { inputs: 5 * patch, outputs: width }),
    positions: initPositions(forPositions, { length: days / patch, width }),
    blocks: Array.from({ length: layers }, (_, i) => initEncoderBlock(fold(forBlocks, i), { width, hidden: 2 * width })),
    norm: initNorm({ width }),
    out: initLinear(forOut, { inputs: 2 * width, outputs: embedding }),
    gpt: initGpt(forGpt, gptConfigOf(config)),
  };
}

/** The least square of a return that is looked at: a day without a trade says little. */
const LEAST = 1e-3;

/**
 * Windows as embeddings: a transformer's encoder over patches of days, each day as its return in the window's own units, the square of that, the
 * logarithm of its own square, and beside these the window's level and drift.
 *
 *     u = r / rms r        d = [u / 2, u² / 8, log(r² + 0.001) / 4, log(mean r² + 0.001) / 4, 4 mean u]
 *
 *     d by patches → tokens + positions → blocks → norm → [mean, last] W
 *
 * @param params   of `initMarketText`
 * @param returns  [B, T], in %
 * @returns        [B, E]
 * @throws         when the windows are not T days
 */
export function marketEmbedding(params: MarketTextParams, returns: tf.Tensor, config: MarketTextConfig): tf.Tensor {
  checkOptions('marketEmbedding', config, NAMES);
  const { days, patch = 4, width, heads } = config;
  if (returns.rank !== 2 || returns.shape[1] !== days) throw shapeError(`marketEmbedding takes windows [B, ${days}]`, { returns });
  const square = returns.square().add(LEAST);
  const size = square.mean(1, true);
  const own = returns.div(size.sqrt());
  const [level, drift] = [size.log().div(4), own.mean(1, true).mul(4)].map((x) => x.tile([1, days]));
  const channels = [own.div(2), own.square().div(8), square.log().div(4), level, drift];
  const seen = tf.concat(
    channels.map((x) => x.reshape([-1, days / patch, patch])),
    2,
  );
  const first = addPositions(params.positions, linear(params.days, seen));
  const h = layerNorm(
    params.norm,
    params.blocks.reduce((x, block) => encoderBlock(block, x, { heads }), first),
  );
  const last = h.slice([0, days / patch - 1, 0], [-1, 1, width]).reshape([-1, width]);
  return linear(params.out, tf.concat([h.mean(1), last], 1));
}

/** What a training step takes: windows [B, T] in %, and their texts [B, T′ + 1] int32. */
export interface MarketTextBatch<T = tf.Tensor> {
  /** [B, T], in %. */
  readonly returns: T;
  /** [B, T′ + 1] int32: each begins with the token that begins a text. */
  readonly tokens: T;
}

/**
 * The mean cross-entropy of the next tokens, told the window's embedding: both are trained by it, end to end.
 *
 * @param params   of `initMarketText`
 * @param batch    windows [B, T] in % and their texts [B, T′ + 1] int32
 * @param options  the config, and the label that does not count
 * @returns        a scalar, in nats a token
 * @throws         as `marketEmbedding` and `gptLoss`
 */
export function marketTextLoss(
  params: MarketTextParams,
  { returns, tokens }: MarketTextBatch,
  { padding, ...config }: MarketTextConfig & { readonly padding?: number },
): tf.Tensor {
  return gptLoss(params.gpt, { tokens, told: marketEmbedding(params, returns, config) }, { ...gptConfigOf(config), padding });
}

/**
 * A writer of trained weights: from windows, and nothing else, to the likeliest tokens of each, one after the other, many windows side by side.
 *
 * @param params  the weights as tensors
 * @param config  of the weights
 * @returns       a function of windows [n, T] in % and the token that begins a text: ids [n][L], all L places of the language model
 */
export function marketWriter(params: MarketTextParams, config: MarketTextConfig) {
  const gpt = gptConfigOf(config);
  const begin = compile((returns: tf.Tensor) =>
    gptCache(params.gpt, gpt, { batch: returns.shape[0]!, told: marketEmbedding(params, returns, config) }),
  );
  const step = compile(
    (cache: GptCache, token: tf.Tensor, at: tf.Tensor) => {
      const { logits, cache: next } = gptStep(params.gpt, token, { ...gpt, cache, at: at.reshape([]) });
      return { chosen: logits.argMax(-1), cache: next };
    },
    { donate: [0] },
  );
  return async (returns: HostArray<Float32Array>, first: number): Promise<number[][]> => {
    const [n] = returns.shape;
    const texts: number[][] = Array.from({ length: n }, () => []);
    let cache: unknown = await begin(returns);
    let token = new Int32Array(n).fill(first);
    for (let at = 0; at < gpt.length; at++) {
      const next = await step(cache as never, { data: token, shape: [n] }, { data: Int32Array.of(at), shape: [1] });
      cache = next.cache;
      token = Int32Array.from(next.chosen.data());
      texts.forEach((text, i) => {
        text.push(token[i]);
      });
    }
    return texts;
  };
}
