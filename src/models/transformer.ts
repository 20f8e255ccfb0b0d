import * as tf from '@tensorflow/tfjs';
import { type Attend, attention } from '../nn/attention.js';
import { type EncoderBlockParams, encoderBlock, initEncoderBlock } from '../nn/encoder-block.js';
import { layerNorm } from '../nn/layer-norm.js';
import { initLinear, type LinearParams, linear } from '../nn/linear.js';
import { causalAttention } from '../nn/masked-attention.js';
import { sinusoidalPositions } from '../nn/positions.js';
import { initNorm, type NormParams } from '../nn/residual.js';
import { shapeError } from '../tensor/errors.js';
import { fold, type Key, type RandomArray, split } from '../tensor/random.js';

export interface TransformerConfig {
  /** F, features of a step. */
  readonly inputs: number;
  /** K, numbers to forecast: one for each horizon, or for each class. */
  readonly outputs: number;
  /** D, a multiple of the heads. */
  readonly width: number;
  readonly heads: number;
  readonly layers: number;
  /** Width inside the position-wise networks: 4 D when left out. */
  readonly hidden?: number;
  /** A step sees itself and its past alone; false when left out. */
  readonly causal?: boolean;
}

export interface TransformerParams<T = tf.Tensor> {
  readonly embed: LinearParams<T>;
  readonly blocks: readonly EncoderBlockParams<T>[];
  readonly norm: NormParams<T>;
  readonly out: LinearParams<T>;
}

export function initTransformer(key: Key, config: TransformerConfig): TransformerParams<RandomArray<Float32Array>> {
  const { inputs, outputs, width, layers, hidden = 4 * width } = config;
  const [forEmbed, forBlocks, forOut] = split(key, 3);
  return {
    embed: initLinear(forEmbed, { inputs, outputs: width }),
    blocks: Array.from({ length: layers }, (_, i) => initEncoderBlock(fold(forBlocks, i), { width, hidden })),
    norm: initNorm(width),
    out: initLinear(forOut, { inputs: width, outputs }),
  };
}

/**
 * A transformer encoder that forecasts from a window.
 *
 *     h = x E + positions        h ← block h, for each layer        y = out(norm h), read at the last step when causal, else from the mean
 *
 * @param x       [B, T, F], a window of T steps
 * @param attend  `causalAttention` or `attention` as the config says, when left out; one that also keeps `attentionWeights` draws maps
 * @returns       [B, K]
 * @throws        when x does not have F features
 *
 * Vaswani et al. 2017, the encoder alone with pre-norm blocks (Xiong et al. 2020) and sinusoidal positions.
 */
export function transformer(params: TransformerParams, x: tf.Tensor, config: TransformerConfig, attend?: Attend): tf.Tensor {
  const h = encode(params, x, config, attend); // [B, T, D]
  const T = h.shape[1]!;
  return linear(params.out, config.causal ? h.slice([0, T - 1], [-1, 1]).squeeze([1]) : h.mean(1));
}

/** The forecast of every step, [B, T, K]: with `causal` each from its own past, so that a window gives T samples to train on. */
export function transformerSequence(params: TransformerParams, x: tf.Tensor, config: TransformerConfig, attend?: Attend): tf.Tensor {
  return linear(params.out, encode(params, x, config, attend));
}

function encode({ embed, blocks, norm }: TransformerParams, x: tf.Tensor, config: TransformerConfig, attend?: Attend): tf.Tensor {
  const { inputs, width, heads, causal = false } = config;
  if (x.rank !== 3 || x.shape[2] !== inputs) throw shapeError(`transformer takes x [B, T, ${inputs}]`, { x });
  const positions = sinusoidalPositions(x.shape[1]!, width);
  const start = linear(embed, x).add(tf.tensor(positions.data, positions.shape));
  const mix = attend ?? (causal ? causalAttention : attention);
  const h = blocks.reduce((h, block) => encoderBlock(block, h, { heads, attend: mix }), start);
  return layerNorm(h, norm.gamma, norm.beta);
}
