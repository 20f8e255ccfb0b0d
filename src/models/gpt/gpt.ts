import * as tf from '@tensorflow/tfjs';
import { fold, type HostArray, type Key, normal, shapeError, split } from '../../base/index.js';
import { checkKey, checkOptions, checkWhole } from '../../base/internal.js';
import {
  type Attend,
  addPositions,
  causalAttention,
  crossEntropy,
  type EncoderBlockParams,
  embedding,
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

/** How large a language model is, and what it is told beforehand. */
export interface GptConfig {
  /** V, tokens there are: `tokeniser.size`. */
  readonly vocabulary: number;
  /** T, the most tokens that it sees at once. */
  readonly length: number;
  /** D, a multiple of the heads. */
  readonly width: number;
  /** H */
  readonly heads: number;
  /** Blocks. */
  readonly layers: number;
  /** Width inside the position-wise networks: 4 D when left out. */
  readonly hidden?: number;
  /** What stands before the tokens: P vectors made of F features, such as a market's state. Nothing when left out. */
  readonly prefix?: GptPrefix;
}

/** F numbers that become P vectors before the first token. */
export interface GptPrefix {
  /** F */
  readonly features: number;
  /** P; 1 when left out. */
  readonly vectors?: number;
}

/** Weights of a language model: a table of tokens, which reads and writes, positions, blocks and a norm. */
export interface GptParams<T = tf.Tensor> {
  /** [V, D]: the vectors of tokens, and by their products with the last step the logits. */
  readonly tokens: T;
  /** [P + T, D] */
  readonly positions: T;
  /** [F, P D]; absent without a prefix. */
  readonly prefix?: LinearParams<T>;
  /** Of width D, one after the other. */
  readonly blocks: readonly EncoderBlockParams<T>[];
  /** [D], behind the blocks. */
  readonly norm: NormParams<T>;
}

const CONFIG = ['vocabulary', 'length', 'width', 'heads', 'layers', 'hidden', 'prefix'] as const;

/**
 * The parts' initial weights, those of tokens and positions normal with deviation 0.02, as GPT-2's.
 *
 * @throws when the key is none, the heads do not divide the width, or a size is no whole number from 1 up
 */
export function initGpt(key: Key, config: GptConfig): GptParams<HostArray<Float32Array>> {
  checkKey('initGpt', key);
  checkOptions('initGpt', config, CONFIG);
  const { vocabulary, length, width, heads, layers, hidden = 4 * width, prefix } = config;
  for (const [name, value] of Object.entries({ vocabulary, length, width, heads, layers, hidden })) checkWhole('initGpt', name, value);
  if (prefix) checkWhole('initGpt', 'prefix.features', prefix.features);
  if (width % heads !== 0) throw new Error(`initGpt: width ${width} is no multiple of ${heads} heads`);
  const [forTokens, forPositions, forPrefix, forBlocks] = split(key, 4);
  const P = prefixLength(config);
  return {
    tokens: { data: normal(forTokens, [vocabulary, width]).data.map((z) => 0.02 * z), shape: [vocabulary, width] },
    positions: initPositions(forPositions, { length: P + length, width }),
    ...(prefix && { prefix: initLinear(forPrefix, { inputs: prefix.features, outputs: P * width }) }),
    blocks: Array.from({ length: layers }, (_, i) => initEncoderBlock(fold(forBlocks, i), { width, hidden })),
    norm: initNorm({ width }),
  };
}

/** P of a config, 0 without a prefix. */
export const prefixLength = ({ prefix }: Pick<GptConfig, 'prefix'>): number => (prefix ? (prefix.vectors ?? 1) : 0);

/** The config of the weights, and what a call adds. */
export interface GptOptions extends GptConfig {
  /** [B, F], what is told before the first token; needed where the config has a prefix. */
  readonly told?: tf.Tensor;
  /** In training: a pair of dropout masks for each layer, from `transformerMasks` on P + T steps. */
  readonly masks?: readonly (readonly [tf.Tensor, tf.Tensor])[];
}

/**
 * A small GPT: logits of each next token, from those up to it and from what it was told before.
 *
 *     h = [told W, tokens E] + positions        h ← block h, causal, for each layer        logits = norm(h) Eᵀ at the places of tokens
 *
 * Row t of the logits is the forecast of token t + 1. So that there is a forecast of the first one too, let texts begin with a token for that, such as a new line.
 *
 * @param params   of `initGpt`
 * @param tokens   [B, T′] int32, T′ from 1 to T
 * @param options  the config of the weights, and what a call adds
 * @returns        [B, T′, V]
 * @throws         when shapes of weights, tokens or what is told do not fit the config, and, but for compiled functions, when a token is not in the vocabulary:
 *                 compiled, its logits are NaN
 *
 * Radford et al. 2019, with pre-norm blocks, GELU and one table for reading and writing; a prefix of continuous vectors as Li & Liang 2021, made of features.
 */
export function gpt(params: GptParams, tokens: tf.Tensor, options: GptOptions): tf.Tensor {
  checkOptions('gpt', options, [...CONFIG, 'told', 'masks']);
  const { vocabulary, length, width, heads, told, masks } = options;
  const P = prefixLength(options);
  const [B, T] = tokens.shape;
  if (tokens.rank !== 2 || tokens.dtype !== 'int32' || T < 1 || T > length)
    throw shapeError(
      `gpt takes int32 tokens [B, T'], T' from 1 to ${length} (these are ${tokens.dtype ?? 'a host array, of which toTf(fromTf(…)) makes a tensor'})`,
      { tokens },
    );
  checkWeights(params, options);
  const vectors = embedding(params.tokens, tokens); // [B, T, D]
  const start = P > 0 ? tf.concat([prefixOf(params, told, options, B), vectors], 1) : vectors;
  const h = through(params, addPositions(params.positions, start), { heads, attend: () => causalAttention, masks });
  return logitsOf(params, h.slice([0, P, 0], [-1, T, width])).reshape([B, T, vocabulary]);
}

/** Throws unless the weights are of the config, as far as their shapes tell. */
function checkWeights({ tokens, positions, blocks }: GptParams, config: GptConfig): void {
  const { vocabulary: V, width: D, length, layers } = config;
  const L = prefixLength(config) + length;
  if (`${tokens.shape}` !== `${[V, D]}` || `${positions.shape}` !== `${[L, D]}` || blocks.length !== layers)
    throw shapeError(
      `gpt: the config asks for tokens [${V},${D}], positions [${L},${D}] and ${layers} blocks; the weights are of another config, with ${blocks.length} blocks`,
      { tokens, positions },
    );
}

/** The vectors [B, P, D] of what is told. */
export function prefixOf({ prefix }: GptParams, told: tf.Tensor | undefined, config: GptConfig, B: number): tf.Tensor {
  const F = config.prefix!.features;
  if (told?.rank !== 2 || told.shape[0] !== B || told.shape[1] !== F)
    throw told
      ? shapeError(`gpt is told [B, ${F}] with a row for each of ${B} texts`, { told })
      : new Error(`gpt: its config has a prefix of ${F} features, and nothing was told; give told [${B}, ${F}]`);
  return linear(prefix!, told).reshape([B, prefixLength(config), config.width]);
}

/** All blocks and the norm; `attend` says for each layer how its steps look at each other. */
export function through(
  { blocks, norm }: GptParams,
  x: tf.Tensor,
  { heads, attend, masks }: { heads: number; attend: (layer: number) => Attend; masks?: GptOptions['masks'] },
): tf.Tensor {
  return layerNorm(
    norm,
    blocks.reduce((h, block, l) => encoderBlock(block, h, { heads, attend: attend(l), masks: masks?.[l] }), x),
  );
}

/** norm(h) Eᵀ of h [B, T, D] as rows [B T, V]. */
export const logitsOf = ({ tokens }: GptParams, h: tf.Tensor): tf.Tensor => h.reshape([-1, tokens.shape[1]!]).matMul(tokens, false, true);

/** What a training step of a language model takes. */
export interface GptBatch<T = tf.Tensor> {
  /** [B, T′ + 1] int32: each but the last is read, each but the first forecast. */
  readonly tokens: T;
  /** [B, F], where the config has a prefix. */
  readonly told?: T;
}

/** The config of the weights, and what does not count. */
export interface GptLossOptions extends GptConfig {
  /** The label of padding, which is read as any token but never counts; none when left out. */
  readonly padding?: number;
  /** In training: as of `gpt`. */
  readonly masks?: GptOptions['masks'];
}

/**
 * The mean cross-entropy of next tokens, in nats a token; e to its power is the perplexity.
 *
 *     L = −mean log p(token t + 1 | tokens up to t, what was told)
 *
 * @param params  of `initGpt`
 * @param batch   tokens [B, T′ + 1] int32, and told [B, F]
 * @returns       a scalar: log V for a model that knows nothing
 * @throws        as `gpt` and `crossEntropy`, and when there is no token to forecast
 */
export function gptLoss(params: GptParams, { tokens, told }: GptBatch, { padding, masks, ...config }: GptLossOptions): tf.Tensor {
  const [, T] = tokens.shape;
  if (tokens.rank !== 2 || T < 2)
    throw shapeError("gptLoss takes tokens [B, T' + 1], one to read and one to forecast at least", { tokens });
  const read = tokens.slice([0, 0], [-1, T - 1]);
  const next = tokens.slice([0, 1], [-1, T - 1]);
  return crossEntropy(gpt(params, read, { ...config, told, masks }), next, { ignoreIndex: padding });
}
