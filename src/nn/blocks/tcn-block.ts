import type * as tf from '@tensorflow/tfjs';
import { type HostArray, type Key, shapeError, split } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import { relu } from '../activations/relu.js';
import {
  type ConvolutionConfig,
  type ConvolutionParams,
  causalConvolution,
  initCausalConvolution,
} from '../convolution/causal-convolution.js';
import { dropout } from '../dropout.js';
import { initLinear, type LinearParams, linear } from '../linear.js';

/** Weights of a residual block: two convolutions, and a map [F, D] of the input where it is not as wide as the output. */
export interface TcnBlockParams<T = tf.Tensor> {
  /** w [K, F, D]. */
  readonly first: ConvolutionParams<T>;
  /** w [K, D, D]. */
  readonly second: ConvolutionParams<T>;
  /** w [F, D]. */
  readonly shortcut?: LinearParams<T>;
}

/** Convolutions as `initCausalConvolution` makes them, and the map where the widths differ. */
export function initTcnBlock(key: Key, config: ConvolutionConfig): TcnBlockParams<HostArray<Float32Array>> {
  checkOptions('initTcnBlock', config, ['inputs', 'outputs', 'kernel']);
  const { inputs, outputs, kernel } = config;
  const [forFirst, forSecond, forShortcut] = split(key, 3);
  return {
    first: initCausalConvolution(forFirst, { inputs, outputs, kernel }),
    second: initCausalConvolution(forSecond, { inputs: outputs, outputs, kernel }),
    ...(inputs !== outputs && { shortcut: initLinear(forShortcut, { inputs, outputs }) }),
  };
}

/** How far the block looks back, and what it drops. */
export interface TcnBlockOptions {
  /** d of both convolutions; 1, 2, 4, … in the blocks of a stack. */
  readonly dilation: number;
  /** m₁ and m₂ of the dropout, in training: [B, T, D], or [B, 1, D]. */
  readonly masks?: readonly tf.Tensor[];
}

/**
 * A residual block of a temporal convolutional network.
 *
 *     y = relu(s + h₂)    h₁ = m₁ ⊙ relu(conv₁ x)    h₂ = m₂ ⊙ relu(conv₂ h₁)    s = x, or x w + b where the widths differ
 *
 * @param params  w [K, F, D], then w [K, D, D], and the shortcut
 * @param x       [B, T, F]
 * @returns       [B, T, D]
 * @throws        when the weights do not fit x, or the shortcut is missing where it is needed
 *
 * Bai, Kolter & Koltun 2018, section 3 and figure 1b, without their weight normalisation. In the paper masks drop single numbers;
 * `temporalDropoutMask` drops channels.
 */
export function tcnBlock({ first, second, shortcut }: TcnBlockParams, x: tf.Tensor, options: TcnBlockOptions): tf.Tensor {
  checkOptions('tcnBlock', options, ['dilation', 'masks']);
  const { dilation, masks = [] } = options;
  const dropped = (h: tf.Tensor, mask: tf.Tensor | undefined) => (mask ? dropout(h, { mask }) : h);
  const h1 = dropped(relu(causalConvolution(first, x, { dilation })), masks[0]);
  const h2 = dropped(relu(causalConvolution(second, h1, { dilation })), masks[1]);
  if (!shortcut && x.shape[2] !== h2.shape[2])
    throw shapeError('tcnBlock needs a shortcut [F, D] where its convolutions change the width', { x, w: second.w });
  return relu(h2.add(shortcut ? linear(shortcut, x) : x));
}

/**
 * How many steps the last output of a stack of blocks sees, itself included.
 *
 *     1 + 2 (K − 1) Σ d        two convolutions in each block
 *
 * @param kernel     K
 * @param dilations  d of each block
 * @returns          steps
 */
export const receptiveField = (kernel: number, dilations: readonly number[]): number =>
  1 + 2 * (kernel - 1) * dilations.reduce((sum, d) => sum + d, 0);
