import * as tf from '@tensorflow/tfjs';
import { fold, type HostArray, type Key, shapeError, split } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import {
  type Attend,
  attention,
  causalAttention,
  dropoutMask,
  type EncoderBlockParams,
  encoderBlock,
  initEncoderBlock,
  initLinear,
  initNorm,
  type LinearParams,
  layerNorm,
  linear,
  type NormParams,
  sinusoidalPositions,
} from '../../nn/index.js';

/** How wide and deep a transformer is, and what it takes and gives. */
export interface TransformerConfig {
  /** F, features of a step. */
  readonly inputs: number;
  /** K, numbers to forecast: one for each horizon, or for each class. */
  readonly outputs: number;
  /** D, a multiple of the heads. */
  readonly width: number;
  /** H */
  readonly heads: number;
  /** Blocks. */
  readonly layers: number;
  /** Width inside the position-wise networks: 4 D when left out. */
  readonly hidden?: number;
  /** A step sees itself and its past alone; false when left out. */
  readonly causal?: boolean;
}

/** Weights of a transformer: a map [F, D] of the features, blocks, a norm, and a map [D, K] to the forecasts. */
export interface TransformerParams<T = tf.Tensor> {
  /** [F, D]. */
  readonly embed: LinearParams<T>;
  /** Of width D, one after the other. */
  readonly blocks: readonly EncoderBlockParams<T>[];
  /** [D], behind the blocks. */
  readonly norm: NormParams<T>;
  /** [D, K]. */
  readonly out: LinearParams<T>;
}

/**
 * The parts' initial weights.
 *
 * @throws  when the heads do not divide the width
 */
export function initTransformer(key: Key, config: TransformerConfig): TransformerParams<HostArray<Float32Array>> {
  checkOptions('initTransformer', config, CONFIG);
  const { inputs, outputs, width, heads, layers, hidden = 4 * width } = config;
  if (width % heads !== 0) throw new Error(`initTransformer: width ${width} is no multiple of ${heads} heads`);
  const [forEmbed, forBlocks, forOut] = split(key, 3);
  return {
    embed: initLinear(forEmbed, { inputs, outputs: width }),
    blocks: Array.from({ length: layers }, (_, i) => initEncoderBlock(fold(forBlocks, i), { width, hidden })),
    norm: initNorm({ width }),
    out: initLinear(forOut, { inputs: width, outputs }),
  };
}

const CONFIG = ['inputs', 'outputs', 'width', 'heads', 'layers', 'hidden', 'causal'] as const;

/** What the weights were made for, and what a call may change. */
export interface TransformerOptions extends Pick<TransformerConfig, 'inputs' | 'width' | 'heads' | 'causal'> {
  /** How steps look at each other: `causalAttention` or `attention` as `causal` says, when left out; one that also keeps `attentionWeights` draws maps. */
  readonly attend?: Attend;
  /** In training: a pair for each layer, from `transformerMasks`. */
  readonly masks?: readonly (readonly [tf.Tensor, tf.Tensor])[];
}

/**
 * Dropout's masks for a step of training on windows x [B, T, F].
 *
 * @param keep    as of `dropoutMask`
 * @param config  the model's
 * @returns       two [B, T, D] for each layer
 */
export const transformerMasks = (
  key: Key,
  keep: number,
  { layers, width }: Pick<TransformerConfig, 'layers' | 'width'>,
  [B, T]: readonly number[],
): [HostArray<Float32Array>, HostArray<Float32Array>][] =>
  Array.from({ length: layers }, (_, i) => [
    dropoutMask(fold(key, 2 * i), keep, [B, T, width]),
    dropoutMask(fold(key, 2 * i + 1), keep, [B, T, width]),
  ]);

/**
 * A transformer encoder that forecasts from a window.
 *
 *     h = x E + positions        h ← block h, for each layer        y = out(norm h), read at the last step when causal, else from the mean
 *
 * @param params   of `initTransformer`
 * @param x        [B, T, F], windows of T steps
 * @param options  the config of the weights, and what a call changes
 * @returns        [B, K]
 * @throws         when x does not have F features, or is empty
 *
 * Vaswani et al. 2017, the encoder alone with pre-norm blocks (Xiong et al. 2020) and sinusoidal positions.
 */
export function transformer(params: TransformerParams, x: tf.Tensor, options: TransformerOptions): tf.Tensor {
  const h = encode(params, x, options); // [B, T, D]
  const T = h.shape[1]!;
  return linear(params.out, options.causal ? h.slice([0, T - 1], [-1, 1]).squeeze([1]) : h.mean(1));
}

/**
 * The forecast of every step: with `causal` each from its own past, so that a window gives T samples to train on.
 *
 * @param params   of `initTransformer`
 * @param x        [B, T, F], windows of T steps
 * @param options  as of `transformer`
 * @returns        [B, T, K]
 * @throws         as `transformer`
 */
export const transformerSequence = (params: TransformerParams, x: tf.Tensor, options: TransformerOptions): tf.Tensor =>
  linear(params.out, encode(params, x, options));

function encode({ embed, blocks, norm }: TransformerParams, x: tf.Tensor, options: TransformerOptions): tf.Tensor {
  checkOptions<TransformerOptions & TransformerConfig>('transformer', options as TransformerOptions & TransformerConfig, [
    ...CONFIG,
    'attend',
    'masks',
  ]);
  const { inputs, width, heads, causal = false, attend = causal ? causalAttention : attention, masks } = options;
  if (x.rank !== 3 || x.shape[2] !== inputs || x.size === 0)
    throw shapeError(`transformer takes x [B, T, ${inputs}] that is not empty`, { x });
  const positions = sinusoidalPositions(x.shape[1]!, width);
  const start = linear(embed, x).add(tf.tensor(positions.data, positions.shape));
  const h = blocks.reduce((h, block, l) => encoderBlock(block, h, { heads, attend, masks: masks?.[l] }), start);
  return layerNorm(norm, h);
}
