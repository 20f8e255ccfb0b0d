import type * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, split } from '../base/index.js';
import { checkOptions } from '../base/internal.js';
import { initLinear, type LinearParams, linear, relu } from '../nn/index.js';

/** Weights of a multilayer perceptron, layer after layer. */
export interface MlpParams<T = tf.Tensor> {
  /** w [F, D] and b [D], from the inputs to the outputs. */
  readonly layers: readonly LinearParams<T>[];
}

/**
 * Layers from widths[0] inputs over hidden widths to the last.
 *
 * @param widths  [4, 64, 64, 2] are 4 inputs, two hidden layers of 64 units, and 2 outputs
 * @throws        when there are fewer than two widths, or one is no positive integer
 */
export function initMlp(key: Key, widths: readonly number[]): MlpParams<HostArray<Float32Array>> {
  if (widths.length < 2 || !widths.every((width) => Number.isInteger(width) && width > 0))
    throw new Error(`initMlp: widths go from the inputs to the outputs, at least these two, all positive integers: got [${widths}]`);
  const keys = split(key, widths.length - 1);
  return { layers: keys.map((k, i) => initLinear(k, { inputs: widths[i], outputs: widths[i + 1] })) };
}

/** What happens between the layers. */
export interface MlpOptions {
  /** f, of a hidden layer and its number from 0: (h, l) => dropout(relu(h), { mask: masks[l] }) drops units. `relu` when left out. */
  readonly activation?: (h: tf.Tensor, layer: number) => tf.Tensor;
}

/**
 * A multilayer perceptron: affine layers with a function of each element between them.
 *
 *     hₗ = f(hₗ₋₁ Wₗ + bₗ)        y = h Wₙ + bₙ
 *
 * @param params  layers of w [F, D] and b [D]
 * @param x       [..., F]
 * @returns       [..., D], the last layer without f: logits, or a regression's prediction
 * @throws        as `linear`
 */
export function mlp({ layers }: MlpParams, x: tf.Tensor, options: MlpOptions = {}): tf.Tensor {
  checkOptions('mlp', options, ['activation']);
  const { activation = relu } = options;
  return layers.reduce((h, layer, l) => linear(layer, l === 0 ? h : activation(h, l - 1)), x);
}
