import type * as tf from '@tensorflow/tfjs';
import { fold, type HostArray, type Key, shapeError, split } from '../../base/index.js';
import { checkOptions } from '../../base/internal.js';
import { initLinear, initTcnBlock, type LinearParams, linear, type TcnBlockParams, tcnBlock } from '../../nn/index.js';

/** The shape of a temporal convolutional network. */
export interface TcnConfig {
  /** F, features of a step. */
  readonly inputs: number;
  /** D */
  readonly width: number;
  /** Taps of each convolution. */
  readonly kernel: number;
  /** One block for each; 1, 2, 4, … so that the receptive field doubles with each block. */
  readonly dilations: readonly number[];
  /** K, numbers to forecast: one for each horizon. */
  readonly outputs: number;
}

/** Weights of a temporal convolutional network: its blocks, and a map [D, K] to the forecasts. */
export interface TcnParams<T = tf.Tensor> {
  /** One for each dilation. */
  readonly blocks: readonly TcnBlockParams<T>[];
  /** [D, K]. */
  readonly out: LinearParams<T>;
}

/**
 * A block for each dilation as `initTcnBlock` makes it, and a linear head.
 *
 * @throws when there is no dilation
 */
export function initTcn(key: Key, config: TcnConfig): TcnParams<HostArray<Float32Array>> {
  checkOptions('initTcn', config, CONFIG);
  const { inputs, width, kernel, dilations, outputs } = config;
  if (dilations.length === 0) throw new Error('initTcn: dilations are one for each block, at least one: got []; try [1, 2, 4, 8]');
  const [forBlocks, forOut] = split(key);
  return {
    blocks: dilations.map((_, i) => initTcnBlock(fold(forBlocks, i), { inputs: i === 0 ? inputs : width, outputs: width, kernel })),
    out: initLinear(forOut, { inputs: width, outputs }),
  };
}

const CONFIG = ['inputs', 'width', 'kernel', 'dilations', 'outputs'] as const;

/** What the weights were made for, and dropout. */
export interface TcnOptions extends Pick<TcnConfig, 'inputs' | 'dilations'> {
  /** Two of dropout for each block, in training. */
  readonly masks?: readonly (readonly tf.Tensor[])[];
}

/**
 * A temporal convolutional network that forecasts from a window.
 *
 *     h ← block h, for each dilation        y = h_T w + b
 *
 * @param params  of `initTcn`
 * @param x       [B, T, F], a window of T steps; steps before the last `receptiveField(kernel, dilations)` change nothing
 * @returns       [B, K]
 * @throws        when x does not have F features, or there is not a block for each dilation
 *
 * Bai, Kolter & Koltun 2018.
 */
export function tcn({ blocks, out }: TcnParams, x: tf.Tensor, options: TcnOptions): tf.Tensor {
  checkOptions<TcnOptions & TcnConfig>('tcn', options as TcnOptions & TcnConfig, [...CONFIG, 'masks']);
  const { inputs, dilations, masks = [] } = options;
  if (x.rank !== 3 || x.shape[2] !== inputs) throw shapeError(`tcn takes x [B, T, ${inputs}]`, { x });
  checkDilations('tcn', blocks, dilations);
  const h = blocks.reduce((h, block, i) => tcnBlock(block, h, { dilation: dilations[i], masks: masks[i] }), x); // [B, T, D]
  return linear(out, h.slice([0, x.shape[1]! - 1], [-1, 1]).squeeze([1]));
}

export function checkDilations(who: string, blocks: readonly unknown[], dilations: readonly number[]): void {
  if (blocks.length !== dilations.length)
    throw new Error(`${who}: ${blocks.length} blocks but ${dilations.length} dilations; use those that the weights were made with`);
}
