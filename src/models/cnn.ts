import type * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, split } from '../base/index.js';
import { checkOptions } from '../base/internal.js';
import { type Conv2dParams, conv2d, initConv2d, maxPool2d, relu } from '../nn/index.js';
import { initMlp, type MlpOptions, type MlpParams, mlp } from './mlp.js';

/** Weights of a convolutional network: filters stage after stage, then the layers of an `mlp`. */
export interface CnnParams<T = tf.Tensor> {
  /** Filters [K, K, F, D] of each stage. */
  readonly stages: readonly Conv2dParams<T>[];
  /** Of all pixels and channels that are left, side by side. */
  readonly head: MlpParams<T>;
}

/** The shape of a convolutional network. */
export interface CnnConfig {
  /** Rows and columns of an image; each stage halves them. */
  readonly side: number;
  /** Channels of an image and of each stage: [1, 32, 64] are two stages over grey images. */
  readonly channels: readonly number[];
  /** K, the rows and columns of a filter. */
  readonly size: number;
  /** Widths of the head after its input: [128, 10] is one hidden layer and ten classes. */
  readonly widths: readonly number[];
}

/**
 * Filters as `initConv2d` makes them, and a head as `initMlp` does.
 *
 * @throws  when the stages cannot halve the side, or there is no stage
 */
export function initCnn(key: Key, config: CnnConfig): CnnParams<HostArray<Float32Array>> {
  checkOptions('initCnn', config, ['side', 'channels', 'size', 'widths']);
  const { side, channels, size, widths } = config;
  const [forStages, forHead] = split(key);
  const count = channels.length - 1;
  if (count < 1 || !Number.isInteger(side / 2 ** count))
    throw new Error(
      `initCnn: channels [${channels}] are ${count} stages that halve the side, so it must be a multiple of ${2 ** count} and there must be one: got side ${side}`,
    );
  const keys = split(forStages, count);
  return {
    stages: keys.map((k, i) => initConv2d(k, { inputs: channels[i], outputs: channels[i + 1], size })),
    head: initMlp(forHead, [(side / 2 ** count) ** 2 * channels[count], ...widths]),
  };
}

/**
 * A convolutional network for images: stages of filters, the largest of each 2 × 2 pixels and ReLU, then a multilayer perceptron.
 *
 *     hₛ = relu(maxPool(hₛ₋₁ ⋆ wₛ + bₛ))        y = mlp(h)
 *
 * @param params   filters [K, K, F, D] of each stage, and the head's layers
 * @param x        [B, rows, columns, F]
 * @param options  of the head, as of `mlp`
 * @returns        [B, C] logits
 * @throws         as `conv2d`, `maxPool2d` and `linear`
 *
 * LeCun et al. 1998 in today's parts. ReLU after pooling, which it commutes with, is a quarter of the work of before.
 */
export function cnn({ stages, head }: CnnParams, x: tf.Tensor, options?: MlpOptions): tf.Tensor {
  const features = stages.reduce((h, stage) => relu(maxPool2d(conv2d(stage, h, { padding: 'same' }), { size: 2 })), x);
  return mlp(head, features.reshape([x.shape[0], -1]), options);
}
